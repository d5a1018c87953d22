package isup

import "fmt"

// A Field is one parameter to encode: its contents without name and length octets.
type Field struct {
	Code  Code
	Value []byte
}

// Append adds the octets of a message to dst, from the circuit code on. The fields come as the message has them: first
// every mandatory parameter in the order of the layout, then the optional ones in any order; pointers and lengths are
// made here. A message without a layout (PAM, CRG, SDN, a type that the variant does not have) gets the values of its
// fields one after the other as its body. Every value is as it is sent, whether or not its contents make sense. On an
// error dst comes back as it was, and the error names the message and the parameter. Q.763 1.
func (t *Tables) Append(dst []byte, cic uint32, typ Type, fields []Field) ([]byte, error) {
	out := dst
	if cic&^t.cicMask != 0 {
		return dst, fmt.Errorf("%s: circuit code %d: does not fit", t.Name(typ), cic)
	}
	for i := 0; i < int(t.cicOctets); i++ {
		out = append(out, byte(cic>>(8*i)))
	}
	out = append(out, byte(typ))
	out, err := t.appendParts(out, t.messages[typ].layout, fields)
	if err != nil {
		return dst, fmt.Errorf("%s: %w", t.Name(typ), err)
	}
	return out, nil
}

func (t *Tables) appendParts(dst []byte, l *layout, fields []Field) ([]byte, error) {
	if l == nil {
		for _, f := range fields {
			dst = append(dst, f.Value...)
		}
		return dst, nil
	}
	if err := t.checkMandatory(l, fields); err != nil {
		return dst, err
	}
	for i := range l.fixed {
		dst = append(dst, fields[i].Value...)
	}
	fields = fields[len(l.fixed):]
	at := len(dst) // of the first pointer
	for range l.variable {
		dst = append(dst, 0)
	}
	if l.optional {
		dst = append(dst, 0)
	}
	for i := range l.variable {
		if err := point(dst, at+i); err != nil {
			return dst, fmt.Errorf("%s: %w", t.ParamName(fields[i].Code), err)
		}
		dst = append(append(dst, byte(len(fields[i].Value))), fields[i].Value...)
	}
	return t.appendOptions(dst, l, at+len(l.variable), fields[len(l.variable):])
}

// checkMandatory says whether fields begin with what the layout demands.
func (t *Tables) checkMandatory(l *layout, fields []Field) error {
	for i, f := range l.fixed {
		if i >= len(fields) || fields[i].Code != f.code {
			return fmt.Errorf("%s: missing, it is mandatory in place %d", t.ParamName(f.code), i+1)
		}
		if len(fields[i].Value) != int(f.size) {
			return fmt.Errorf("%s: %d octets, it has %d", t.ParamName(f.code), len(fields[i].Value), f.size)
		}
	}
	for i, c := range l.variable {
		i += len(l.fixed)
		if i >= len(fields) || fields[i].Code != c {
			return fmt.Errorf("%s: missing, it is mandatory in place %d", t.ParamName(c), i+1)
		}
		if len(fields[i].Value) > 255 {
			return fmt.Errorf("%s: %d octets, more than 255", t.ParamName(c), len(fields[i].Value))
		}
	}
	return nil
}

// appendOptions adds the optional part, whose pointer is the octet at.
func (t *Tables) appendOptions(dst []byte, l *layout, at int, fields []Field) ([]byte, error) {
	if len(fields) == 0 {
		return dst, nil
	}
	if !l.optional {
		return dst, fmt.Errorf("%s: the message has no optional part", t.ParamName(fields[0].Code))
	}
	if err := point(dst, at); err != nil {
		return dst, fmt.Errorf("optional part: %w", err)
	}
	for _, f := range fields {
		if f.Code == EndOfOptional {
			return dst, fmt.Errorf("%s: is no parameter", t.ParamName(f.Code))
		}
		if len(f.Value) > 255 {
			return dst, fmt.Errorf("%s: %d octets, more than 255", t.ParamName(f.Code), len(f.Value))
		}
		dst = append(append(dst, byte(f.Code), byte(len(f.Value))), f.Value...)
	}
	return append(dst, byte(EndOfOptional)), nil
}

// point sets the pointer octet at to the end of b.
func point(b []byte, at int) error {
	d := len(b) - at
	if d > 255 {
		return fmt.Errorf("%d octets after its pointer, more than 255", d)
	}
	b[at] = byte(d)
	return nil
}
