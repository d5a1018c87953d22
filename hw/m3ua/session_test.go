package m3ua

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wmnsk/go-m3ua/messages"
	"github.com/wmnsk/go-m3ua/messages/params"

	"c7mon/capture"
)

// TestSession goes through a whole session: up, active, traffic, heartbeats, notifications, and down at the end.
func TestSession(t *testing.T) {
	id := uint32(7)
	step := make(chan struct{})
	d, done := with(t, &dialer{setting: setting{contexts: []uint32{10, 11}, identifier: &id}}, func(p *stp) {
		if up := hears[*messages.AspUp](p); up.AspIdentifier.AspIdentifier() != 7 {
			p.Errorf("ASP Up %v", up)
		}
		p.send(message("too early"), messages.NewAspUpAck(nil, nil), messages.NewNotify(params.NewStatus(params.AsStateInactive), nil, params.NewRoutingContext(10, 11), nil))
		active := hears[*messages.AspActive](p)
		if active.TrafficModeType.TrafficModeType() != 3 || fmt.Sprint(active.RoutingContext.RoutingContexts()) != "[10 11]" {
			p.Errorf("ASP Active %v", active)
		}
		p.send(messages.NewAspActiveAck(broadcast(), params.NewRoutingContext(11), nil), message("early"))
		p.send(messages.NewAspActiveAck(broadcast(), params.NewRoutingContext(10), nil))
		p.send(messages.NewNotify(params.NewStatus(params.AsStateActive), params.NewAspIdentifier(7), nil, nil))
		<-step
		for _, data := range []string{"", "12345", "are you there, monitor?"} {
			p.send(messages.NewHeartbeat(params.NewHeartbeatData([]byte(data))))
			if got := hears[*messages.HeartbeatAck](p); !bytes.Equal(got.HeartbeatData.Data, []byte(data)) {
				p.Errorf("BEAT ACK %v, want %q", got, data)
			}
		}
		p.send(messages.NewHeartbeat(nil))
		if got := hears[*messages.HeartbeatAck](p); got.HeartbeatData != nil {
			p.Errorf("BEAT ACK %v", got)
		}
		p.octets(chunk{5, ppid, true}, encoded(p, message("text")))
		p.send(messages.NewDestinationUnavailable(nil, params.NewRoutingContext(10), params.NewAffectedPointCode(4625), nil))
		p.send(messages.NewNotify(params.NewStatus(params.AsStatePending), nil, params.NewRoutingContext(10), nil))
		p.send(messages.NewNotify(params.NewStatus(params.AspFailure), params.NewAspIdentifier(9), nil, nil))
		p.send(messages.NewNotify(params.NewStatus(0x00030004), nil, nil, nil), messages.NewNotify(nil, nil, nil, nil))
		p.hearsEnd()
	})
	d.line = 3
	s := open(t, d)
	f := next(t, s)
	isMessage(t, f, encoded(t, message("too early")))
	if f.Interface != 3 || f.Type != capture.LinkExported || time.Since(f.Time.Std()) > time.Hour || f.Clock != f.Time {
		t.Errorf("frame %+v", f)
	}
	isMessage(t, next(t, s), encoded(t, message("early")))
	isEvent(t, next(t, s), "note: the STP says application server inactive, routing context 10, 11")
	close(step)
	isEvent(t, next(t, s), "note: the STP says application server active, ASP 7")
	isMessage(t, next(t, s), encoded(t, message("text")))
	duna := messages.NewDestinationUnavailable(nil, params.NewRoutingContext(10), params.NewAffectedPointCode(4625), nil)
	isMessage(t, next(t, s), encoded(t, duna))
	isEvent(t, next(t, s), "note: the STP says application server pending, routing context 10")
	isEvent(t, next(t, s), "note: the STP says failure of an ASP, ASP 9")
	isEvent(t, next(t, s), "note: the STP says status type 3 information 4")
	isEvent(t, next(t, s), "note: the STP sends NTFY without a status")
	s.Close()
	s.Close()
	<-done
}

// TestTick holds that a session that hears nothing gives ticks.
func TestTick(t *testing.T) {
	d, _ := with(t, &dialer{}, func(p *stp) { p.activate(10); p.hearsEnd() })
	s := open(t, d)
	for range 3 {
		var f capture.Frame
		if err := s.Next(&f); err != nil || f.Payload != capture.Tick || !f.Time.Known() {
			t.Errorf("%+v, %v", f, err)
		}
	}
	s.Close()
}

// TestClose holds that a Next that waits comes back.
func TestClose(t *testing.T) {
	waits := patient
	waits.tick = time.Hour
	d, done := with(t, &dialer{times: waits}, func(p *stp) { p.activate(10); p.hearsEnd() })
	s := open(t, d)
	go s.Close()
	var f capture.Frame
	if err := s.Next(&f); err == nil || err == io.EOF {
		t.Errorf("%+v, %v", f, err)
	}
	<-done
}

// TestUnsure: an acknowledgement that names neither mode nor routing context is one for all, and is told.
func TestUnsure(t *testing.T) {
	d, done := with(t, &dialer{setting: setting{contexts: []uint32{10, 11}}}, func(p *stp) {
		hears[*messages.AspUp](p)
		p.send(messages.NewAspUpAck(nil, nil))
		hears[*messages.AspActive](p)
		p.send(messages.NewAspActiveAck(nil, nil, nil))
		p.hearsEnd()
	})
	s := open(t, d)
	isEvent(t, next(t, s), "note: the STP acknowledges ASP Active without saying the traffic mode: make sure that it is broadcast")
	s.Close()
	<-done
}

// withMode adds a traffic mode to a message that the library gives none.
func withMode(tb testing.TB, m messages.M3UA, mode []byte) []byte {
	b := append(encoded(tb, m), 0, 11, 0, byte(4+len(mode)))
	b = append(b, mode...)
	b = append(b, "\x00\x00\x00"[:-len(mode)&3]...)
	b[7] = byte(len(b))
	return b
}

const wanted = "set the application server of routing context 10 to traffic mode broadcast, as a copy for monitoring"

// TestRefused: whatever the STP answers that is not a broadcast copy makes the ASP inactive and down, and it does not come
// back by itself at once; where it had the traffic, not at all.
func TestRefused(t *testing.T) {
	ack := func(mode uint32) []byte {
		return encoded(t, messages.NewAspActiveAck(params.NewTrafficModeType(mode), params.NewRoutingContext(10), nil))
	}
	oops := func(code uint32) []byte {
		return encoded(t, messages.NewError(params.NewErrorCode(code), nil, nil, nil, nil))
	}
	override := "the STP has this ASP in traffic mode override, which takes calls from the network: " + wanted
	f := func(forGood bool, want string, answer []byte) {
		t.Helper()
		for _, early := range []bool{true, false} { // as the answer to ASP Active, or later
			d, done := with(t, &dialer{}, func(p *stp) {
				hears[*messages.AspUp](p)
				p.send(messages.NewAspUpAck(nil, nil))
				hears[*messages.AspActive](p)
				if !early {
					p.send(messages.NewAspActiveAck(broadcast(), nil, nil))
				}
				p.octets(chunk{0, ppid, true}, answer)
				p.hearsEnd()
			})
			hs, err := d.dial(t.Context())
			if !early && err == nil {
				err = ends(t, hs.(*session))
			}
			<-done
			suffix := ""
			if forGood {
				suffix = "; this source stays down until it is started anew"
			}
			if err == nil || err.Error() != want+suffix {
				t.Errorf("early %v: %v\nwant %s", early, err, want+suffix)
				continue
			}
			if !forGood {
				suffix = "; the STP is asked again in 1h0m0s"
			}
			if _, err := d.dial(t.Context()); err == nil || err.Error() != want+suffix {
				t.Errorf("early %v: dialling again gives %v", early, err)
			}
			d.since = d.since.Add(-2 * time.Hour)
			if _, err := d.dial(t.Context()); err == nil || (err.Error() == "connection refused") == forGood {
				t.Errorf("early %v: dialling two hours later gives %v", early, err)
			}
		}
	}
	f(true, override, ack(params.TrafficModeOverride))
	f(true, strings.Replace(override, "override", "loadshare", 1), ack(params.TrafficModeLoadshare))
	f(true, strings.Replace(override, "override", "0", 1), ack(0))
	f(true, strings.Replace(override, "override", "0003", 1), withMode(t, messages.NewAspActiveAck(nil, nil, nil), []byte{0, 3}))
	f(true, override, withMode(t, messages.NewNotify(params.NewStatus(params.AsStateActive), nil, nil, nil), []byte{0, 0, 0, 1}))
	f(true, "the STP made this ASP active for routing context 12, which was not asked for and may be that of an exchange: "+wanted,
		encoded(t, messages.NewAspActiveAck(broadcast(), params.NewRoutingContext(10, 12), nil)))
	f(true, "the STP says alternate ASP active, ASP 8: it has this ASP in traffic mode override, which takes calls from the network: "+wanted,
		encoded(t, messages.NewNotify(params.NewStatus(params.AlternateAspActive), params.NewAspIdentifier(8), nil, nil)))
	f(false, "the STP answers ERR 0x05 unsupported traffic mode type; "+wanted, oops(params.ErrUnsupportedTrafficModeType))
	f(false, "the STP answers ERR 0x19 invalid routing context: routing_context is not one that the STP has; "+wanted, oops(params.ErrInvalidRoutingContext))
	f(false, "the STP answers ERR 0x63; "+wanted, oops(0x63))
	f(false, "the STP answers ERR without error code; "+wanted, encoded(t, messages.NewError(nil, nil, nil, nil, nil)))
	f(false, "the STP answers ERR 0x05 unsupported traffic mode type; "+wanted, append(oops(5), 0, 7, 0, 1)) // octets behind it
	f(false, "the STP took this ASP down: unblock it there", encoded(t, messages.NewAspDownAck(nil)))
	f(false, "the STP made this ASP inactive: unblock it there", encoded(t, messages.NewAspInactiveAck(nil, nil)))
	f(false, "the answer to ASP Active cannot be read: parameter at octet 8: "+errText(t, []byte{0, 11, 0, 3}),
		[]byte{1, 0, 4, 3, 0, 0, 0, 12, 0, 11, 0, 3})
}

func errText(t *testing.T, parameter []byte) string {
	_, err := params.Parse(parameter)
	if err == nil {
		t.Fatalf("the library reads % x", parameter)
	}
	return err.Error()
}

// TestRefusedUp: an ERR to ASP Up.
func TestRefusedUp(t *testing.T) {
	d, done := with(t, &dialer{}, func(p *stp) {
		hears[*messages.AspUp](p)
		p.send(messages.NewError(params.NewErrorCode(params.ErrAspIdentifierRequired), nil, nil, nil, nil))
		p.hearsEnd()
	})
	_, err := d.dial(t.Context())
	if err == nil || !strings.Contains(err.Error(), "0x0e ASP identifier required: give asp_identifier") {
		t.Error(err)
	}
	<-done
}

// TestNoise: what is no message of M3UA, or none that an ASP knows, is a frame like the traffic, and the session goes on.
func TestNoise(t *testing.T) {
	half := encoded(t, message("half of it"))[:30]
	list := [][]byte{nil, {1}, []byte("no M3UA at all"), {2, 0, 1, 1, 0, 0, 0, 8}, {2, 0, 4, 3, 0, 0, 0, 8}, {1, 0, 77, 3, 0, 0, 0, 8}, {1, 0, 4, 9, 0, 0, 0, 8},
		{1, 0, 3, 9, 0, 0, 0, 8}, {1, 0, 0, 9, 0, 0, 0, 8}, {1, 0, 0, 1, 0, 0, 0, 7}, {1, 0, 0, 1, 0, 0, 0, 12, 0, 13, 0, 8}, {1, 0, 9, 2, 0, 0, 0, 8}, half}
	d, done := with(t, &dialer{}, func(p *stp) {
		p.activate(10)
		for _, b := range list {
			p.octets(chunk{1, ppid, true}, b)
		}
		p.send(message("text"))
		p.hearsEnd()
	})
	s := open(t, d)
	for _, b := range list {
		isMessage(t, next(t, s), b)
	}
	isMessage(t, next(t, s), encoded(t, message("text")))
	s.Close()
	<-done
}

// TestPayloadProtocol: other users of the association are frames of something else, and noted once each.
func TestPayloadProtocol(t *testing.T) {
	b := encoded(t, message("text"))
	d, done := with(t, &dialer{}, func(p *stp) {
		p.activate(10)
		for _, id := range []uint32{3 << 24, 0, 0, 46, 46} {
			p.octets(chunk{1, id, true}, b)
		}
		p.hearsEnd()
	})
	s := open(t, d)
	isMessage(t, next(t, s), b)
	isMessage(t, next(t, s), b)
	isEvent(t, next(t, s), "note: the STP sends user data of payload protocol 0, M3UA is 3")
	isMessage(t, next(t, s), b)
	if f := next(t, s); f.Payload != capture.Other || !bytes.Equal(f.Data, b) {
		t.Errorf("%+v", f)
	}
	isEvent(t, next(t, s), "note: the STP sends user data of payload protocol 46, M3UA is 3")
	if f := next(t, s); f.Payload != capture.Other {
		t.Errorf("%+v", f)
	}
	s.Close()
	<-done
}

// TestParts puts messages together that SCTP gives in parts; one that is broken off or too long is counted and left out.
func TestParts(t *testing.T) {
	b := encoded(t, message("a message in parts"))
	part := make([]byte, maxMessage/2)
	d, done := with(t, &dialer{}, func(p *stp) {
		p.activate(10)
		p.octets(chunk{1, ppid, false}, b[:10])
		p.octets(chunk{1, ppid, false}, b[10:11])
		p.octets(chunk{1, ppid, true}, b[11:])
		p.octets(chunk{1, ppid, false}, b[:20]) // broken off
		p.octets(chunk{2, ppid, false}, b[:12])
		p.octets(chunk{2, ppid, true}, b[12:])
		for range 3 {
			p.octets(chunk{4, ppid, false}, part)
		}
		p.octets(chunk{4, ppid, true}, b)
		p.octets(chunk{4, ppid, true}, b)
		for range 2 {
			p.octets(chunk{4, ppid, false}, part)
		}
		p.octets(chunk{5, ppid, true}, b)
		p.hearsEnd()
	})
	s := open(t, d)
	lost := "dropped: 1: messages cut off, too long, or too many at the start"
	isMessage(t, next(t, s), b)
	isMessage(t, next(t, s), b)
	isEvent(t, next(t, s), lost)
	isMessage(t, next(t, s), b)
	isEvent(t, next(t, s), lost)
	isMessage(t, next(t, s), b)
	isEvent(t, next(t, s), lost)
	s.Close()
	<-done
}

// TestEarlyFlood: what comes before the answer to ASP Up is kept, up to a bound, and the rest is counted.
func TestEarlyFlood(t *testing.T) {
	d, done := with(t, &dialer{}, func(p *stp) {
		for range maxEarly + 5 {
			p.send(message("flood"))
		}
		p.activate(10)
		p.hearsEnd()
	})
	s := open(t, d)
	for range maxEarly {
		isMessage(t, next(t, s), encoded(t, message("flood")))
	}
	isEvent(t, next(t, s), "dropped: 5: messages cut off, too long, or too many at the start")
	s.Close()
	<-done
}

// TestBeat: BEAT goes out when it is due, and a peer that answers is alive.
func TestBeat(t *testing.T) {
	waits := patient
	waits.beat, waits.tick = time.Millisecond, time.Millisecond
	read := make(chan struct{}) // the peer stays until its message is read: else a BEAT may find nobody before that
	d, done := with(t, &dialer{times: waits}, func(p *stp) {
		p.activate(10)
		for i := range 5 {
			b := hears[*messages.Heartbeat](p)
			if got := b.HeartbeatData.Data; len(got) != 8 || int(got[7]) != i+1 {
				p.Errorf("BEAT %v", b)
			}
			p.send(messages.NewHeartbeatAck(b.HeartbeatData))
		}
		p.send(message("text"))
		<-read
	})
	isMessage(t, next(t, open(t, d)), encoded(t, message("text")))
	close(read)
	<-done
}

// TestDead: a peer that does not answer BEAT ends the session.
func TestDead(t *testing.T) {
	waits := patient
	waits.beat, waits.tick, waits.dead = time.Millisecond, time.Millisecond, 50*time.Millisecond
	d, done := with(t, &dialer{times: waits}, func(p *stp) {
		p.activate(10)
		for hears[*messages.Heartbeat](p); ; {
			switch m := p.hear().(type) {
			case *messages.Heartbeat:
			case *messages.AspInactive:
				hears[*messages.AspDown](p)
				return
			default:
				p.Fatalf("%T", m)
			}
		}
	})
	if err := ends(t, open(t, d)); err.Error() != "the STP is silent: nothing came for 50ms, no answer to BEAT either" {
		t.Error(err)
	}
	<-done
}

// TestNoBeat: without heartbeats nothing is sent, and a peer may be silent as long as it likes.
func TestNoBeat(t *testing.T) {
	waits := patient
	waits.beat, waits.dead, waits.tick = 0, 0, time.Millisecond
	d, done := with(t, &dialer{times: waits}, func(p *stp) { p.activate(10); p.hearsEnd() })
	s := open(t, d)
	for range 20 {
		var f capture.Frame
		if err := s.Next(&f); err != nil || f.Payload != capture.Tick {
			t.Fatal(f, err)
		}
	}
	s.Close()
	<-done
}

// TestNoAnswer: ASP Up and ASP Active are sent three times.
func TestNoAnswer(t *testing.T) {
	f := func(want string, script func(p *stp)) {
		t.Helper()
		waits := patient
		waits.ack = 10 * time.Millisecond
		d, done := with(t, &dialer{times: waits}, script)
		if _, err := d.dial(t.Context()); err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
		<-done
		if d.refusal != nil {
			t.Error("silence is no refusal")
		}
	}
	f("the STP does not answer ASP Up: 3 tries of 10ms", func(p *stp) {
		for range tries {
			hears[*messages.AspUp](p)
		}
		p.hearsEnd()
	})
	f("the STP does not answer ASP Up: 3 tries of 10ms; 2 messages came that are not of version 1 of M3UA", func(p *stp) {
		p.octets(chunk{0, ppid, true}, []byte{2, 0, 3, 4, 0, 0, 0, 8})
		p.octets(chunk{0, ppid, true}, nil)
		for range tries {
			hears[*messages.AspUp](p)
		}
		p.hearsEnd()
	})
}

// TestStreamEnds: the end of the association is an error, never the end of the source.
func TestStreamEnds(t *testing.T) {
	const want = "the STP closed the association"
	d, _ := with(t, &dialer{}, func(p *stp) {
		hears[*messages.AspUp](p)
		p.conn.Close()
	})
	if _, err := d.dial(t.Context()); err == nil || err.Error() != want {
		t.Error(err)
	}
	d, _ = with(t, &dialer{}, func(p *stp) {
		p.activate(10)
		p.send(message("text"))
		p.conn.Close()
	})
	s := open(t, d)
	isMessage(t, next(t, s), encoded(t, message("text")))
	if err := ends(t, s); err.Error() != want || errors.Is(err, io.EOF) {
		t.Error(err)
	}
}
