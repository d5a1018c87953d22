package mtp

import (
	"fmt"
	"strconv"
	"strings"
)

// PointCodeForm is a way to write a point code: parts of some bits each, most significant first, with hyphens between
// (2-66-1 in the form 3-8-3 of Q.708), or one decimal or hexadecimal number. The zero value is Decimal.
type PointCodeForm uint8

// The forms. Those of parts are named by the bits of each part.
const (
	Decimal  PointCodeForm = iota // 4625
	Hex                           // 0x1211
	Form383                       // zone-area/network-signalling point, international, Q.708
	Form4343                      // Germany and others
	Form545                       // national
	Form437                       // national
	Form68                        // national
	Form77                        // national
	Form446                       // national
	Form662                       // national
	Form888                       // network-cluster-member, ANSI T1.111.4; main area-sub area-signalling point, China
	Form745                       // Japan
	Form3445                      // Japan, the other custom
)

// maxPointCodeBits is the width of the widest point code; it limits the forms that have no parts.
const maxPointCodeBits = 24

// pointCodeForms gives the name of each form and the bits of its parts; a form without parts fits every width.
var pointCodeForms = [...]struct {
	name  string
	parts []uint8
}{
	Decimal:  {"decimal", nil},
	Hex:      {"hex", nil},
	Form383:  {"3-8-3", []uint8{3, 8, 3}},
	Form4343: {"4-3-4-3", []uint8{4, 3, 4, 3}},
	Form545:  {"5-4-5", []uint8{5, 4, 5}},
	Form437:  {"4-3-7", []uint8{4, 3, 7}},
	Form68:   {"6-8", []uint8{6, 8}},
	Form77:   {"7-7", []uint8{7, 7}},
	Form446:  {"4-4-6", []uint8{4, 4, 6}},
	Form662:  {"6-6-2", []uint8{6, 6, 2}},
	Form888:  {"8-8-8", []uint8{8, 8, 8}},
	Form745:  {"7-4-5", []uint8{7, 4, 5}},
	Form3445: {"3-4-4-5", []uint8{3, 4, 4, 5}},
}

// PointCodeForm is the customary form of the variant: 3-8-3 (ITU), 8-8-8 (ANSI, China), 7-4-5 (Japan).
func (v Variant) PointCodeForm() PointCodeForm {
	switch v {
	case ITU:
		return Form383
	case Japan:
		return Form745
	}
	return Form888
}

// ParseForm gives the form of that name ("3-8-3", "decimal", ...).
func ParseForm(name string) (PointCodeForm, error) {
	names := make([]string, len(pointCodeForms))
	for f, row := range pointCodeForms {
		if row.name == name {
			return PointCodeForm(f), nil
		}
		names[f] = row.name
	}
	return Decimal, fmt.Errorf("point code form %q: one of %s is needed", name, strings.Join(names, ", "))
}

// String gives the name that ParseForm reads.
func (f PointCodeForm) String() string {
	if int(f) < len(pointCodeForms) {
		return pointCodeForms[f].name
	}
	return fmt.Sprintf("form %d", uint8(f))
}

// parts gives the bits of each part; none for a number and for a form that there is not.
func (f PointCodeForm) parts() []uint8 {
	if int(f) < len(pointCodeForms) {
		return pointCodeForms[f].parts
	}
	return nil
}

// Bits is the width of the point codes that the form writes: 14, 16 or 24, or 0 for a number, which fits every width.
func (f PointCodeForm) Bits() uint {
	var bits uint
	for _, b := range f.parts() {
		bits += uint(b)
	}
	return bits
}

// Fits reports whether the form can write every point code of the variant and no more.
func (f PointCodeForm) Fits(v Variant) bool {
	bits := f.Bits()
	return bits == 0 || bits == v.PointCodeBits()
}

// Append appends pc as text. A point code too wide for the form is written as a decimal number, so that nothing of it
// is lost.
func (f PointCodeForm) Append(dst []byte, pc uint32) []byte {
	if f == Hex {
		return strconv.AppendUint(append(dst, "0x"...), uint64(pc), 16)
	}
	left := f.Bits()
	if left == 0 || pc>>left != 0 {
		return strconv.AppendUint(dst, uint64(pc), 10)
	}
	for i, b := range f.parts() {
		if i > 0 {
			dst = append(dst, '-')
		}
		left -= uint(b)
		dst = strconv.AppendUint(dst, uint64(pc>>left&(1<<b-1)), 10)
	}
	return dst
}

// Format gives pc as text.
func (f PointCodeForm) Format(pc uint32) string { return string(f.Append(make([]byte, 0, 16), pc)) }

// Parse reads a point code: the parts of the form, or in every form a decimal number or a hexadecimal one after 0x. The
// error says which part is wrong and what it may be.
func (f PointCodeForm) Parse(text string) (uint32, error) {
	if !strings.Contains(text, "-") {
		return parsePlain(text, f.Bits())
	}
	widths := f.parts()
	if widths == nil {
		return 0, fmt.Errorf("point code %q: a number is needed in the form %v", text, f)
	}
	fields := strings.Split(text, "-")
	if len(fields) != len(widths) {
		return 0, fmt.Errorf("point code %q: %d parts, the form %v has %d", text, len(fields), f, len(widths))
	}
	var pc uint32
	for i, field := range fields {
		limit := uint64(1)<<widths[i] - 1
		n, err := parseDigits(field, 10)
		if err != nil {
			return 0, fmt.Errorf("point code %q: part %d %q is no number", text, i+1, field)
		}
		if n > limit {
			return 0, fmt.Errorf("point code %q: part %d is %d, at most %d fits the form %v", text, i+1, n, limit, f)
		}
		pc = pc<<widths[i] | uint32(n)
	}
	return pc, nil
}

// parsePlain reads a point code that is one number of at most bits bits (0: of the widest variant).
func parsePlain(text string, bits uint) (uint32, error) {
	if bits == 0 {
		bits = maxPointCodeBits
	}
	digits, base := text, 10
	if len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x' {
		digits, base = text[2:], 16
	}
	n, err := parseDigits(digits, base)
	if err != nil {
		return 0, fmt.Errorf("point code %q: no point code: a number, 0x and hexadecimal digits, or parts like 2-66-1", text)
	}
	if n>>bits != 0 {
		return 0, fmt.Errorf("point code %q: more than %d bits, at most %d", text, bits, uint32(1)<<bits-1)
	}
	return uint32(n), nil
}

// parseDigits reads a number that is digits alone; one that is too large gives the largest.
func parseDigits(s string, base int) (uint64, error) {
	n, err := strconv.ParseUint(s, base, 64)
	if err != nil && s != "" && n != 0 {
		return n, nil // out of range: the caller's limit says it better
	}
	return n, err
}

// ParsePointCode reads a point code of a variant in a form, both by name, as a configuration has them: an empty form is
// the customary one of the variant. With an empty text only the two names are checked, and that they go together.
func ParsePointCode(variant, form, text string) (uint32, error) {
	v, err := ParseVariant(variant)
	if err != nil {
		return 0, err
	}
	f := v.PointCodeForm()
	if form != "" {
		if f, err = ParseForm(form); err != nil {
			return 0, err
		}
	}
	if !f.Fits(v) {
		return 0, fmt.Errorf("point code form %v: has %d bits, variant %v has %d: a form such as %v is needed",
			f, f.Bits(), v, v.PointCodeBits(), v.PointCodeForm())
	}
	if text == "" {
		return 0, nil
	}
	pc, err := f.Parse(text)
	if err == nil && pc>>v.PointCodeBits() != 0 {
		return 0, fmt.Errorf("point code %q: more than the %d bits of variant %v", text, v.PointCodeBits(), v)
	}
	return pc, err
}
