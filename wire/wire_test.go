package wire

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"
)

// fields reads one of everything and gives the sum of what it read, with the number of octets taken.
func fields(b []byte) (sum uint64, off int, err error) {
	r := NewReader(b)
	sum += uint64(r.U8("one"))
	sum += uint64(r.U16LE("two little"))
	sum += uint64(r.U16BE("two big"))
	sum += uint64(r.U24LE("three little"))
	sum += uint64(r.U32LE("four little"))
	sum += uint64(r.U32BE("four big"))
	for _, o := range r.Take("three", 3) {
		sum += uint64(o)
	}
	return sum, r.Off(), r.Err()
}

func TestReader(t *testing.T) {
	b := []byte{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13}
	sum, off, err := fields(b)
	want := uint64(0x01 + 0x0302 + 0x0405 + 0x080706 + 0x0c0b0a09 + 0x0d0e0f10 + 0x11 + 0x12 + 0x13)
	if sum != want || off != len(b) || err != nil {
		t.Errorf("sum %#x at %d, %v; want %#x at %d", sum, off, err, want, len(b))
	}
}

// TestReaderPrefixes holds that the first field that a prefix cuts is the one named, at its offset, and that every read
// after it gives zero.
func TestReaderPrefixes(t *testing.T) {
	starts := []struct {
		field      string
		off, octet int
	}{{"one", 0, 1}, {"two little", 1, 2}, {"two big", 3, 2}, {"three little", 5, 3}, {"four little", 8, 4}, {"four big", 12, 4}, {"three", 16, 3}}
	b := bytes.Repeat([]byte{0xff}, 19)
	for n := range b {
		_, off, err := fields(b[:n])
		var short *ShortError
		if !errors.As(err, &short) {
			t.Fatalf("%d octets: %v", n, err)
		}
		for _, s := range starts {
			if n < s.off+s.octet {
				if *short != (ShortError{s.field, s.off, s.octet, n - s.off}) || off != s.off {
					t.Errorf("%d octets: %+v at %d, want %+v", n, *short, off, s)
				}
				break
			}
		}
	}
	r := NewReader(nil)
	r.U8("first")
	if r.U32BE("second") != 0 || r.Rest() != nil || r.Err().Error() != "first: at octet 0: 1 octets needed, 0 there" {
		t.Errorf("after an error: %v", r.Err())
	}
}

func TestReaderTake(t *testing.T) {
	b := []byte{1, 2, 3}
	r := NewReader(b)
	s := r.Take("two", 2)
	_ = append(s, 9)
	if b[2] != 3 {
		t.Error("an append to a part wrote into what follows")
	}
	if r.Len() != 1 || !bytes.Equal(r.Rest(), []byte{3}) || r.Len() != 0 || r.Err() != nil {
		t.Error("the rest is not there")
	}
	r = NewReader(b)
	if r.Take("less than nothing", -1) != nil || r.Err() == nil {
		t.Error("a negative length is taken")
	}
}

func TestReaderAllocations(t *testing.T) {
	b := bytes.Repeat([]byte{1}, 19)
	if n := testing.AllocsPerRun(100, func() { _, _, _ = fields(b) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestDigits(t *testing.T) {
	f := func(digits string) {
		t.Helper()
		b := AppendBCD(nil, digits)
		if got := string(AppendDigits(nil, b, len(digits)%2 == 1)); got != digits {
			t.Errorf("%q comes back as %q from % x", digits, got, b)
		}
	}
	f("")
	f("0")
	f("84912345678")
	f("0123456789ABCDEF")
	if got := AppendBCD(nil, "12a"); !bytes.Equal(got, []byte{0x21, 0x0a}) {
		t.Errorf("% x", got)
	}
	if got := AppendBCD(nil, "?1"); !bytes.Equal(got, []byte{0x10}) {
		t.Errorf("a character that is no digit: % x", got)
	}
}

func TestTime(t *testing.T) {
	f := func(at Time, text string, micros int64) {
		t.Helper()
		if at.String() != text || at.Known() && at.Micros() != micros {
			t.Errorf("%d: %q, %d us; want %q, %d", at, at, at.Micros(), text, micros)
		}
	}
	f(NoTime, "", 0)
	f(0, "1970-01-01T00:00:00Z", 0)
	f(-1, "1969-12-31T23:59:59.999999999Z", -1)
	f(1_066_471_200_000_000_999, "2003-10-18T10:00:00.000000999Z", 1_066_471_200_000_000)
	if NoTime.Add(time.Hour) != NoTime || Time(5).Add(7) != 12 || Time(12).Sub(5) != 7 {
		t.Error("times do not add")
	}
	std := time.Date(2003, 10, 18, 10, 0, 0, 5, time.UTC)
	if got := TimeOf(std); !got.Std().Equal(std) {
		t.Errorf("%v comes back as %v", std, got.Std())
	}
	if TimeOf(time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)) != NoTime || TimeOf(time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)) != NoTime {
		t.Error("a year that nanoseconds do not reach is a time")
	}
	if Time(math.MaxInt64).String() == "" {
		t.Error("the last moment has no text")
	}
}

func TestDirection(t *testing.T) {
	if Forth.String()+Back.String()+NoDirection.String() != "01" {
		t.Error("directions are not 0, 1 and nothing")
	}
}

// FuzzReader holds that a reader stays within its octets, takes each of them once, and remembers its first error.
func FuzzReader(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, []byte{0, 1, 2, 3})
	f.Fuzz(func(t *testing.T, b, plan []byte) {
		r := NewReader(b)
		taken := 0
		for _, step := range plan {
			before, failed := r.Len(), r.Err() != nil
			n := len(r.Take("field", int(step%8)))
			taken += n
			if failed && n != 0 || before-r.Len() != n || r.Off() != taken {
				t.Fatalf("step %d took %d of %d", step, n, before)
			}
		}
		digits := AppendDigits(nil, b, len(plan)%2 == 1)
		if got := AppendBCD(nil, string(digits)); len(plan)%2 == 0 && !bytes.Equal(got, b) {
			t.Errorf("% x comes back as % x", b, got)
		}
	})
}
