package isup

import "fmt"

// Type is a message type code, Q.763 table 4.
type Type uint8

// Code is a parameter name code, Q.763 table 5.
type Code uint8

// A message is one row of the table of messages: its abbreviation, its name and how its parameters lie.
type message struct {
	abbr, name string
	layout     *layout // nil: the body is not read
}

// A layout gives the parameters of one message in the order of its table in Q.763.
type layout struct {
	fixed    []fixed // mandatory, of fixed length
	variable []Code  // mandatory, one pointer octet each
	optional bool    // ends with the pointer to the optional part
	mayEnd   bool    // that pointer may be left out: an RLC, which T1.113 and old exchanges end after the type
}

// fixed is a mandatory parameter of fixed length, in octets.
type fixed struct {
	code Code
	size uint8
}

// Tables is a variant: how wide the circuit code is, which messages there are and how they are laid out, and the names of
// the parameters. Another national variant is another value, made from these by changing rows.
type Tables struct {
	Protocol  string // "isup" or "bicc"
	cicOctets uint8
	cicMask   uint32
	messages  *[256]message
	params    *[256]param
}

// A param describes a parameter once, for every message that carries it.
type param struct {
	name string
	show func([]byte) any // gives a string or a map for people and JSON; nil: octets
}

// The variants. The circuit identification code is 12 bits wide (Q.763 1.2), in T1.113 14 bits; BICC has a call instance
// code of 32 bits in its place (Q.1902.3). A network whose national messages are not known is read by ITU.
var (
	ITU  = Tables{"isup", 2, 0x0fff, &ituMessages, &ituParams}
	ANSI = Tables{"isup", 2, 0x3fff, &ansiMessages, &ansiParams}
	BICC = Tables{"bicc", 4, 0xffffffff, &ituMessages, &ituParams}
)

// Name gives the abbreviation of a message type; "0xE7" where the variant has none.
func (t *Tables) Name(c Type) string {
	if n := t.messages[c].abbr; n != "" {
		return n
	}
	return fmt.Sprintf("0x%02X", uint8(c))
}

// FullName gives the name of a message type in words, "initial address"; as Name where the variant has none.
func (t *Tables) FullName(c Type) string {
	if n := t.messages[c].name; n != "" {
		return n
	}
	return t.Name(c)
}

// TypeOf is the inverse of Name for the types that the variant names.
func (t *Tables) TypeOf(name string) (c Type, ok bool) {
	for i := range t.messages {
		if name != "" && t.messages[i].abbr == name {
			return Type(i), true
		}
	}
	return 0, false
}

// Known reports whether the variant has a message of type c.
func (t *Tables) Known(c Type) bool { return t.messages[c].abbr != "" }

// ParamName gives the name of a parameter, "parameter 0xE7" where the variant has none.
func (t *Tables) ParamName(c Code) string {
	if n := t.params[c].name; n != "" {
		return n
	}
	return fmt.Sprintf("parameter 0x%02X", uint8(c))
}

// messagesWith gives the table of a variant that has the rows of base and, in their place, the rows given.
func messagesWith(base *[256]message, rows map[Type]message) [256]message {
	t := *base
	for c, row := range rows {
		t[c] = row
	}
	return t
}

// paramsWith is as messagesWith.
func paramsWith(base *[256]param, rows map[Code]param) [256]param {
	t := *base
	for c, row := range rows {
		t[c] = row
	}
	return t
}
