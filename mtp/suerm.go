package mtp

// A SUERM is the signal unit error rate monitor of one direction of a link of 64 kbit/s. Its count goes up by one with each
// errored signal unit, and with each sixteen octets in octet counting mode, and down by one, not below zero, with each 256
// signal units, errored or not. At 64 the rate is excessive: a link whose own monitor says so is taken out of service.
// The zero value has heard nothing. Q.703 10.2.
//
// There the monitor ends, and begins anew at zero when the link is aligned again. One that only listens goes on: its count
// stays at 64 while errors come, and the rate is excessive until the count is back at zero, which is where the link's own
// would begin. Anything less would let it come and go with each single error of a line that is just bad enough.
type SUERM struct {
	count, units int
	excessive    bool
}

// The parameters of a SUERM. Q.703 10.2.3; N, the sixteen octets, is counted by who receives the octets.
const (
	suermT = 64  // count at which the rate is excessive
	suermD = 256 // signal units that take one from the count
)

// Good counts a signal unit without error; Bad one with, or sixteen octets in octet counting mode. They report whether the
// state changed.
func (m *SUERM) Good() (changed bool) { return m.unit() }

// Bad counts an errored signal unit. See Good.
func (m *SUERM) Bad() (changed bool) {
	m.count = min(m.count+1, suermT)
	if m.count == suermT && !m.excessive {
		m.excessive = true
		m.units = 0 // that it is excessive is not undone by the same unit
		return true
	}
	return m.unit()
}

// unit counts a unit of either kind, and reports whether the rate is no longer excessive.
func (m *SUERM) unit() bool {
	if m.units++; m.units < suermD {
		return false
	}
	m.units = 0
	m.count = max(m.count-1, 0)
	if m.count == 0 && m.excessive {
		m.excessive = false
		return true
	}
	return false
}

// Excessive reports whether the error rate is too high.
func (m *SUERM) Excessive() bool { return m.excessive }

// An EIM is the errored interval monitor of one direction of a high-speed link, which has extended sequence numbers. It
// looks at intervals of 100 ms: an interval with an errored signal unit, or without a good one, is errored. Its count goes
// up by 144292 with each errored interval and down by 9308, not below zero, with each other; above 577169 the rate is
// excessive. So five errored intervals behind each other are, and one in seventeen never. The zero value has heard nothing.
// The numbers are those of 2048 kbit/s. Q.703 Annex A.
//
// It goes on where a link's own ends, as a SUERM does: the count stays at its most while errors come, and the rate is
// excessive until it is back at zero, 6.3 s later.
type EIM struct {
	count     int
	good, bad bool // there was one in this interval
	excessive bool
}

// EIMIntervals is how many intervals of an EIM there are in a second: timer T8 is 100 ms. Q.703 Annex A.
const EIMIntervals = 10

// The parameters of an EIM at 2048 kbit/s. Q.703 Annex A.
const (
	eimTe = 577169 // count above which the rate is excessive
	eimUe = 144292 // added by an errored interval
	eimDe = 9308   // taken by another
)

// Good notes a signal unit without error.
func (m *EIM) Good() { m.good = true }

// Bad notes an errored signal unit, or octet counting mode.
func (m *EIM) Bad() { m.bad = true }

// Interval ends an interval of 100 ms, and reports whether the state changed.
func (m *EIM) Interval() (changed bool) {
	if m.good && !m.bad {
		m.count = max(m.count-eimDe, 0)
	} else {
		m.count = min(m.count+eimUe, eimTe+1)
	}
	m.good, m.bad = false, false
	was := m.excessive
	m.excessive = m.count > eimTe || was && m.count > 0
	return m.excessive != was
}

// Excessive reports whether the error rate is too high.
func (m *EIM) Excessive() bool { return m.excessive }
