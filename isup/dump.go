package isup

import (
	"fmt"
	"io"
)

// Dump writes the message as text for people: one line with circuit code, abbreviation and name, one line for each
// parameter, the raw body of a message without a layout, and why decoding stopped where it did. What a PAM carries
// stands under it.
func (m *Message) Dump(w io.Writer) error {
	_, err := w.Write(m.AppendDump(nil))
	return err
}

// AppendDump is Dump into memory: it appends to dst.
func (m *Message) AppendDump(dst []byte) []byte {
	if m.Tables == nil {
		return append(dst, "no message\n"...)
	}
	dst = fmt.Appendf(dst, "cic %d ", m.CIC)
	return m.appendParts(dst, "  ")
}

// appendParts writes everything behind the circuit code, the lines after the first indented.
func (m *Message) appendParts(dst []byte, indent string) []byte {
	switch {
	case m.body == 0:
		dst = append(dst, "without type\n"...)
	case m.Known():
		dst = fmt.Appendf(dst, "%s %s\n", m.Name(), m.Tables.FullName(m.Type))
	default:
		dst = fmt.Appendf(dst, "%s\n", m.Name())
	}
	for _, p := range m.Params {
		dst = fmt.Appendf(dst, "%s%s: %v\n", indent, m.Tables.ParamName(p.Code), m.Tables.Show(p.Code, m.Value(p)))
	}
	var inner Message
	switch {
	case m.PassAlong(&inner) && len(indent) < maxNested:
		dst = append(dst, indent...)
		dst = inner.appendParts(dst, indent+"  ")
	case len(m.Body()) > 0 && m.Tables.messages[m.Type].layout == nil:
		dst = fmt.Appendf(dst, "%sbody: %x\n", indent, m.Body())
	}
	if m.Err != nil {
		dst = fmt.Appendf(dst, "%sstopped: %v\n", indent, m.Err)
	}
	return dst
}

// maxNested bounds how deep PAM in PAM is followed, in columns.
const maxNested = 8
