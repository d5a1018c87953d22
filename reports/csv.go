package reports

import (
	"cmp"
	"encoding/csv"
	"io"
)

// writeCSV writes a heading and the rows. A divided table has its rows by group, with the group's value in a last column
// named group; the rows of the whole are not repeated, so that a column of counts may be summed.
func (t *Table) writeCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	record := make([]string, 0, len(t.Columns)+1)
	for _, col := range t.Columns {
		record = append(record, col.Key)
	}
	if t.Groups == nil {
		if err := c.Write(record); err != nil {
			return err
		}
		return csvRows(c, record, t.each)
	}
	if err := c.Write(append(record, "group")); err != nil {
		return err
	}
	for _, g := range t.Groups {
		if err := csvRows(c, record, (&Table{Rows: g.Rows}).each, g.Key); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// csvRows writes rows with what stands in every one of them after the cells.
func csvRows(c *csv.Writer, record []string, each func(func(Row) error) error, last ...string) error {
	err := each(func(r Row) error {
		record = record[:0]
		for _, cell := range r {
			record = append(record, cell.CSV)
		}
		return c.Write(append(record, last...))
	})
	c.Flush()
	return cmp.Or(err, c.Error())
}
