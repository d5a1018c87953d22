package mtp

// A RepeatFilter leaves out the FISUs and LSSUs of one direction of a link that say the same as the unit before.
//
// (contract; to be implemented)
type RepeatFilter struct{}

// Pass reports whether the unit, without its check sequence, is to be given on; at is the count of octets of the channel
// up to its end, which lets one pass each second (perSecond octets) however long they stay the same. left is how many were
// left out since the last one that passed; it is 0 while they are left out.
func (f *RepeatFilter) Pass(unit []byte, annexA bool, at, perSecond uint64) (pass bool, left uint32) {
	return true, 0
}

// Left is how many were left out since the last one that passed, for the end of the line; it begins anew.
func (f *RepeatFilter) Left() uint32 { return 0 }
