package gth

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"c7mon/wire"
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
	chunks  chan *chunk   // signal units
	news    chan struct{} // there are events
	done    chan struct{} // the session has ended
	gone    chan struct{} // the control connection is read to its end

	mu      sync.Mutex // guards what follows
	events  []message
	lost    int      // events that were too many
	strange []string // connections refused
	data    []net.Conn
	err     error

	work  sync.WaitGroup
	close sync.Once

	chunk   *chunk // of which rest is still to be given
	rest    []byte
	pending []pending
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
	s := &session{p: p, control: control, jobs: map[string]int{}, answers: make(chan message), chunks: make(chan *chunk, 64),
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

// input takes a span into use and asks how it is.
func (s *session) input(name string) error {
	if s.p.layer1 {
		if err := s.enable(name); err != nil {
			return err
		}
	}
	m, err := s.command(queryInput(name))
	if err != nil && s.ended() {
		return err
	}
	if r := m.child(); r.name == "resource" {
		for i := range r.children {
			if a := &r.children[i]; a.attr("name") == "status" {
				s.event(message{name: "l1_message", attrs: []attribute{{"name", name}, {"state", a.attr("value")}}})
			}
		}
	}
	return nil
}

// enable tries the commands of probes new and old.
func (s *session) enable(name string) error {
	var a []attribute
	if s.p.framing != "" {
		a = append(a, attribute{"framing", s.p.framing})
	}
	if !sdh(name) {
		a = append(a, attribute{"monitoring", fmt.Sprint(s.p.monitoring)})
	}
	err := s.ask(enableInput(name, a))
	if err == nil || s.ended() || sdh(name) {
		return err
	}
	return s.ask(setInput(name, a))
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

// ask gives a command that is answered with ok.
func (s *session) ask(c command) error {
	m, err := s.command(c)
	if err == nil && m.name != "ok" {
		err = fmt.Errorf("the probe answers %v", &m)
	}
	return err
}

// command gives a command and waits for the answer.
func (s *session) command(c command) (message, error) {
	s.asking.Lock()
	defer s.asking.Unlock()
	if err := give(s.control, s.p.wait, c); err != nil {
		s.end(err)
		return message{}, s.why()
	}
	timer := time.NewTimer(s.p.wait)
	defer timer.Stop()
	select {
	case m := <-s.answers:
		return m, m.err()
	case <-timer.C:
		s.end(fmt.Errorf("the probe does not answer for %v", s.p.wait))
	case <-s.done:
	}
	return message{}, s.why()
}

// keepAlive finds out that the probe is gone where TCP says nothing, or never came, and tells the probe that we are here.
func (s *session) keepAlive() {
	t := time.NewTicker(s.p.ping)
	defer t.Stop()
	came := time.NewTimer(s.p.wait)
	defer came.Stop()
	for {
		select {
		case <-t.C:
			if s.ask(nop()) != nil && s.ended() {
				return
			}
		case <-came.C:
			s.mu.Lock()
			n := len(s.data)
			s.mu.Unlock()
			if n == 0 {
				s.end(fmt.Errorf("the probe has not connected to %v for %v: is there a firewall?", s.ear.Addr(), s.p.wait))
			}
		case <-s.done:
			return
		}
	}
}

// readControl sorts what comes on the control connection.
func (s *session) readControl() {
	defer close(s.gone)
	r := bufio.NewReader(s.control)
	for {
		m, ok, err := readMessage(r)
		switch {
		case err != nil:
			s.end(fmt.Errorf("control connection: %w", noEOF(err)))
			return
		case !ok:
		case m.name == "event":
			for i := range m.children {
				s.event(m.children[i])
			}
		default:
			select {
			case s.answers <- m:
			case <-s.done:
			}
		}
	}
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

// accept takes the connections of the probe. Others are refused and told of.
func (s *session) accept() {
	for {
		conn, err := s.ear.Accept()
		if err != nil {
			s.end(fmt.Errorf("waiting for the probe to connect: %w", err))
			return
		}
		if !s.known(conn.RemoteAddr()) {
			s.mu.Lock()
			if len(s.strange) < 10 {
				s.strange = append(s.strange, conn.RemoteAddr().String())
			}
			s.mu.Unlock()
			conn.Close()
			s.tell()
			continue
		}
		s.mu.Lock()
		over := s.err != nil
		s.data = append(s.data, conn)
		s.mu.Unlock()
		if over {
			conn.Close()
			return
		}
		s.work.Go(func() { s.readUnits(conn) })
	}
}

// known reports whether an address is the probe's.
func (s *session) known(a net.Addr) bool {
	from, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return false
	}
	probe := s.p.from
	if !probe.IsValid() {
		at, err := netip.ParseAddrPort(s.control.RemoteAddr().String())
		if err != nil {
			return false
		}
		probe = at.Addr()
	}
	return from.Addr().Unmap() == probe.Unmap()
}

// A chunk is whole records as they came.
type chunk struct {
	octets []byte      // the room, of which records are the front
	n      int         // octets of the records
	came   wire.Time   // by the machine's clock
	free   chan *chunk // where it goes when it has been read
}

// chunkOctets holds many records, and always one.
const chunkOctets = 32 << 10

// readUnits reads a connection of the probe. Two chunks go round, so that one is filled while the other is read.
func (s *session) readUnits(conn net.Conn) {
	free := make(chan *chunk, 2)
	for range cap(free) {
		free <- &chunk{octets: make([]byte, chunkOctets), free: free}
	}
	var rest []byte // of a record that is not whole yet
	for {
		var c *chunk
		select {
		case c = <-free:
		case <-s.done:
			return
		}
		n := copy(c.octets, rest)
		for c.n = 0; c.n == 0; {
			m, err := conn.Read(c.octets[n:])
			n += m
			var bad error
			if c.n, bad = whole(c.octets[:n]); bad != nil {
				err = bad
			}
			if err != nil {
				s.hand(c)
				s.end(fmt.Errorf("signal units: %w", noEOF(err)))
				return
			}
		}
		rest = c.octets[c.n:n]
		s.hand(c)
	}
}

// hand gives a chunk to Next.
func (s *session) hand(c *chunk) {
	if c.n == 0 {
		return
	}
	c.came = wire.TimeOf(time.Now())
	select {
	case s.chunks <- c:
	case <-s.done:
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
}
