package mtp

// A SUERM is the signal unit error rate monitor of one direction of a link.
//
// (contract; to be implemented)
type SUERM struct{}

// Good counts a signal unit without error; Bad one with, or sixteen octets in octet counting mode. They report whether the
// state changed.
func (m *SUERM) Good() (changed bool) { return false }

// Bad counts an errored signal unit.
func (m *SUERM) Bad() (changed bool) { return false }

// Excessive reports whether the error rate is too high.
func (m *SUERM) Excessive() bool { return false }
