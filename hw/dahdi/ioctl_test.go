package dahdi

import (
	"strings"
	"testing"
)

// TestRequests holds the numbers of the requests against how Linux makes them: direction, size, the driver's letter, number.
func TestRequests(t *testing.T) {
	const write, read = 1, 2
	f := func(have uint32, direction, size, nr uint32) {
		t.Helper()
		if want := direction<<30 | size<<16 | 0xda<<8 | nr; have != want {
			t.Errorf("0x%x, want 0x%x", have, want)
		}
	}
	f(getParams, read|write, paramsOctets, 5)
	f(getEvent, read, intOctets, 8)
	f(spanStatus, read|write, spanOctets, 10)
	f(setBufferInfo, write, bufferInfoOctets, 27)
	f(specifyChannel, write, intOctets, 38)
	f(bufferEvents, write, intOctets, 105)
}

func TestStructures(t *testing.T) {
	m := newMachine(t, sigMTP2)
	m.alarms[2], m.counters[2] = alarmLOS, [3]uint32{1, 2, 3}
	b := ints(spanOctets, 2)
	if err := m.spanStatus(b); err != nil {
		t.Fatal(err)
	}
	var s spanInfo
	want := spanInfo{2, "TE2/0/2", "T2XXP (PCI) Card 0", alarmLOS, 1, 2, 3, 31, 31, 2, 0x700}
	if err := s.Decode(b); err != nil || s != want {
		t.Errorf("%+v, %v; want %+v", s, err, want)
	}
	b = ints(paramsOctets, 47)
	if err := m.params(b); err != nil {
		t.Fatal(err)
	}
	var p params
	if err := p.Decode(b); err != nil || p != (params{47, 2, 16, sigMTP2, "TE2/0/1/1"}) {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestStructurePrefixes holds that no part of a structure is taken for a whole one.
func TestStructurePrefixes(t *testing.T) {
	b := make([]byte, spanOctets)
	for n := range b {
		var s spanInfo
		if err := s.Decode(b[:n]); err == nil || !strings.Contains(err.Error(), "314 are needed") {
			t.Fatalf("%d octets: %v", n, err)
		}
		var p params
		if err := p.Decode(b[:n]); (err == nil) != (n >= paramsOctets) {
			t.Fatalf("%d octets: %v", n, err)
		}
	}
}

// FuzzStructures reads anything as what the driver gives, and describes it.
func FuzzStructures(f *testing.F) {
	f.Add([]byte{})
	f.Add(make([]byte, paramsOctets))
	f.Add(append(ints(spanOctets, 1, 0x41414141), make([]byte, 8)...))
	full := make([]byte, spanOctets)
	for i := range full {
		full[i] = 0xff
	}
	f.Add(full)
	f.Fuzz(func(t *testing.T, b []byte) {
		var p params
		if err := p.Decode(b); err == nil && len(p.name) > 40 {
			t.Errorf("name %q", p.name)
		}
		var s spanInfo
		if err := s.Decode(b); err != nil {
			return
		}
		if len(s.name) > 20 || len(s.description) > 40 {
			t.Errorf("name %q, description %q", s.name, s.description)
		}
		if text := detail(&s, []params{p}); !strings.Contains(text, s.name) {
			t.Errorf("%q", text)
		}
	})
}
