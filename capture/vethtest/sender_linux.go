package vethtest

import (
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// A Sender puts frames on an interface, as only tests do.
type Sender int

// NewSender opens an interface.
func NewSender(name string) (Sender, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return 0, err
	}
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	// The protocol is what the socket would hear, and what it says of frames that it sends; one that nobody sends.
	return Sender(fd), syscall.Bind(fd, &syscall.SockaddrLinklayer{Ifindex: i.Index, Protocol: 0xffff})
}

// Send puts a frame on the interface, and waits while that is full.
func (s Sender) Send(frame []byte) error {
	for {
		_, err := syscall.Write(int(s), frame)
		if err != syscall.ENOBUFS && err != syscall.EINTR {
			return err
		}
	}
}

// Close closes it.
func (s Sender) Close() error { return syscall.Close(int(s)) }

// Listening waits until a socket hears the interface.
func Listening(name string) error {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		b, err := os.ReadFile("/proc/self/net/packet")
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(b)) { // sk RefCnt Type Proto Iface R Rmem User Inode
			f := strings.Fields(line)
			if len(f) > 5 && f[3] == "0003" && f[4] == fmt.Sprint(i.Index) && f[5] == "1" {
				return nil
			}
		}
	}
	return fmt.Errorf("nobody hears %s", name)
}
