// Package isup reads messages of the ISDN user part: the octets from the circuit identification code on become a Message,
// whose parameters stay in place as spans; typed values (Number, Cause, ...) are decoded from a span when asked for. The
// message and parameter tables of ITU-T Q.763, ANSI T1.113 and BICC (Q.1902.3) drive one walker.
package isup

import (
	"fmt"

	"c7mon/wire"
)

// A Message is one decoded message. Decode may be called on the same value again and again: it allocates nothing once
// Params has grown to the longest message, as long as messages are whole.
type Message struct {
	Tables *Tables // that decoded it
	CIC    uint32  // circuit identification code, or call instance code of BICC
	Type   Type
	Data   []byte  // the whole message from the circuit code on; aliases the octets given to Decode
	Params []Param // in the order of the message: fixed, variable, optional
	Err    error   // why decoding stopped; nil when the message is whole
	body   uint16  // where the octets after the type begin
}

// A Param is where a parameter's contents lie in Message.Data, without its name and length octets.
type Param struct {
	Code Code
	Part Part
	Off  uint16
	Len  uint16
}

// Part tells which part of a message a parameter came from, Q.763 1.4 to 1.6.
type Part uint8

// The parts.
const (
	Fixed Part = iota
	Variable
	Optional
)

// An Error says which parameter could not be read, where its first octet is or should be in the message (from the circuit
// code on, from 0), and why.
type Error struct {
	Message string // abbreviation of the message
	Field   string
	Offset  int
	Reason  string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s: at octet %d: %s", e.Message, e.Field, e.Offset, e.Reason)
}

// Decode reads b, the octets from the circuit code on, by the tables of a variant. It keeps what it could read, and Err
// says what stopped it. Data and the values that Param gives alias b. Q.763 1.
func (m *Message) Decode(t *Tables, b []byte) {
	m.Tables, m.Data, m.Params, m.Err = t, b, m.Params[:0], nil
	m.CIC, m.Type, m.body = 0, 0, 0
	n := int(t.cicOctets)
	if len(b) > maxLength {
		m.Data = b[:maxLength]
		b = m.Data
	}
	if len(b) <= n {
		r := wire.NewReader(b)
		r.Take("circuit code", n)
		r.U8("message type")
		m.Err = r.Err()
		return
	}
	for i := n - 1; i >= 0; i-- {
		m.CIC = m.CIC<<8 | uint32(b[i])
	}
	m.CIC &= t.cicMask
	m.Type = Type(b[n])
	m.body = uint16(n + 1)
	m.parts(t.messages[m.Type].layout, n+1)
}

// maxLength bounds a message so that offsets fit a Param; MTP3 carries at most 272 octets, M3UA and BICC more.
const maxLength = 1<<16 - 1

// parts walks the mandatory fixed, mandatory variable and optional parts from offset at on. A message whose type has no
// layout has no parameters that could be named: it stays raw.
func (m *Message) parts(l *layout, at int) {
	if l == nil {
		return
	}
	b := m.Data
	for _, f := range l.fixed {
		if int(f.size) > len(b)-at {
			m.fail(f.code, at, "cut short")
			return
		}
		m.Params = append(m.Params, Param{f.code, Fixed, uint16(at), uint16(f.size)})
		at += int(f.size)
	}
	for _, c := range l.variable {
		if at >= len(b) {
			m.fail(c, at, "no pointer")
			return
		}
		start := at + int(b[at])
		if b[at] == 0 || start >= len(b) {
			m.fail(c, at, "pointer outside the message")
			return
		}
		size := int(b[start])
		if size > len(b)-start-1 {
			m.fail(c, start, "longer than the message")
			return
		}
		m.Params = append(m.Params, Param{c, Variable, uint16(start + 1), uint16(size)})
		at++
	}
	if l.optional {
		m.options(l, at)
	}
}

// options walks the optional part, whose pointer is at offset at.
func (m *Message) options(l *layout, at int) {
	b := m.Data
	if at >= len(b) {
		if !l.mayEnd {
			m.failPart("optional part", at, "no pointer")
		}
		return
	}
	if b[at] == 0 {
		return
	}
	first := at + int(b[at])
	if first >= len(b) {
		m.failPart("optional part", at, "pointer outside the message")
		return
	}
	at = first
	for {
		if at >= len(b) {
			m.failPart("optional part", at, "no end of optional parameters")
			return
		}
		c := Code(b[at])
		if c == EndOfOptional {
			return
		}
		if at+1 >= len(b) {
			m.fail(c, at, "no length")
			return
		}
		size := int(b[at+1])
		if size > len(b)-at-2 {
			m.fail(c, at, "longer than the message")
			return
		}
		m.Params = append(m.Params, Param{c, Optional, uint16(at + 2), uint16(size)})
		at += 2 + size
	}
}

func (m *Message) fail(c Code, at int, why string) { m.failPart(m.Tables.ParamName(c), at, why) }

func (m *Message) failPart(field string, at int, why string) {
	m.Err = &Error{m.Tables.Name(m.Type), field, at, why}
}

// Value gives the contents of a parameter of m; it aliases m.Data.
func (m *Message) Value(p Param) []byte {
	return m.Data[p.Off : int(p.Off)+int(p.Len) : int(p.Off)+int(p.Len)]
}

// Param gives the contents of the first parameter with code c; ok is false when there is none.
func (m *Message) Param(c Code) (value []byte, ok bool) {
	for _, p := range m.Params {
		if p.Code == c {
			return m.Value(p), true
		}
	}
	return nil, false
}

// Known reports whether the type is one that the tables have; the body of any other message was not read.
func (m *Message) Known() bool { return m.Tables != nil && m.Tables.Known(m.Type) }

// Name gives the ITU abbreviation of the message, "IAM"; a type without one is "0xE7".
func (m *Message) Name() string { return m.Tables.Name(m.Type) }

// MandatoryRead reports whether everything that the message must have was read: Err, if any, is about its optional part.
// Some exchanges end a message before the pointer to that part; such a message is as good as whole.
func (m *Message) MandatoryRead() bool {
	if m.body == 0 {
		return false
	}
	l := m.Tables.messages[m.Type].layout
	return l == nil || len(m.Params) >= len(l.fixed)+len(l.variable)
}

// Body gives the octets after the message type, nil when there is no type; they alias m.Data. It is the way to what a
// message without a layout carries.
func (m *Message) Body() []byte {
	if m.body == 0 {
		return nil
	}
	return m.Data[m.body:]
}

// PassAlong sets inner to the message that m, a PAM, carries: it has its type and its parts but no circuit code of its
// own, so it gets that of m. Offsets of inner count from the circuit code of m. It is false when m is no PAM. Q.763 4.
func (m *Message) PassAlong(inner *Message) bool {
	if m.Type != PAM || m.body == 0 {
		return false
	}
	at := int(m.body)
	inner.Tables, inner.CIC, inner.Data = m.Tables, m.CIC, m.Data
	inner.Type, inner.Params, inner.Err, inner.body = 0, inner.Params[:0], nil, 0
	if at >= len(m.Data) {
		inner.Err = &Error{m.Name(), "message type", at, "no octet"}
		return true
	}
	inner.Type, inner.body = Type(m.Data[at]), uint16(at+1)
	inner.parts(m.Tables.messages[inner.Type].layout, at+1)
	return true
}
