package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
)

// jsonPiece is how much of a list is kept before it is written.
const jsonPiece = 1 << 16

// writeJSON writes the table as one object: report and title, the fields, rows, and in a divided table by and groups.
func (t *Table) writeJSON(w io.Writer) error {
	before, err := append(Object{{"report", t.Report}, {"title", t.Title}}, t.Fields...).fields(nil, "  ")
	if err != nil {
		return err
	}
	dst := append(append([]byte{'{'}, before...), `,`...)
	dst = append(newLine(dst, "  "), `"rows": [`...)
	n := 0
	err = t.each(func(r Row) error {
		if n++; n > 1 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = t.object(r).append(newLine(dst, "    ")); err != nil || len(dst) < jsonPiece {
			return err
		}
		_, err = w.Write(dst)
		dst = dst[:0]
		return err
	})
	if err != nil {
		return err
	}
	if n > 0 {
		dst = newLine(dst, "  ")
	}
	dst = append(dst, ']')
	after := Object{}
	if t.Groups != nil {
		groups := make([]Object, len(t.Groups))
		for i, g := range t.Groups {
			groups[i] = append(Object{{"group", g.Key}}, g.Fields...)
			groups[i] = append(groups[i], Field{"rows", t.objects(g.Rows)})
		}
		after = Object{{"by", t.By}, {"groups", groups}}
	}
	if after = append(after, t.More...); len(after) > 0 {
		if dst, err = after.fields(append(dst, ','), "  "); err != nil {
			return err
		}
	}
	_, err = w.Write(append(newLine(dst, ""), '}', '\n'))
	return err
}

// objects gives each row as an object by the keys of the columns.
func (t *Table) objects(rows []Row) []row {
	list := make([]row, len(rows))
	for i, r := range rows {
		list[i] = t.object(r)
	}
	return list
}

func (t *Table) object(r Row) (o row) {
	for i, c := range r {
		o = append(o, Field{t.Columns[i].Key, c.JSON})
	}
	return o
}

// append appends the object with a line for each field.
func (o Object) append(dst []byte, indent string) ([]byte, error) {
	dst, err := o.fields(append(dst, '{'), indent+"  ")
	if err != nil {
		return nil, err
	}
	return append(newLine(dst, indent), '}'), nil
}

// fields appends the fields with a line for each, without the braces.
func (o Object) fields(dst []byte, indent string) (_ []byte, err error) {
	for i, f := range o {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(strconv.AppendQuote(newLine(dst, indent), f.Key), ": "...)
		if dst, err = appendValue(dst, f.Value, indent); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

func newLine(dst []byte, indent string) []byte { return append(append(dst, '\n'), indent...) }

// appendValue appends one value; of a list, each object starts a line.
func appendValue(dst []byte, v any, indent string) ([]byte, error) {
	switch v := v.(type) {
	case Object:
		return v.append(dst, indent)
	case row:
		return v.append(dst)
	case []Object:
		return appendList(dst, v, indent)
	case []row:
		return appendList(dst, v, indent)
	case Fixed:
		return append(dst, v...), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case nil:
		return append(dst, "null"...), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return append(dst, bytes.TrimRight(b.Bytes(), "\n")...), err
}

func appendList[T any](dst []byte, list []T, indent string) ([]byte, error) {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendValue(newLine(dst, indent+"  "), v, indent+"  "); err != nil {
			return nil, err
		}
	}
	if len(list) > 0 {
		dst = newLine(dst, indent)
	}
	return append(dst, ']'), nil
}

// A row is an object on one line.
type row Object

func (o row) append(dst []byte) ([]byte, error) {
	dst = append(dst, '{')
	for i, f := range o {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		var err error
		if dst, err = appendValue(append(strconv.AppendQuote(dst, f.Key), ": "...), f.Value, ""); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}
