//go:build linux && !386

package m3ua

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// These tests hold the parts of the SCTP socket that need no SCTP. That the kernel fills the control data as RFC 6458 says,
// and that it sets an association up, they cannot show.

// unixSocket gives a socket over one of a pair of unix sockets, and the other one.
func unixSocket(t *testing.T) (*socket, net.Conn) {
	t.Helper()
	p, far := pair(t)
	file, err := p.conn.File()
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	file.Close()
	p.conn.Close()
	s := &socket{file: os.NewFile(uintptr(fd), "pair")}
	if s.raw, err = s.file.SyscallConn(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.file.Close(); far.Close() })
	return s, far
}

func TestSocket(t *testing.T) {
	s, far := unixSocket(t)
	b := make([]byte, 100)
	if err := s.until(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.read(b); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	s.until(time.Now().Add(time.Minute))
	far.Write([]byte("hello"))
	if n, _, err := s.read(b); err != nil || string(b[:n]) != "hello" {
		t.Errorf("%q, %v", b[:n], err)
	}
	if err := s.write(request{kind: aspUp}); err != nil {
		t.Fatal(err)
	}
	n, err := far.Read(b)
	if err != nil || n != header {
		t.Errorf("% x, %v", b[:n], err)
	}
	lawful(t, b[:n])
	if err := s.write(request{kind: kinds}); err != errNoRequest {
		t.Error(err)
	}
	far.Close()
	if _, _, err := s.read(b); err != io.EOF {
		t.Error(err)
	}
}

// TestSocketEnd: a read that waits comes back when the socket is closed.
func TestSocketEnd(t *testing.T) {
	s, _ := unixSocket(t)
	go s.end()
	if n, _, err := s.read(make([]byte, 100)); err == nil || err == io.EOF {
		t.Error(n, err)
	}
	if s.write(request{kind: aspUp}) == nil {
		t.Error("a message is written to a socket that is closed")
	}
}

// TestReceived reads control data of the shape of RFC 6458 5.3.2, and every prefix of it.
func TestReceived(t *testing.T) {
	native := binary.NativeEndian
	info := native.AppendUint16(nil, 7)
	info = append(native.AppendUint16(info, 99), 0, 0, 0, 0)
	info = append(info, 0, 0, 0, 3)
	info = append(info, make([]byte, 20)...)
	oob := make([]byte, syscall.CmsgSpace(len(info)))
	copy(oob[syscall.CmsgLen(0):], info)
	h := oob[:syscall.SizeofCmsghdr]
	if len(h) == 16 {
		native.PutUint64(h, uint64(syscall.CmsgLen(len(info))))
	} else {
		native.PutUint32(h, uint32(syscall.CmsgLen(len(info))))
	}
	native.PutUint32(h[len(h)-8:], syscall.IPPROTO_SCTP)
	native.PutUint32(h[len(h)-4:], 1) // SCTP_SNDRCV
	if c := received(oob); c != (chunk{stream: 7, ppid: 3}) {
		t.Errorf("%+v", c)
	}
	for n := range len(oob) {
		if c := received(oob[:n]); c != (chunk{}) && n < syscall.CmsgLen(12) {
			t.Errorf("%d octets: %+v", n, c)
		}
	}
	native.PutUint32(h[len(h)-4:], 9)
	if c := received(oob); c != (chunk{}) {
		t.Errorf("%+v", c)
	}
}

func TestChanged(t *testing.T) {
	f := func(want string, kind, state uint16) {
		t.Helper()
		b := binary.NativeEndian.AppendUint16(nil, kind)
		b = append(b, 0, 0, 20, 0, 0, 0)
		b = binary.NativeEndian.AppendUint16(b, state)
		err := changed(append(b, make([]byte, 10)...))
		if got := textOf(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		for n := range len(b) {
			if err := changed(b[:n]); err != nil {
				t.Errorf("%d octets: %v", n, err)
			}
		}
	}
	f("", 0x8001, 0)
	f("the association is lost", 0x8001, 1)
	f("the STP started the association anew", 0x8001, 2)
	f("EOF", 0x8001, 3)
	f("", 0x8001, 4)
	f("", 0x8005, 2)
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestNoSCTP: on a kernel without SCTP a source can be opened, and says what is missing; on one with it, nothing listens
// on the port.
func TestNoSCTP(t *testing.T) {
	_, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, syscall.IPPROTO_SCTP)
	want := "source down begins: this kernel has no SCTP: load the module sctp"
	if !errors.Is(err, syscall.EPROTONOSUPPORT) {
		want = "source down begins: SCTP to 127.0.0.1:1: connection refused"
	}
	s, err := Open(Config{Remote: []string{"127.0.0.1"}, Port: 1, RoutingContexts: []uint32{10}})
	if err != nil {
		t.Fatal(err)
	}
	isEvent(t, next(t, s), want)
	s.Close()
}
