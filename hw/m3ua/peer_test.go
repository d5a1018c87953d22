package m3ua

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/wmnsk/go-m3ua/messages"
	"github.com/wmnsk/go-m3ua/messages/params"

	"c7mon/capture"
)

// patient are times that no test outlasts, but for the tick.
var patient = times{ack: time.Hour, beat: time.Hour, dead: 2 * time.Hour, tick: 10 * time.Millisecond, hold: time.Hour}

// A pipe is an association over a pair of unix sockets that keep messages apart. What SCTP tells of a chunk stands before
// it, in both directions.
//
//	stream 2 | whole 1 | 1 | payload protocol 4 | user data
type pipe struct {
	conn    *net.UnixConn
	scratch [pipeHead + maxMessage]byte
}

const pipeHead = 8

func (p *pipe) read(b []byte) (int, chunk, error) {
	n, err := p.conn.Read(p.scratch[:pipeHead+len(b)])
	if err != nil || n < pipeHead {
		return 0, chunk{}, err
	}
	h := p.scratch[:n]
	c := chunk{binary.BigEndian.Uint16(h), binary.BigEndian.Uint32(h[4:]), h[2] == 1}
	return copy(b, h[pipeHead:]), c, nil
}

func (p *pipe) write(r request) error {
	b, err := r.octets()
	if err != nil {
		return err
	}
	_, err = p.conn.Write(packet(chunk{0, ppid, true}, b))
	return err
}

func (p *pipe) until(t time.Time) error { return p.conn.SetReadDeadline(t) }
func (p *pipe) end() error              { return p.conn.Close() }

func packet(c chunk, b []byte) []byte {
	h := binary.BigEndian.AppendUint16(nil, c.stream)
	h = append(h, 0, 0)
	if c.whole {
		h[2] = 1
	}
	return append(binary.BigEndian.AppendUint32(h, c.ppid), b...)
}

// lawful holds that a message that the ASP sent is one of the six, and that ASP Active is as it has to be.
func lawful(tb testing.TB, b []byte) {
	tb.Helper()
	if len(b) < header || b[0] != version1 || int(binary.BigEndian.Uint32(b[4:])) != len(b) {
		tb.Fatalf("the ASP sends % x", b)
	}
	switch [2]byte(b[2:]) {
	case [2]byte{3, 1}, [2]byte{3, 2}, [2]byte{3, 3}, [2]byte{3, 6}:
	case [2]byte{4, 1}:
		mode, context := []byte{0, 11, 0, 8, 0, 0, 0, 3}, []byte{0, 6, 0}
		if len(b) < 24 || !bytes.Equal(b[8:16], mode) || !bytes.Equal(b[16:19], context) || b[19] < 8 {
			tb.Fatalf("ASP Active % x", b)
		}
	case [2]byte{4, 2}:
	default:
		tb.Fatalf("the ASP sends class %d type %d", b[2], b[3])
	}
}

// An stp is the other end of an association. It speaks through the library's messages.
type stp struct {
	testing.TB
	conn *net.UnixConn
}

// hear gives the next message of the ASP, nil at the end.
func (p *stp) hear() messages.M3UA {
	p.Helper()
	p.conn.SetReadDeadline(time.Now().Add(time.Minute))
	b := make([]byte, pipeHead+maxMessage)
	n, err := p.conn.Read(b)
	if n == 0 || errors.Is(err, syscall.ECONNRESET) {
		return nil
	}
	if err != nil {
		p.Fatal(err)
	}
	if stream, id := binary.BigEndian.Uint16(b), binary.BigEndian.Uint32(b[4:]); stream != 0 || id != ppid {
		p.Fatalf("stream %d, payload protocol %d", stream, id)
	}
	b = b[pipeHead:n]
	lawful(p, b)
	m, err := messages.Parse(b)
	if err != nil {
		p.Fatal(err)
	}
	return m
}

// hears holds what type the next message of the ASP has.
func hears[M messages.M3UA](p *stp) M {
	p.Helper()
	got := p.hear()
	m, ok := got.(M)
	if !ok {
		p.Fatalf("the ASP sends %T, want %T", got, m)
	}
	return m
}

// hearsEnd holds that the ASP goes inactive and down, and that the association ends.
func (p *stp) hearsEnd() {
	p.Helper()
	hears[*messages.AspInactive](p)
	hears[*messages.AspDown](p)
	if m := p.hear(); m != nil {
		p.Fatalf("the ASP sends %T after ASP Down", m)
	}
}

func (p *stp) send(list ...messages.M3UA) {
	p.Helper()
	for _, m := range list {
		p.octets(chunk{0, ppid, true}, encoded(p, m))
	}
}

func encoded(tb testing.TB, m messages.M3UA) []byte {
	tb.Helper()
	b, err := messages.MarshalBinary(m)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func (p *stp) octets(c chunk, b []byte) {
	p.Helper()
	p.conn.SetWriteDeadline(time.Now().Add(time.Minute))
	if _, err := p.conn.Write(packet(c, b)); err != nil {
		p.Fatal(err)
	}
}

// activate does the STP's part up to where the ASP is active.
func (p *stp) activate(contexts ...uint32) {
	p.Helper()
	hears[*messages.AspUp](p)
	p.send(messages.NewAspUpAck(nil, nil))
	hears[*messages.AspActive](p)
	p.send(messages.NewAspActiveAck(broadcast(), params.NewRoutingContext(contexts...), nil))
}

func broadcast() *params.Param { return params.NewTrafficModeType(params.TrafficModeBroadcast) }

// message is a DATA message with a text for its user part.
func message(text string) messages.M3UA {
	return messages.NewData(nil, params.NewRoutingContext(10), params.NewProtocolData(4625, 2050, 5, 2, 0, 5, []byte(text)), nil)
}

// pair makes an association and the socket of its other end. Who uses them closes them.
func pair(tb testing.TB) (*pipe, *net.UnixConn) {
	tb.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET, 0)
	if err != nil {
		tb.Fatal(err)
	}
	var ends [2]*net.UnixConn
	for i, fd := range fds {
		file := os.NewFile(uintptr(fd), "pair")
		c, err := net.FileConn(file)
		file.Close()
		if err != nil {
			tb.Fatal(err)
		}
		ends[i] = c.(*net.UnixConn)
	}
	return &pipe{conn: ends[0]}, ends[1]
}

// with gives a dialer to an STP that does what script says on the first association, and nothing on others. The channel
// is closed when script is through.
func with(t *testing.T, d *dialer, script func(p *stp)) (*dialer, <-chan struct{}) {
	t.Helper()
	done, calls := make(chan struct{}), 0
	if d.setting.contexts == nil {
		d.setting.contexts = []uint32{10}
	}
	if d.times == (times{}) {
		d.times = patient
	}
	d.connect = func(context.Context) (association, error) {
		if calls++; calls > 1 {
			return nil, errors.New("connection refused")
		}
		a, far := pair(t)
		go func() {
			defer close(done)
			defer far.Close()
			script(&stp{fatal{t}, far})
		}()
		return a, nil
	}
	t.Cleanup(func() { <-done })
	return d, done
}

// fatal makes Fatal usable in the goroutine of a peer: it ends that goroutine alone, and the test fails all the same.
type fatal struct{ *testing.T }

// open opens a session that has to come up.
func open(t *testing.T, d *dialer) *session {
	t.Helper()
	s, err := d.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.(*session)
}

// next gives the next frame or event, ticks left out.
func next(t *testing.T, s interface{ Next(*capture.Frame) error }) (f capture.Frame) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		if err := s.Next(&f); err != nil {
			t.Fatal(err)
		}
		if f.Payload != capture.Tick {
			return f
		}
		if time.Now().After(end) {
			t.Fatal("nothing comes")
		}
	}
}

// ends gives the error with which a session ends.
func ends(t *testing.T, s *session) error {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		var f capture.Frame
		if err := s.Next(&f); err != nil {
			return err
		}
		if time.Now().After(end) {
			t.Fatal("the session goes on")
		}
	}
}

func isEvent(t *testing.T, f capture.Frame, want string) {
	t.Helper()
	if f.Payload != capture.LineEvent || f.Event.String() != want {
		t.Errorf("frame of payload %d, event %q, want %q", f.Payload, f.Event, want)
	}
}

func isMessage(t *testing.T, f capture.Frame, want []byte) {
	t.Helper()
	if f.Payload != capture.M3UA || !bytes.Equal(f.Data, want) || f.Len != len(want) || f.Direction != -1 || f.FCS != capture.FCSGone {
		t.Errorf("frame %+v (event %q), want % x", f, f.Event, want)
	}
}
