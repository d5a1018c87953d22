package dahdi

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernel is the system with the real driver.
type kernel struct{}

// open opens a device file. Read-only, so no descriptor of ours can put anything on a line.
func (kernel) open(path string) (device, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return file(fd), nil
}

// file is a descriptor of a device file.
type file int

func (f file) ioctl(request uint, arg []byte) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(f), uintptr(request), uintptr(unsafe.Pointer(unsafe.SliceData(arg))))
	if errno != 0 {
		return errno
	}
	return nil
}

func (f file) Read(b []byte) (int, error) { return unix.Read(int(f), b) }

func (f file) descriptor() int { return int(f) }

func (f file) Close() error { return unix.Close(int(f)) }
