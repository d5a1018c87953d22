package isup

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"c7mon/wire"
)

// An Item is one named part of a described value. Names are lower case with underscores: they are keys in JSON.
type Item struct{ Name, Text string }

// A Description is the value of a parameter for people and programs: its parts in the order of the octets. In JSON it is
// an object.
type Description []Item

// String gives "charge: 2 charge, called status: 1 subscriber free".
func (d Description) String() string {
	var s strings.Builder
	for i, it := range d {
		if i > 0 {
			s.WriteString(", ")
		}
		s.WriteString(strings.ReplaceAll(it.Name, "_", " "))
		s.WriteString(": ")
		if it.Text == "" {
			s.WriteByte('-')
		}
		s.WriteString(it.Text)
	}
	return s.String()
}

// MarshalJSON gives an object whose members keep their order.
func (d Description) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, it := range d {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(it.Name)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(it.Text)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), text...)
	}
	return append(b, '}'), nil
}

// Show gives the contents of a parameter for people and programs: a string or a Description, codes first with their
// names behind ("16 normal call clearing (LN)"). What the tables do not describe is in hex, and contents that could not
// be read are in hex with the reason behind them.
func (t *Tables) Show(c Code, value []byte) any {
	if show := t.params[c].show; show != nil {
		return show(value)
	}
	return hex.EncodeToString(value)
}

// described gives d, or the octets and the reason why they could not be read.
func described(b []byte, err error, d any) any {
	if err != nil {
		return fmt.Sprintf("%x (%v)", b, err)
	}
	return d
}

// bits is a group of bits of an indicators parameter: the names of its values from 0 on.
type bits struct {
	name   string
	octet  uint8 // from 0
	mask   uint8
	values []string
}

// describeBits names the groups of bits of b as far as b goes, and gives in hex what lies behind them and behind the n
// octets that the parameter has at least.
func describeBits(b []byte, n int, rows []bits) Description {
	d := make(Description, 0, len(rows))
	for _, r := range rows {
		if int(r.octet) >= len(b) {
			break
		}
		v := b[r.octet] & r.mask
		for m := r.mask; m&1 == 0 && m != 0; m >>= 1 {
			v >>= 1
		}
		d = append(d, Item{r.name, numbered(v, r.values)})
	}
	if n = max(n, int(rows[len(rows)-1].octet)+1); n < len(b) {
		d = append(d, Item{"further_octets", hex.EncodeToString(b[n:])})
	}
	return d
}

// showBits makes a show function of a parameter that is at least n octets long.
func showBits(n int, rows []bits) func([]byte) any {
	return func(b []byte) any {
		if len(b) < n {
			return fmt.Sprintf("%x (%d octets, at least %d needed)", b, len(b), n)
		}
		return describeBits(b, n, rows)
	}
}

// numbered gives a code and its name, "2 charge", or the code alone.
func numbered(v uint8, names []string) string {
	if int(v) < len(names) && names[v] != "" {
		return strconv.Itoa(int(v)) + " " + names[v]
	}
	return strconv.Itoa(int(v))
}

// octet reads the first octet of a parameter, for those that have only one.
func octet(b []byte, field string) (byte, error) {
	r := wire.NewReader(b)
	o := r.U8(field)
	return o, r.Err()
}
