package mtp

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
)

// pointCodes are in each form the text and the number: the formulas of the national customs, worked out by hand.
var pointCodes = []struct {
	form PointCodeForm
	text string
	pc   uint32
}{
	{Form383, "2-66-1", 4625},
	{Form383, "7-255-7", 16383},
	{Form383, "0-0-0", 0},
	{Decimal, "4625", 4625},
	{Hex, "0x1211", 4625},
	{Form4343, "15-7-15-7", 16383},
	{Form4343, "1-2-3-4", 1<<10 | 2<<7 | 3<<3 | 4},
	{Form545, "1-2-3", 1<<9 | 2<<5 | 3},
	{Form437, "1-2-3", 1<<10 | 2<<7 | 3},
	{Form68, "63-255", 16383},
	{Form68, "1-2", 1<<8 | 2},
	{Form77, "1-2", 1<<7 | 2},
	{Form446, "1-2-3", 1<<10 | 2<<6 | 3},
	{Form662, "1-2-3", 1<<8 | 2<<2 | 3},
	{Form888, "5-10-1", 330241},
	{Form888, "255-255-255", 1<<24 - 1},
	{Form745, "1-2-3", 1<<9 | 2<<5 | 3},
	{Form745, "127-15-31", 65535},
	{Form3445, "1-2-3-4", 1<<13 | 2<<9 | 3<<5 | 4},
}

func TestPointCodeBothWays(t *testing.T) {
	for _, c := range pointCodes {
		if got := c.form.Format(c.pc); got != c.text {
			t.Errorf("%v: %d is written %q, want %q", c.form, c.pc, got, c.text)
		}
		if got, err := c.form.Parse(c.text); err != nil || got != c.pc {
			t.Errorf("%v: %q read as %d, %v; want %d", c.form, c.text, got, err, c.pc)
		}
		for _, plain := range []string{strconv.Itoa(int(c.pc)), "0x" + strconv.FormatUint(uint64(c.pc), 16),
			"0X" + strings.ToUpper(strconv.FormatUint(uint64(c.pc), 16))} {
			if got, err := c.form.Parse(plain); err != nil || got != c.pc {
				t.Errorf("%v: %q read as %d, %v; want %d", c.form, plain, got, err, c.pc)
			}
		}
	}
}

// TestPointCodeEveryValue writes and reads every point code of 14 and 16 bits, and those of 24 in steps.
func TestPointCodeEveryValue(t *testing.T) {
	for f := range pointCodeForms {
		form, step := PointCodeForm(f), uint32(1)
		bits := form.Bits()
		if bits == 0 || bits == 24 {
			bits, step = 24, 1009
		}
		for pc := uint32(0); pc>>bits == 0; pc += step {
			if got, err := form.Parse(form.Format(pc)); err != nil || got != pc {
				t.Fatalf("%v: %d read back as %d, %v", form, pc, got, err)
			}
		}
	}
}

func TestPointCodeErrors(t *testing.T) {
	f := func(form PointCodeForm, text, want string) {
		t.Helper()
		_, err := form.Parse(text)
		if err == nil || err.Error() != want {
			t.Errorf("%v %q:\n got %v\nwant %s", form, text, err, want)
		}
	}
	f(Form383, "2-256-1", `point code "2-256-1": part 2 is 256, at most 255 fits the form 3-8-3`)
	f(Form383, "8-0-0", `point code "8-0-0": part 1 is 8, at most 7 fits the form 3-8-3`)
	f(Form383, "2-66", `point code "2-66": 2 parts, the form 3-8-3 has 3`)
	f(Form77, "1-2-3", `point code "1-2-3": 3 parts, the form 7-7 has 2`)
	f(Form383, "2-x-1", `point code "2-x-1": part 2 "x" is no number`)
	f(Form383, "2--1", `point code "2--1": part 2 "" is no number`)
	f(Form383, "2-+6-1", `point code "2-+6-1": part 2 "+6" is no number`)
	f(Form383, "2-99999999999999999999-1",
		`point code "2-99999999999999999999-1": part 2 is 18446744073709551615, at most 255 fits the form 3-8-3`)
	f(Form383, "16384", `point code "16384": more than 14 bits, at most 16383`)
	f(Form745, "0x10000", `point code "0x10000": more than 16 bits, at most 65535`)
	f(Decimal, "16777216", `point code "16777216": more than 24 bits, at most 16777215`)
	f(Decimal, "2-66-1", `point code "2-66-1": a number is needed in the form decimal`)
	noCode := `: no point code: a number, 0x and hexadecimal digits, or parts like 2-66-1`
	f(Form383, "", `point code ""`+noCode)
	f(Form383, "0x", `point code "0x"`+noCode)
	f(Form383, "hanoi", `point code "hanoi"`+noCode)
	f(Form383, " 5", `point code " 5"`+noCode)
}

func TestPointCodeOfVariant(t *testing.T) {
	f := func(variant, form, text string, want uint32, wantErr string) {
		t.Helper()
		got, err := ParsePointCode(variant, form, text)
		if wantErr == "" && (err != nil || got != want) {
			t.Errorf("%s %s %s: got %d, %v; want %d", variant, form, text, got, err, want)
		}
		if wantErr != "" && (err == nil || !strings.Contains(err.Error(), wantErr)) {
			t.Errorf("%s %s %s: got error %v, want one with %q", variant, form, text, err, wantErr)
		}
	}
	f("itu", "", "2-66-1", 4625, "")
	f("ansi", "", "5-10-1", 330241, "")
	f("china", "", "5-10-1", 330241, "")
	f("japan", "", "1-2-3", 1<<9|2<<5|3, "")
	f("japan", "3-4-4-5", "7-15-15-31", 65535, "")
	f("itu", "decimal", "16383", 16383, "")
	f("itu", "decimal", "16384", 0, `point code "16384": more than the 14 bits of variant itu`)
	f("japan", "hex", "0x10000", 0, "more than the 16 bits of variant japan")
	f("itu", "8-8-8", "", 0, "point code form 8-8-8: has 24 bits, variant itu has 14: a form such as 3-8-3 is needed")
	f("itu", "9-5", "", 0, `point code form "9-5": one of decimal, hex, 3-8-3`)
	f("uk", "", "1", 0, `variant "uk": one of itu, ansi, china, japan is needed`)
}

// TestPointCodeTooWide holds that no bits are lost where a form cannot write them, and that a form that there is not
// does no harm.
func TestPointCodeTooWide(t *testing.T) {
	if got := Form383.Format(16384); got != "16384" {
		t.Errorf("got %q", got)
	}
	if got := PointCodeForm(200).Format(77); got != "77" {
		t.Errorf("got %q", got)
	}
}

func TestAppendPointCodeAllocates(t *testing.T) {
	buf := make([]byte, 0, 32)
	if n := testing.AllocsPerRun(1000, func() { buf = Form383.Append(buf[:0], 4625) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestPointCodeFormsList compares the table with the list of forms that the project keeps.
func TestPointCodeFormsList(t *testing.T) {
	const name = "../../shared/protocol/point_code_formats.csv"
	file, err := os.Open(name)
	if err != nil {
		t.Skip("the list of forms is not there: ", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		f, err := ParseForm(row[2])
		if err != nil {
			t.Errorf("%s: %v", row[0], err)
			continue
		}
		if bits := f.Bits(); bits != 0 && strconv.Itoa(int(bits)) != row[1] {
			t.Errorf("%s: %d bits, want %s", row[0], bits, row[1])
		}
	}
}

// FuzzParsePointCode holds that what is read is a point code of the form, and is written and read back the same.
func FuzzParsePointCode(f *testing.F) {
	for _, c := range pointCodes {
		f.Add(uint8(c.form), c.text)
	}
	f.Add(uint8(Hex), "0xffffff")
	f.Fuzz(func(t *testing.T, form uint8, text string) {
		p := PointCodeForm(form)
		pc, err := p.Parse(text)
		if err != nil {
			return
		}
		bits := p.Bits()
		if bits == 0 {
			bits = maxPointCodeBits
		}
		if back, err := p.Parse(p.Format(pc)); pc>>bits != 0 || err != nil || back != pc {
			t.Errorf("%v: %q is %d, written %q, read back as %d, %v", p, text, pc, p.Format(pc), back, err)
		}
	})
}
