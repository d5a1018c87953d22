package capture

import "errors"

// LiveOptions say which network interface is heard, and what of it. Only Interface has no default.
type LiveOptions struct {
	Interface      string // its name: "eth1"
	Ports          []int  // UDP ports of pseudowires, heard besides SCTP and SCTP over UDP; at most 100
	SnapLen        int    // octets kept of a frame; 0: all
	Ring           int    // octets of memory in which the kernel keeps what waits to be read; 0: 64 MiB
	HardwareStamps bool   // take the time from the interface where it can tell it
	Promiscuous    bool   // hear frames that are not for this host, as a mirror port or a tap gives them
}

// Bounds of LiveOptions.
const (
	defaultSnapLen = 256 << 10 // more than any frame
	defaultRing    = 64 << 20
	ringBlock      = 128 << 10 // takes the longest frame that a card puts together, and its header
	minRing        = 2 * ringBlock
	maxRing        = 1 << 30
)

// checked gives the options with the defaults filled in.
func (o LiveOptions) checked() (LiveOptions, error) {
	if o.SnapLen == 0 {
		o.SnapLen = defaultSnapLen
	}
	if o.Ring == 0 {
		o.Ring = defaultRing
	}
	switch {
	case o.Interface == "":
		return o, errors.New("interface: a name is needed")
	case o.SnapLen < 0:
		return o, errors.New("snap length: less than nothing")
	case o.Ring < minRing || o.Ring > maxRing:
		return o, errors.New("buffer: 256 KiB to 1 GiB")
	}
	o.Ring -= o.Ring % ringBlock
	_, err := kernelFilter(o.Ports, o.SnapLen, true)
	return o, err
}

// Check says which option is wrong, without touching the interface.
func (o LiveOptions) Check() error {
	_, err := o.checked()
	return err
}
