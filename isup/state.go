package isup

import (
	"strconv"
	"strings"
)

// State is one octet of the circuit state indicator parameter of a CQR: the state of one circuit.
//
//	8 7   | 6 5      | 4 3  | 2 1
//	spare | hardware | call | maintenance
//
// Q.763 3.14.
type State uint8

// Call processing state of a circuit.
const (
	CallNone     = 0 // the maintenance bits say transient or unequipped
	CallIncoming = 1 // busy
	CallOutgoing = 2 // busy
	CallIdle     = 3
)

// Maintenance and hardware blocking state of a circuit.
const (
	NotBlocked      = 0
	LocallyBlocked  = 1
	RemotelyBlocked = 2
	BothBlocked     = 3
)

// Call is the call processing state, CallNone to CallIdle.
func (v State) Call() uint8 { return uint8(v >> 2 & 3) }

// Maintenance is the maintenance blocking state, NotBlocked to BothBlocked. It says nothing of blocking when Call is
// CallNone.
func (v State) Maintenance() uint8 { return uint8(v & 3) }

// Hardware is the hardware blocking state, NotBlocked to BothBlocked. When there is any, Call is CallIdle.
func (v State) Hardware() uint8 { return uint8(v >> 4 & 3) }

// Unequipped reports whether there is no such circuit.
func (v State) Unequipped() bool { return v&0x0f == 3 }

// Transient reports whether the circuit is between states.
func (v State) Transient() bool { return v&0x0f == 0 }

// String gives "12 idle", "13 idle, locally blocked (maintenance)"; the number is the octet.
func (v State) String() string {
	s := strconv.Itoa(int(v)) + " "
	if v.Call() == CallNone {
		return s + [...]string{"transient", "spare", "spare", "unequipped"}[v.Maintenance()]
	}
	s += [...]string{"", "incoming busy", "outgoing busy", "idle"}[v.Call()]
	blocked := [...]string{"", ", locally blocked", ", remotely blocked", ", locally and remotely blocked"}
	if m := v.Maintenance(); m != 0 {
		s += blocked[m] + " (maintenance)"
	}
	if h := v.Hardware(); h != 0 {
		s += blocked[h] + " (hardware)"
	}
	return s
}

// showStates gives the states of all circuits in order; the parameter is nothing but one State after the other.
func showStates(b []byte) any {
	var s strings.Builder
	for i, o := range b {
		if i > 0 {
			s.WriteString("; ")
		}
		s.WriteString(State(o).String())
	}
	return s.String()
}
