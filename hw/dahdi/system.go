package dahdi

// A system opens device files. The kernel is one; tests have another.
type system interface {
	// open opens a device file for reading alone, so that a read does not wait.
	open(path string) (device, error)
}

// A device is an open device file.
type device interface {
	// ioctl does a request with what arg points to, which holds its answer then.
	ioctl(request uint, arg []byte) error
	// Read gives one buffer of the channel: octets, or one frame.
	Read(b []byte) (int, error)
	// descriptor is what can be polled.
	descriptor() int
	Close() error
}
