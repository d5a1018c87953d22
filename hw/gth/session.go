package gth

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"c7mon/capture"
)

// A session is one control connection and the connections that the probe opens to us for the signal units. Goroutines
// read them; Next and what it calls are for one goroutine.
type session struct {
	p       *probe
	control net.Conn
	ear     net.Listener
	jobs    map[string]int // place in p.ways by id of the job

	answers chan message  // to commands, in their order
	asking  sync.Mutex    // one command at a time
	news    chan struct{} // there are events or signal units
	done    chan struct{} // the session has ended
	gone    chan struct{} // the control connection is read to its end

	mu      sync.Mutex // guards what follows
	chunks  []*chunk   // signal units, at most two of a connection
	events  []message
	lost    int      // events that were too many
	strange []string // connections refused
	data    []net.Conn
	err     error

	work    sync.WaitGroup
	readers sync.WaitGroup // of what is given to Next; none is begun behind done
	close   sync.Once

	chunk   *chunk // of which rest is still to be given
	rest    []byte
	pending []pending
	counted bool // what was left out is told
	ticker  *time.Ticker
}

// maxEvents bounds the events that wait for Next.
const maxEvents = 1000

// dial connects to the probe and starts the jobs.
func (p *probe) dial(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := net.Dialer{Timeout: p.wait}
	control, err := d.DialContext(ctx, "tcp", p.host)
	if err != nil {
		return nil, err
	}
	s := &session{p: p, control: control, jobs: map[string]int{}, answers: make(chan message),
		news: make(chan struct{}, 1), done: make(chan struct{}), gone: make(chan struct{})}
	stop := context.AfterFunc(ctx, func() { s.end(ctx.Err()) })
	if err := s.start(); err != nil {
		s.end(err)
		s.hangUp()
		return nil, err
	}
	if !stop() {
		s.hangUp()
		return nil, ctx.Err()
	}
	p.clock.Restart()
	for i := range p.ways {
		p.ways[i].units.Forget()
	}
	s.ticker = time.NewTicker(time.Second)
	return s, nil
}

// start says to the probe what is wanted.
func (s *session) start() error {
	s.work.Go(s.readControl)
	if err := s.listen(); err != nil {
		return err
	}
	s.work.Go(s.accept)
	if err := s.ask(supervise((3 * s.p.ping).Milliseconds())); err != nil && s.ended() {
		return err // a probe that answers with an error is told nothing of timeouts: old ones cannot
	}
	for name := range s.p.spans {
		s.p.spans[name] = capture.NoEvent // what lasted ended with the session before; the probe is asked anew
		if err := s.input(name); err != nil {
			return fmt.Errorf("input %s: %w", name, err)
		}
	}
	address, port, err := s.reachedAt()
	if err != nil {
		return err
	}
	for i := range s.p.ways {
		w := &s.p.ways[i]
		m, err := s.command(listenTo(w, i, address, port, s.p.all, s.p.errored))
		if err != nil {
			return fmt.Errorf("listening to %s/%d: %w", w.port.span, w.port.timeslots[0], err)
		}
		if m.name != "job" || m.attr("id") == "" {
			return fmt.Errorf("listening to %s/%d: the probe answers %v", w.port.span, w.port.timeslots[0], &m)
		}
		s.jobs[m.attr("id")] = i
	}
	s.work.Go(s.keepAlive)
	return nil
}

// listen opens the port that the probe connects to.
func (s *session) listen() error {
	at := s.p.listen
	if at == "" {
		host, _, err := net.SplitHostPort(s.control.LocalAddr().String())
		if err != nil {
			return err
		}
		at = net.JoinHostPort(host, "0")
	}
	ear, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ear = ear
	if s.err != nil {
		ear.Close()
	}
	return s.err
}

// reachedAt is the address that the probe is told.
func (s *session) reachedAt() (address string, port int, err error) {
	ear, err := netip.ParseAddrPort(s.ear.Addr().String())
	if err != nil {
		return "", 0, err
	}
	if s.p.address != "" {
		return s.p.address, int(ear.Port()), nil
	}
	local, err := netip.ParseAddrPort(s.control.LocalAddr().String())
	if err != nil {
		return "", 0, err
	}
	if a := local.Addr().Unmap(); a.Is4() {
		return a.String(), int(ear.Port()), nil
	}
	return "", 0, fmt.Errorf("address: the probe is reached from %v, and an IPv4 address is needed that it can connect to", local.Addr())
}

// event keeps an event for Next.
func (s *session) event(m message) {
	s.mu.Lock()
	if len(s.events) < maxEvents {
		s.events = append(s.events, m)
	} else {
		s.lost++
	}
	s.mu.Unlock()
	s.tell()
}

// tell wakes Next.
func (s *session) tell() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// end ends the session; the first reason stays. The goroutines come back.
func (s *session) end(err error) {
	s.stop(err)
	s.control.Close()
}

// stop ends all but the control connection.
func (s *session) stop(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	s.err = err
	close(s.done)
	if s.ear != nil {
		s.ear.Close()
	}
	for _, c := range s.data {
		c.Close()
	}
}

func (s *session) ended() bool { return s.why() != nil }

// why is the reason for the end, nil as long as there is none.
func (s *session) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Close ends the session and the jobs at the probe.
func (s *session) Close() error {
	s.close.Do(func() {
		over := s.ended()
		s.stop(net.ErrClosed)
		if !over {
			s.leave()
		}
		s.hangUp()
	})
	return nil
}

// leave ends the jobs, as far as the probe takes commands in a short time.
func (s *session) leave() {
	var list []command
	for job := range s.jobs {
		list = append(list, remove(job))
	}
	if give(s.control, time.Second, append(list, bye())...) != nil {
		return
	}
	select { // closed earlier, what the probe still sends would undo what was written
	case <-s.gone:
	case <-time.After(time.Second):
	}
}

// hangUp closes what is open and waits for the goroutines.
func (s *session) hangUp() {
	s.control.Close()
	if s.ticker != nil {
		s.ticker.Stop()
	}
	s.work.Wait()
	s.readers.Wait()
}
