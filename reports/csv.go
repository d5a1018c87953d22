package reports

import (
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
		return csvRows(c, record, t.Rows)
	}
	if err := c.Write(append(record, "group")); err != nil {
		return err
	}
	for _, g := range t.Groups {
		if err := csvRows(c, record, g.Rows, g.Key); err != nil {
			return err
		}
	}
	return csvRows(c, nil, nil)
}

// csvRows writes rows with what stands in every one of them after the cells.
func csvRows(c *csv.Writer, record []string, rows []Row, last ...string) error {
	for _, r := range rows {
		record = record[:0]
		for _, cell := range r {
			record = append(record, cell.CSV)
		}
		if err := c.Write(append(record, last...)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
