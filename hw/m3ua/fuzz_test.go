package m3ua

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"testing"
	"time"

	"github.com/wmnsk/go-m3ua/messages"
	"github.com/wmnsk/go-m3ua/messages/params"

	"c7mon/capture"
)

// A script is an association whose other end says what it says whatever the ASP sends. What the ASP sends is held to be
// lawful.
//
//	stream 1 | whole 1 | payload protocol 1 | length 2 | user data      ... or, where the first octet is 255, the time is over
type script struct {
	testing.TB
	octets []byte
	sent   [][]byte
	ended  bool
}

func said(stream, whole, id byte, b []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{stream, whole, id}, uint16(len(b))), b...)
}

func (s *script) read(b []byte) (int, chunk, error) {
	if len(s.octets) > 0 && s.octets[0] == 255 {
		s.octets = s.octets[1:]
		return 0, chunk{}, os.ErrDeadlineExceeded
	}
	if len(s.octets) < 5 {
		return 0, chunk{}, io.EOF
	}
	o := s.octets
	n := min(int(binary.BigEndian.Uint16(o[3:])), len(o)-5, len(b))
	s.octets = o[5+n:]
	return copy(b, o[5:5+n]), chunk{uint16(o[0]), uint32(o[2]), o[1]&1 == 1}, nil
}

func (s *script) write(r request) error {
	b, err := r.octets()
	if err != nil {
		s.Fatal(err)
	}
	lawful(s, b)
	s.sent = append(s.sent, b)
	return nil
}

func (s *script) until(time.Time) error { return nil }
func (s *script) end() error            { s.ended = true; return nil }

// play runs a session over a script to its end and gives its frames and events, each as text.
func play(tb testing.TB, octets []byte) (frames int, sent [][]byte) {
	a := &script{TB: tb, octets: octets}
	d := &dialer{setting: setting{contexts: []uint32{10}}, times: patient}
	s := newSession(d, a)
	err := s.start()
	for err == nil {
		var f capture.Frame
		if err = s.Next(&f); err == nil && f.Payload != capture.Tick {
			frames++
			if f.Payload == capture.LineEvent && (f.Event.Kind == capture.NoEvent || f.Event.String() == "") || f.Len != len(f.Data) {
				tb.Fatalf("%+v", f)
			}
		}
	}
	s.Close()
	if err == io.EOF || !a.ended {
		tb.Fatalf("%v, ended %v", err, a.ended)
	}
	n := len(a.sent)
	if n < 3 || a.sent[0][3] != 1 || a.sent[n-2][2] != 4 || a.sent[n-2][3] != 2 || a.sent[n-1][2] != 3 || a.sent[n-1][3] != 2 {
		tb.Fatalf("sent % x", a.sent)
	}
	return frames, a.sent
}

// spoken are messages of every kind that an STP may send.
func spoken(tb testing.TB) (all [][]byte) {
	context := params.NewRoutingContext(10)
	for _, m := range []messages.M3UA{
		messages.NewAspUpAck(params.NewAspIdentifier(7), params.NewInfoString("hello")), messages.NewAspActiveAck(broadcast(), context, nil),
		message("text"), messages.NewHeartbeat(params.NewHeartbeatData([]byte("beat"))), messages.NewHeartbeatAck(nil),
		messages.NewNotify(params.NewStatus(params.AsStateActive), params.NewAspIdentifier(7), context, params.NewInfoString("info")),
		messages.NewDestinationUnavailable(nil, context, params.NewAffectedPointCode(4625), nil),
		messages.NewSignallingCongestion(nil, context, params.NewAffectedPointCode(4625), nil, nil, nil),
		messages.NewDestinationUserPartUnavailable(nil, context, params.NewAffectedPointCode(4625), params.NewUserCause(5, 1), nil),
		messages.NewAspActiveAck(params.NewTrafficModeType(params.TrafficModeOverride), context, nil),
		messages.NewError(params.NewErrorCode(5), context, nil, nil, params.NewDiagnosticInformation([]byte("why"))),
		messages.NewAspInactiveAck(context, nil), messages.NewAspDownAck(nil),
		messages.NewNotify(params.NewStatus(params.AlternateAspActive), nil, nil, nil),
	} {
		all = append(all, encoded(tb, m))
	}
	return append(all, []byte{2, 0, 1, 1, 0, 0, 0, 8}, []byte{1, 0, 9, 2, 0, 0, 0, 8})
}

// TestEveryPrefix cuts each message at every octet, in a session that is up and in place of each answer.
func TestEveryPrefix(t *testing.T) {
	list := spoken(t)
	up, active := said(0, 1, ppid, list[0]), said(0, 1, ppid, list[1])
	for _, b := range list {
		for cut := range len(b) + 1 {
			m := said(0, 1, ppid, b[:cut])
			play(t, bytes.Join([][]byte{up, active, m, said(1, 1, ppid, list[2])}, nil))
			play(t, bytes.Join([][]byte{m, up, active}, nil))
			play(t, bytes.Join([][]byte{up, m, active}, nil))
		}
	}
}

// TestSpoken holds how many frames and events the whole messages are, so that the scripts are known to reach what they mean.
func TestSpoken(t *testing.T) {
	list := spoken(t)
	var all []byte
	for _, b := range append(list[:9:9], list[14:]...) {
		all = append(all, said(0, 1, ppid, b)...)
	}
	frames, sent := play(t, append(all, 255))
	if frames != 7 || len(sent) != 5 { // DATA, DUNA, SCON, DUPU, two strange ones and NTFY; UP, ACTIVE, BEAT ACK, INACTIVE, DOWN
		t.Errorf("%d frames, %d sent", frames, len(sent))
	}
}

// FuzzSession: whatever the STP sends, nothing panics, the session ends with an error that does not end the source, and
// nothing but the six messages goes out, ASP Inactive and ASP Down last.
func FuzzSession(f *testing.F) {
	list := spoken(f)
	up, active := said(0, 1, ppid, list[0]), said(0, 1, ppid, list[1])
	for _, b := range list {
		f.Add(bytes.Join([][]byte{up, active, said(1, 1, ppid, b), said(2, 0, ppid, b), said(2, 1, ppid, b), {255}}, nil))
		f.Add(bytes.Join([][]byte{said(0, 1, ppid, b), {255}, up, {255}, active, said(1, 1, 46, b)}, nil))
	}
	f.Fuzz(func(t *testing.T, octets []byte) { play(t, octets) })
}

// endless is an association on which the same message comes again and again.
type endless struct {
	script
	message []byte
}

func (e *endless) read(b []byte) (int, chunk, error) {
	return copy(b, e.message), chunk{1, ppid, true}, nil
}

// up gives a session that hears nothing but m.
func up(tb testing.TB, m messages.M3UA) *session {
	a := &endless{script{TB: tb}, encoded(tb, m)}
	s := newSession(&dialer{setting: setting{contexts: []uint32{10}}, times: patient}, a)
	if err := s.nextTick(time.Now()); err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestAllocs(t *testing.T) {
	s, f := up(t, message("text")), capture.Frame{}
	if n := testing.AllocsPerRun(1000, func() {
		if err := s.Next(&f); err != nil || f.Payload != capture.M3UA {
			t.Fatal(f, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNext(b *testing.B) {
	s, f := up(b, message("text")), capture.Frame{}
	b.ReportAllocs()
	for range b.N {
		if err := s.Next(&f); err != nil {
			b.Fatal(err)
		}
	}
}
