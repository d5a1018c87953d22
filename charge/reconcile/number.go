package reconcile

import (
	"bytes"
	"cmp"
	"hash/maphash"
)

// texts keeps every text once and gives it a number; 0 is the empty text. The numbers depend on the order of adding, so no
// result may depend on them.
type texts struct {
	octets []byte
	ends   []int    // of the text with each number, from 1
	table  []uint32 // open addressing; its length is a power of two
	seed   maphash.Seed
}

// id gives the number of a text, a new one for a new text.
func (x *texts) id(b []byte) uint32 {
	if len(b) == 0 {
		return 0
	}
	if 4*len(x.ends) >= 3*len(x.table) {
		x.grow()
	}
	i := x.slot(b)
	if x.table[i] == 0 {
		x.octets = append(x.octets, b...)
		x.ends = append(x.ends, len(x.octets))
		x.table[i] = uint32(len(x.ends))
	}
	return x.table[i]
}

func (x *texts) idOf(s string) uint32 { return x.id([]byte(s)) }

// slot finds the place of a text in the table, or the free one where it would stand.
func (x *texts) slot(b []byte) int {
	mask := len(x.table) - 1
	i := int(maphash.Bytes(x.seed, b)) & mask
	for x.table[i] != 0 && !bytes.Equal(x.text(x.table[i]), b) {
		i = (i + 1) & mask
	}
	return i
}

func (x *texts) grow() {
	if len(x.table) == 0 {
		x.seed = maphash.MakeSeed()
	}
	x.table = make([]uint32, max(64, 2*len(x.table)))
	for id := range x.ends {
		x.table[x.slot(x.text(uint32(id+1)))] = uint32(id + 1)
	}
}

// text gives the text of a number; it is not to be changed.
func (x *texts) text(id uint32) []byte {
	switch id {
	case 0:
		return nil
	case 1:
		return x.octets[:x.ends[0]:x.ends[0]]
	}
	end := x.ends[id-1]
	return x.octets[x.ends[id-2]:end:end]
}

func (x *texts) compare(a, b uint32) int {
	if a == b {
		return 0
	}
	return bytes.Compare(x.text(a), x.text(b))
}

// minDigits is how many digits a number must have to stand for a longer one of which it is a part.
const minDigits = 6

// A fit says how well two numbers go together.
type fit uint8

// Two numbers are the same where they are equal; or where the shorter has at least minDigits digits and the longer begins or ends
// with it: a switch may leave out country and area code, or record no more than so many digits. The + at the head counts for
// nothing there.
const (
	differs fit = iota
	unknown     // one of them is empty
	part
	equal
)

// fit compares two numbers.
func (x *texts) fit(a, b uint32) fit {
	switch {
	case a == 0 || b == 0:
		return unknown
	case a == b:
		return equal
	}
	long, short := digits(x.text(a)), digits(x.text(b))
	if len(long) < len(short) {
		long, short = short, long
	}
	if len(short) >= minDigits && (bytes.HasSuffix(long, short) || bytes.HasPrefix(long, short)) {
		return part
	}
	return differs
}

// digits gives a number without its +.
func digits(b []byte) []byte { return bytes.TrimPrefix(b, []byte{'+'}) }

// tail gives a key that numbers share of which one ends with the other: the last minDigits digits; 0 for no number.
func (x *texts) tail(id uint32) uint64 {
	d := digits(x.text(id))
	return pack(d[max(0, len(d)-minDigits):])
}

// head gives a key that numbers share of which one begins with the other, 0 for a number that is too short.
func (x *texts) head(id uint32) uint64 {
	d := digits(x.text(id))
	if len(d) < minDigits {
		return 0
	}
	return pack(d[:minDigits])
}

// pack puts up to eight octets into a number.
func pack(b []byte) (key uint64) {
	for _, o := range b {
		key = key<<8 | uint64(o)
	}
	return key
}

// sameTail tells numbers that differ, but not in their last minDigits digits: the prefix is another.
func (x *texts) sameTail(a, b uint32) bool {
	return min(len(digits(x.text(a))), len(digits(x.text(b)))) >= minDigits && x.tail(a) == x.tail(b)
}

// alike tells numbers of one length of which up to two digits differ.
func (x *texts) alike(a, b uint32) bool {
	s, t := x.text(a), x.text(b)
	if len(s) != len(t) || len(s) < minDigits {
		return false
	}
	others := 0
	for i := range s {
		if s[i] != t[i] {
			others++
		}
	}
	return others <= 2
}

// A circuit says whether call and record name the same circuit. The better one is the lower.
type circuit uint8

const (
	sameCircuit circuit = iota // trunk group and CIC
	sameCIC                    // one of them has no trunk group
	noCircuit                  // the record has none
	otherCircuit
)

func circuits(c *call, r *record) circuit {
	switch {
	case r.flags&hasCIC == 0:
		return noCircuit
	case c.cic != r.cic || c.group != r.group && c.group != 0 && r.group != 0:
		return otherCircuit
	case c.group == 0 || r.group == 0:
		return sameCIC
	}
	return sameCircuit
}

// sameCircuits tells whether two records name one circuit, as far as they tell it.
func sameCircuits(r, s *record) bool {
	return r.flags&hasCIC == s.flags&hasCIC && r.cic == s.cic && (r.group == s.group || r.group == 0 || s.group == 0)
}

// circuitKey is 0 where the trunk group is not known. Its order means nothing.
func circuitKey(group, cic, flags uint32) uint64 {
	if group == 0 || flags&hasCIC == 0 {
		return 0
	}
	return uint64(group)<<32 | uint64(cic)
}

// cicKey is one more than the CIC, and 0 where the record has none.
func (r *record) cicKey() uint64 {
	if r.flags&hasCIC == 0 {
		return 0
	}
	return 1 + uint64(r.cic)
}

// distance is the absolute difference, and never below zero.
func distance[T ~int64](a, b T) int64 {
	if cmp.Less(a, b) {
		a, b = b, a
	}
	return int64(a) - int64(b)
}
