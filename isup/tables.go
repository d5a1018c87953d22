package isup

import "fmt"

// Type is a message type code, Q.763 table 4.
type Type uint8

// Code is a parameter name code, Q.763 table 5.
type Code uint8

// A layout gives the parameters of one message in the order of its table in Q.763.
type layout struct {
	fixed    []fixed // mandatory, of fixed length
	variable []Code  // mandatory, one pointer octet each
	optional bool    // ends with the pointer to the optional part
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
	names     [256]string  // abbreviations, "" where the code is not used
	layouts   [256]*layout // nil: the body is not read
	params    *[256]param
}

// A param describes a parameter once, for every message that carries it.
type param struct {
	name string
	show func([]byte) any // gives a string or a map for people and JSON; nil: octets
}

// Name gives the abbreviation of a message type; "0xE7" where the variant has none.
func (t *Tables) Name(c Type) string {
	if n := t.names[c]; n != "" {
		return n
	}
	return fmt.Sprintf("0x%02X", uint8(c))
}

// Known reports whether the variant has a message of type c.
func (t *Tables) Known(c Type) bool { return t.names[c] != "" }

// ParamName gives the name of a parameter, "parameter 0xE7" where the variant has none.
func (t *Tables) ParamName(c Code) string {
	if n := t.params[c].name; n != "" {
		return n
	}
	return fmt.Sprintf("parameter 0x%02X", uint8(c))
}
