package isup

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAppend holds the octets that the encoder makes, written out by hand.
func TestAppend(t *testing.T) {
	f := func(tables *Tables, cic uint32, typ Type, want string, fields ...Field) {
		t.Helper()
		got, err := tables.Append(nil, cic, typ, fields)
		if err != nil || !bytes.Equal(got, unhex(t, want)) {
			t.Fatalf("%s: got %x, %v, want %s", tables.Name(typ), got, err, want)
		}
		var m Message
		m.Decode(tables, got)
		if m.Err != nil || m.CIC != cic || m.Type != typ {
			t.Fatalf("%s: decoded to CIC %d type %v: %v", tables.Name(typ), m.CIC, m.Type, m.Err)
		}
		for i, p := range m.Params {
			if p.Code != fields[i].Code || !bytes.Equal(m.Value(p), fields[i].Value) {
				t.Fatalf("%s: parameter %d: %+v, want %+v", tables.Name(typ), i, p, fields[i])
			}
		}
	}
	f(&ITU, 1, REL, "01000c0200028390", Field{CauseIndicators, []byte{0x83, 0x90}})
	f(&ITU, 0xabc, IAM, "bc0a01"+"00"+"2001"+"0a"+"00"+"0208"+"068310214365f7"+"0a0483132143"+"00",
		Field{NatureOfConnection, []byte{0}}, Field{ForwardCall, []byte{0x20, 1}}, Field{CallingCategory, []byte{10}},
		Field{TMR, []byte{0}}, Field{CalledNumber, []byte{0x83, 0x10, 0x21, 0x43, 0x65, 0xf7}},
		Field{CallingNumber, []byte{0x83, 0x13, 0x21, 0x43}})
	f(&BICC, 0x01020304, ANM, "040302010900")
}
