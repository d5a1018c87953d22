package isup

import "testing"

// call is the messages of an answered call as exchanges send them.
func call(t testing.TB) [][]byte {
	return [][]byte{
		unhex(t, "0100"+"01"+"00"+"6001"+"0a"+"03"+"0208"+"06031048081902"+"0a07031348382143653d011f00"),
		unhex(t, "010006161401290101"+"00"),
		unhex(t, "01002c0100"),
		unhex(t, "01000901110216"+"1400"),
		unhex(t, "01000c0200028290"),
		unhex(t, "01001000"),
	}
}

func BenchmarkIAM(b *testing.B) { benchmark(b, call(b)[:1]) }

// BenchmarkCall is of one message of a call, on average.
func BenchmarkCall(b *testing.B) { benchmark(b, call(b)) }

func benchmark(b *testing.B, msgs [][]byte) {
	var m Message
	for _, d := range msgs {
		if m.Decode(&ITU, d); m.Err != nil {
			b.Fatal(m.Err)
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); {
		m.Decode(&ITU, msgs[i])
		if i++; i == len(msgs) {
			i = 0
		}
	}
}

// BenchmarkKept reads of an IAM what a call record keeps of it.
func BenchmarkKept(b *testing.B) {
	var m Message
	d := call(b)[0]
	b.ReportAllocs()
	for b.Loop() {
		m.Decode(&ITU, d)
		for _, p := range m.Params {
			var n Number
			var c Category
			var tmr Medium
			switch p.Code {
			case CalledNumber, CallingNumber, RedirectingNumber, OriginalCalled:
				_ = n.Decode(m.Value(p))
			case CallingCategory:
				_ = c.Decode(m.Value(p))
			case TMR:
				_ = tmr.Decode(m.Value(p))
			}
		}
	}
}
