package mtp

import "math"

// A RepeatFilter leaves out the FISUs and LSSUs of one direction of a link that say the same as the unit before: an idle
// link sends the same FISU 1,300 times a second. It never leaves out an MSU, however often that is repeated, nor anything
// whose length indicator does not fit its length. The zero value has heard nothing.
type RepeatFilter struct {
	unit [headAnnexA + maxStatus]byte // the last unit, if it may be repeated
	n    int                          // its length, 0 when there is none or it is no FISU or LSSU
	at   uint64                       // end of the last that passed
	left uint32
}

// maxStatus is the longest status field in octets, Q.703 2.3.6: a length indicator above it is that of an MSU.
const maxStatus = 2

// Pass reports whether the unit, without its check sequence, is to be given on; at is the count of octets of the channel
// up to its end, which lets one pass each second (perSecond octets) however long they stay the same. left is how many were
// left out since the last one that passed; it is 0 while they are left out.
func (f *RepeatFilter) Pass(unit []byte, annexA bool, at, perSecond uint64) (pass bool, left uint32) {
	n := fillLength(unit, annexA)
	// A count of octets that goes back begins anew: at less f.at is then a large number, and the unit passes.
	if n > 0 && n == f.n && string(unit) == string(f.unit[:n]) && at-f.at < perSecond && f.left < math.MaxUint32 {
		f.left++
		return false, 0
	}
	f.n, f.at = n, at
	copy(f.unit[:n], unit)
	return true, f.Left()
}

// Left is how many were left out since the last one that passed, for the end of the line; it begins anew.
func (f *RepeatFilter) Left() uint32 {
	left := f.left
	f.left = 0
	return left
}

// fillLength gives the length of a FISU or LSSU, and 0 for any other unit. Q.703 2.2, Annex A.
func fillLength(unit []byte, annexA bool) int {
	n := len(unit)
	switch {
	case annexA && n >= headAnnexA && n <= headAnnexA+maxStatus && int(unit[4])|int(unit[5]&1)<<8 == n-headAnnexA:
		return n
	case !annexA && n >= headBasic && n <= headBasic+maxStatus && int(unit[2]&maxLIBasic) == n-headBasic:
		return n
	}
	return 0
}
