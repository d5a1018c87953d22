package gth

import "fmt"

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
