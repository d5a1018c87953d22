package gth

import (
	"bufio"
	"fmt"
	"time"
)

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
