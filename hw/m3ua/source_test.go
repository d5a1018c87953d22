package m3ua

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"github.com/wmnsk/go-m3ua/messages"
	"github.com/wmnsk/go-m3ua/messages/params"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/hw/hwtest"
	"c7mon/lab"
	"c7mon/sigtran"
	"c7mon/wire"
)

// on makes a source of an STP whose associations run script one after another; nil refuses the connection.
func on(t *testing.T, scripts ...func(p *stp)) (hw.Source, *atomic.Int64) {
	t.Helper()
	count := &atomic.Int64{}
	set, err := Config{Remote: []string{"10.0.0.2"}, Local: []string{"10.0.0.1"}, LocalPort: 2905, RoutingContexts: []uint32{10}}.check()
	if err != nil {
		t.Fatal(err)
	}
	var running []chan struct{}
	s := keep(&dialer{setting: set, times: patient, connect: func(context.Context) (association, error) {
		n := int(count.Add(1)) - 1
		if n >= len(scripts) || scripts[n] == nil {
			return nil, errors.New("connection refused")
		}
		a, far := pair(t)
		done := make(chan struct{})
		running = append(running, done)
		go func() {
			defer close(done)
			defer far.Close()
			scripts[n](&stp{fatal{t}, far})
		}()
		return a, nil
	}})
	t.Cleanup(func() {
		s.Close()
		for _, done := range running {
			<-done
		}
	})
	return s, count
}

// TestRestart kills the STP in mid-stream and starts it again, after one try that it refuses.
func TestRestart(t *testing.T) {
	t.Parallel() // it waits more than it does
	s, _ := on(t, func(p *stp) {
		p.activate(10)
		p.send(message("one"))
		b := encoded(p, message("half a message"))
		p.octets(chunk{1, ppid, false}, b[:20])
	}, nil, func(p *stp) {
		hears[*messages.AspUp](p)
	}, func(p *stp) {
		p.activate(10)
		p.send(message("two"))
		p.hearsEnd()
	})
	f := next(t, s)
	isMessage(t, f, encoded(t, message("one")))
	if name := s.LineName(&f); name != "10.0.0.1:2905-10.0.0.2:2905" || f.Number != 1 {
		t.Errorf("line %s, number %d", name, f.Number)
	}
	isEvent(t, next(t, s), "source down begins: the STP closed the association")
	isEvent(t, next(t, s), "source down ends")
	f = next(t, s)
	isMessage(t, f, encoded(t, message("two")))
	if name := s.LineName(&f); name != "10.0.0.1:2905-10.0.0.2:2905" || f.Number != 2 {
		t.Errorf("line %s, number %d", name, f.Number)
	}
	s.Close()
	if err := s.Next(&f); err != io.EOF {
		t.Error(err)
	}
}

// TestStaysDown: after an override the source lives on, says why it is down, and opens no association again.
func TestStaysDown(t *testing.T) {
	t.Parallel()
	s, count := on(t, func(p *stp) {
		hears[*messages.AspUp](p)
		p.send(messages.NewAspUpAck(nil, nil))
		hears[*messages.AspActive](p)
		p.send(messages.NewAspActiveAck(params.NewTrafficModeType(params.TrafficModeOverride), nil, nil))
		p.hearsEnd()
	})
	isEvent(t, next(t, s), "source down begins: the STP has this ASP in traffic mode override, which takes calls from the network: "+wanted+
		"; this source stays down until it is started anew")
	for range 4 { // ticks, between which it would have dialled
		var f capture.Frame
		if err := s.Next(&f); err != nil || f.Payload != capture.Tick {
			t.Errorf("%+v, %v", f, err)
		}
	}
	if n := count.Load(); n != 1 {
		t.Errorf("%d associations", n)
	}
}

// TestCloseWhileDialling: a source that waits for the answer to ASP Up can be closed.
func TestCloseWhileDialling(t *testing.T) {
	asked := make(chan struct{})
	s, _ := on(t, func(p *stp) {
		hears[*messages.AspUp](p)
		close(asked)
		p.hearsEnd()
	})
	go func() {
		<-asked
		s.Close()
	}()
	var f capture.Frame
	if err := s.Next(&f); err != io.EOF {
		t.Errorf("%+v, %v", f, err)
	}
}

// A dated source gives each message the time that it has in the list, and ends after the last.
type dated struct {
	capture.Source
	times []wire.Time
}

func (d *dated) Next(f *capture.Frame) error {
	for len(d.times) > 0 {
		if err := d.Source.Next(f); err != nil {
			return err
		}
		if f.Payload == capture.M3UA {
			f.Time, f.Clock, d.times = d.times[0], d.times[0], d.times[1:]
			return nil
		}
	}
	return io.EOF
}

// TestCalls plays the messages of a scenario of the lab through an STP: the calls are those of the capture, field by field.
// The direction of each message, which a copy does not tell, is not needed for them, nor are transmission sequence numbers
// as long as the capture has no gap of them.
func TestCalls(t *testing.T) {
	for _, o := range []lab.Options{{Scenario: "basic"}, {Scenario: "faults"}, {Scenario: "load", Calls: 400}} {
		o.Link = "m3ua"
		path, _ := hwtest.Laboratory(t, o)
		var list []messages.M3UA
		var times []wire.Time
		d := sigtran.New(sigtran.Options{})
		hwtest.Each(t, hwtest.Open(t, path), func(f *capture.Frame) {
			d.Packet(f.Time, f.Data)
			for _, it := range d.Items {
				m := it.MSU
				data := params.NewProtocolData(m.OPC, m.DPC, m.SI, m.NI, m.Priority, m.SLS, bytes.Clone(m.Data))
				list, times = append(list, messages.NewData(nil, params.NewRoutingContext(10), data, nil)), append(times, f.Time)
			}
		})
		s, _ := on(t, func(p *stp) {
			p.activate(10)
			for i, m := range list {
				p.octets(chunk{uint16(1 + i%16), ppid, true}, encoded(p, m))
			}
			p.hearsEnd()
		})
		files := hwtest.Open(t, path)
		got := hwtest.Hear(t, &dated{s, times}, s.LineName)
		s.Close()
		t.Log(o.Scenario)
		got.Same(t, hwtest.Hear(t, files, files.LineName), 0)
	}
}
