package monitor

import (
	"c7mon/config"
	"c7mon/correlate"
)

// Naming says what calls belong to, by a configuration. It is for one goroutine.
type Naming struct {
	config *config.Config
	digits []byte // of the call in hand
}

var _ correlate.Namer = (*Naming)(nil)

// NewNaming gives the Naming of c.
func NewNaming(c *config.Config) *Naming { return &Naming{config: c} }

// Network gives the key of the network that has both points.
func (n *Naming) Network(ni uint8, opc, dpc uint32) string { return n.config.Network(ni, opc, dpc).Key }

// TrunkGroup gives the key of the trunk group of the call's circuit.
func (n *Naming) TrunkGroup(c *correlate.Call) string {
	return n.config.TrunkGroup(c.Network, c.NI, c.OPC, c.DPC, c.CIC)
}

// Service gives the service of the first rule that fits the call.
func (n *Naming) Service(c *correlate.Call) string {
	n.digits = c.Called.Append(n.digits[:0])
	return n.config.Service(&config.Attempt{Network: c.Network, TrunkGroup: c.TrunkGroup, OPC: c.OPC, DPC: c.DPC,
		Called: n.digits, NOA: c.Called.NOA})
}
