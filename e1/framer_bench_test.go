package e1

import "testing"

// benchFramer frames a second of an E1, whose pieces are of size octets.
func benchFramer(b *testing.B, order BitOrder, shift int, crc bool, size int) {
	e := Encoder{CRC4: crc}
	line := e.Append(nil, payload(random(1), 16*500))
	in := line
	if shift > 0 {
		in = bitsBefore(line, shift, 0)[1:] // a multiple of the frame again, so that it goes on from its end
		in = append(in, line[len(line)-1]<<(8-shift)|line[0]>>shift)
	}
	if order == LSBFirst {
		in = mirrored(in)
	}
	f := NewFramer(order, CRC4Auto)
	var r Run
	frames := 0
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		for k := 0; k < len(in); k += size {
			for p := in[k:min(k+size, len(in))]; len(p) > 0; {
				p = p[f.Next(p, &r):]
				frames += len(r.Frames)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(in)), "ns/octet")
	if frames < b.N*len(in)*9/10 {
		b.Fatalf("%d octets of frames of %d", frames, b.N*len(in))
	}
}

func BenchmarkFramerAligned(b *testing.B)         { benchFramer(b, MSBFirst, 0, true, 8192) }
func BenchmarkFramerAlignedNoCRC(b *testing.B)    { benchFramer(b, MSBFirst, 0, false, 8192) }
func BenchmarkFramerAlignedSmall(b *testing.B)    { benchFramer(b, MSBFirst, 0, true, 160) }
func BenchmarkFramerShifted(b *testing.B)         { benchFramer(b, MSBFirst, 3, true, 8192) }
func BenchmarkFramerLSBFirst(b *testing.B)        { benchFramer(b, LSBFirst, 0, true, 8192) }
func BenchmarkFramerLSBFirstShifted(b *testing.B) { benchFramer(b, LSBFirst, 3, true, 8192) }

// BenchmarkFramerNoFrames searches a line of ones.
func BenchmarkFramerNoFrames(b *testing.B) {
	in := AppendAIS(nil, 8192)
	f := NewFramer(MSBFirst, CRC4Auto)
	var r Run
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		for p := in; len(p) > 0; {
			p = p[f.Next(p, &r):]
		}
	}
}
