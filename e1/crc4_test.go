package e1

import "testing"

// crcByBits is the CRC-4 of bits one at a time, by the shift register that G.704 2.3.3.5 describes.
func crcByBits(b []byte) (reg uint8) {
	for _, o := range b {
		for i := 7; i >= 0; i-- {
			top := reg >> 3 & 1
			reg = reg << 1 & 15
			if top != o>>i&1 {
				reg ^= 3
			}
		}
	}
	return reg
}

// TestCRC4 holds the sums against the shift register.
func TestCRC4(t *testing.T) {
	r := random(1)
	for range 2000 {
		b := make([]byte, 8*FrameOctets)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		if r.IntN(2) == 0 { // few bits
			clear(b)
			b[r.IntN(len(b))] = 1 << r.IntN(8)
		}
		sum := blockSum(b)
		for i := 0; i < len(b); i += 2 * FrameOctets {
			b[i] &= 0x7f
		}
		if got, want := remainder(sum), crcByBits(b); got != want {
			t.Fatalf("%x of % x, want %x", got, b, want)
		}
	}
}

// TestEncoder holds the multiframes against G.704 table 5B and the shift register.
func TestEncoder(t *testing.T) {
	for _, bad := range [][2]bool{{}, {true, false}, {false, true}, {true, true}} {
		e := Encoder{CRC4: true, Remote: bad[0], FarBad: bad}
		slots := payload(random(1), 64)
		b := e.Append(nil, slots)
		var before uint8 // CRC-4 of the block before
		for n := range 64 {
			frame := b[n*FrameOctets : (n+1)*FrameOctets]
			if string(frame[1:]) != string(slots[n*31:(n+1)*31]) {
				t.Fatalf("frame %d: other octets in timeslots 1 to 31", n)
			}
			first := frame[0] >> 7
			switch k := n % 16; {
			case k%2 == 0:
				if want := before >> (3 - k%8/2) & 1; first != want || frame[0]&0x7f != 0x1b {
					t.Errorf("frame %d: timeslot 0 is %x, want C bit %d", n, frame[0], want)
				}
			case k == 13, k == 15:
				if (first == 0) != bad[k/15] {
					t.Errorf("frame %d: E bit %d", n, first)
				}
			default:
				if want := []byte{0, 0, 1, 0, 1, 1}[k/2]; first != want {
					t.Errorf("frame %d: bit 1 is %d, want %d", n, first, want)
				}
			}
			if a := frame[0] >> 5 & 1; n%2 == 1 && (a == 1 != bad[0] || frame[0]&0x5f != 0x5f) {
				t.Errorf("frame %d: timeslot 0 is %x", n, frame[0])
			}
			if n%8 == 7 {
				block := append([]byte(nil), b[(n-7)*FrameOctets:(n+1)*FrameOctets]...)
				for i := 0; i < len(block); i += 2 * FrameOctets {
					block[i] &= 0x7f
				}
				before = crcByBits(block)
			}
		}
	}
}

// TestEncoderFill fills a frame that has too few timeslots with ones, and needs no CRC-4.
func TestEncoderFill(t *testing.T) {
	var e Encoder
	b := e.Append([]byte{1, 2}, make([]byte, 35))
	if len(b) != 2+2*FrameOctets || b[2] != 0x9b || b[2+32] != 0xdf || b[2+32+4] != 0 || b[2+32+5] != 0xff || b[len(b)-1] != 0xff {
		t.Errorf("% x", b)
	}
	if n := testing.AllocsPerRun(100, func() { b = e.Append(b[:0], b[40:50]) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
