package e1

// A transition is what one octet of a channel does, after a number of ones in a row at the end of the octet before it:
//
//	bits 0-7    bits of the unit in the octet, inserted zeros taken out, first bit lowest
//	bits 8-11   how many they are
//	bits 12-15  what else happened: an event, 0 when nothing
//	bits 29-31  ones in a row at its end, 7 for more, too
//
// Bits that may yet belong to a flag or an abort count among those of the unit, and the event says how many of them do. The
// bits are those before an abort and those behind a flag: a flag that ends in an octet leaves none before it that are not
// its own.
type transition uint32

// The events. A flag is its number less flagEvent, which is how many bits of it were taken for bits of the unit in octets
// before; an abort likewise. flagAbort is a flag that ends with the first bit, and seven ones behind it.
const (
	noEvent    = 0
	flagEvent  = 1
	abortEvent = flagEvent + maxFlagDrop + 1
	flagAbort  = abortEvent + maxAbortDrop + 1

	maxFlagDrop  = 6 // the zero and five ones: the sixth is known for what it is
	maxAbortDrop = 5
)

func (e transition) data() uint32  { return uint32(e) & 0xff }
func (e transition) count() uint32 { return uint32(e) >> 8 & 0xf }
func (e transition) event() uint32 { return uint32(e) >> 12 & 0xf }
func (e transition) ones() uint32  { return uint32(e) >> 29 }

// An hdlcTable has the transition of each octet after each number of ones.
type hdlcTable [256][8]transition

var (
	msbTable = makeHDLCTable(MSBFirst)
	lsbTable = makeHDLCTable(LSBFirst)
)

func makeHDLCTable(order BitOrder) *hdlcTable {
	t := new(hdlcTable)
	for o := range t {
		for ones := range t[o] {
			t[o][ones] = makeTransition(order, byte(o), uint32(ones))
		}
	}
	return t
}

// makeTransition goes through an octet bit by bit. Q.703 3.2: five ones are followed by an inserted zero in a unit, by a one
// and a zero in a flag, by two ones in an abort (4.1.4).
func makeTransition(order BitOrder, o byte, ones uint32) transition {
	var data, count, event, started uint32 // started is how many bits the run of ones has from octets before
	started = ones
	for i := range uint32(8) {
		bit := uint32(o) >> i & 1
		if order == MSBFirst {
			bit = uint32(o) >> (7 - i) & 1
		}
		switch {
		case event >= abortEvent: // nothing more is of a unit
			if ones++; bit == 0 {
				ones = 0
			}
			ones = min(ones, 7)
		case bit == 1 && ones < 5:
			data |= 1 << count
			count++
			ones++
		case bit == 1 && ones == 5:
			ones++
		case bit == 1 && ones == 6 && event != noEvent: // the flag ended with the first bit
			event, data, count = flagAbort, 0, 0
			ones++
		case bit == 1 && ones == 6:
			before := min(started, 5) // ones of the run in octets before, taken for the unit's
			event, data, count = abortEvent+before, 0, count-(5-before)
			ones++
		case bit == 1: // an abort goes on
		case ones == 6:
			event, data, count = max(event, flagEvent+maxFlagDrop-min(count, maxFlagDrop)), 0, 0
			ones, started = 0, 0
		default:
			if ones < 5 {
				count++
			}
			ones, started = 0, 0
		}
	}
	return transition(data | count<<8 | event<<12 | ones<<29)
}
