//go:build linux && !386

package m3ua

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/ishidawataru/sctp"
)

// What a try to set an association up may cost: INIT is sent again attempts times, at most maxInit apart.
const (
	attempts  = 3
	maxInit   = 2 * time.Second
	writeWait = 2 * time.Second
	receive   = 4 << 20 // octets that the kernel holds for us while nobody reads
)

// socket is an association over the SCTP of the kernel. The library sets it up; from then on the descriptor is an os.File,
// which has deadlines and can be closed while somebody reads.
type socket struct {
	file *os.File
	raw  syscall.RawConn
	oob  [256]byte
}

var errNoSCTP = errors.New("this kernel has no SCTP: load the module sctp")

// connect sets an association up. When ctx ends first, the one that may still come is ended.
func (s *setting) connect(ctx context.Context) (association, error) {
	type result struct {
		a   association
		err error
	}
	done := make(chan result, 1)
	go func() {
		a, err := s.dialSCTP()
		done <- result{a, err}
	}()
	select {
	case r := <-done:
		return r.a, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.err == nil {
				r.a.end()
			}
		}()
		return nil, ctx.Err()
	}
}

func (s *setting) dialSCTP() (association, error) {
	var local *sctp.SCTPAddr
	if len(s.local) > 0 || s.ours > 0 {
		local = address(s.local, s.ours)
	}
	c, err := sctp.DialSCTPExt("sctp", local, address(s.remote, s.port), sctp.InitMsg{NumOstreams: 1,
		MaxInstreams: uint16(s.streams), MaxAttempts: attempts, MaxInitTimeout: uint16(maxInit / time.Millisecond)})
	if errors.Is(err, syscall.EPROTONOSUPPORT) {
		return nil, errNoSCTP
	}
	if err != nil {
		return nil, fmt.Errorf("SCTP to %s: %w", end(s.remote[0], s.port), err)
	}
	a, err := adopt(c)
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("SCTP socket: %w", err)
	}
	return a, nil
}

func address(ips []netip.Addr, port int) *sctp.SCTPAddr {
	a := &sctp.SCTPAddr{Port: port}
	for _, ip := range ips {
		a.IPAddrs = append(a.IPAddrs, net.IPAddr{IP: ip.AsSlice(), Zone: ip.Zone()})
	}
	return a
}

// adopt takes the descriptor over from the library, which then must not use it any more. Each message is to come with its
// stream and payload protocol, and the end of the association or its restart by the peer as a notification.
func adopt(c *sctp.SCTPConn) (*socket, error) {
	if err := c.SubscribeEvents(sctp.SCTP_EVENT_DATA_IO | sctp.SCTP_EVENT_ASSOCIATION); err != nil {
		return nil, err
	}
	wirePPID := binary.NativeEndian.Uint32([]byte{0, 0, 0, ppid}) // the kernel sends it as it stands in memory
	if err := c.SetDefaultSentParam(&sctp.SndRcvInfo{PPID: wirePPID}); err != nil {
		return nil, err
	}
	if err := c.SetReadBuffer(receive); err != nil {
		return nil, err
	}
	descriptor, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	fd := -1
	if err := descriptor.Control(func(n uintptr) { fd = int(n) }); err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, err
	}
	s := &socket{file: os.NewFile(uintptr(fd), "sctp")}
	s.raw, err = s.file.SyscallConn()
	return s, err
}

func (s *socket) read(b []byte) (n int, c chunk, err error) {
	for {
		var oobn, flags int
		var failed error
		err = s.raw.Read(func(fd uintptr) bool {
			n, oobn, flags, _, failed = syscall.Recvmsg(int(fd), b, s.oob[:], 0)
			return failed != syscall.EAGAIN
		})
		switch {
		case err != nil:
			return 0, c, err
		case failed == syscall.EINTR:
			continue
		case failed != nil:
			return 0, c, os.NewSyscallError("recvmsg", failed)
		case flags&sctp.MSG_NOTIFICATION != 0:
			if err := changed(b[:n]); err != nil {
				return 0, c, err
			}
			continue
		case n == 0 && oobn == 0:
			return 0, c, io.EOF
		}
		c = received(s.oob[:oobn])
		c.whole = flags&syscall.MSG_EOR != 0
		return n, c, nil
	}
}

// received reads stream and payload protocol from the control data of a message, RFC 6458 5.3.2.
//
//	stream 2 | SSN 2 | flags 2 | 2 | payload protocol 4, as it was sent | context 4 | ...
func received(oob []byte) (c chunk) {
	all, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return c
	}
	for _, m := range all {
		if m.Header.Level == syscall.IPPROTO_SCTP && m.Header.Type == sctp.SCTP_CMSG_SNDRCV && len(m.Data) >= 12 {
			c.stream, c.ppid = binary.NativeEndian.Uint16(m.Data), binary.BigEndian.Uint32(m.Data[8:])
		}
	}
	return c
}

// changed reads a notification. A peer that started anew knows nothing of our ASP, though the association stands: that is
// an end too. RFC 6458 6.1.1.
//
//	type 2 | flags 2 | length 4 | state 2 | ...
func changed(b []byte) error {
	if len(b) < 10 || sctp.SCTPNotificationType(binary.NativeEndian.Uint16(b)) != sctp.SCTP_ASSOC_CHANGE {
		return nil
	}
	switch sctp.SCTPState(binary.NativeEndian.Uint16(b[8:])) {
	case sctp.SCTP_RESTART:
		return errors.New("the STP started the association anew")
	case sctp.SCTP_COMM_LOST:
		return errors.New("the association is lost")
	case sctp.SCTP_SHUTDOWN_COMP:
		return io.EOF
	}
	return nil
}

func (s *socket) write(r request) error {
	b, err := r.octets()
	if err != nil {
		return err
	}
	if err := s.file.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
		return err
	}
	_, err = s.file.Write(b)
	return err
}

func (s *socket) until(t time.Time) error { return s.file.SetReadDeadline(t) }

func (s *socket) end() error { return s.file.Close() }
