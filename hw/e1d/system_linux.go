package e1d

import "golang.org/x/sys/unix"

// What sending and receiving is told: no signal when osmo-e1d has gone, and no descriptor that a child process inherits.
const (
	sendFlags    = unix.MSG_NOSIGNAL
	receiveFlags = unix.MSG_CMSG_CLOEXEC
)

// makePipe makes a pipe.
func makePipe(p *[2]int) error { return unix.Pipe2(p[:], unix.O_CLOEXEC|unix.O_NONBLOCK) }

// makeSocket makes a unix socket of packets.
func makeSocket() (fd int, err error) {
	return unix.Socket(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
}
