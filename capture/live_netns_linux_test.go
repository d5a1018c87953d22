package capture

import (
	"testing"

	"c7mon/capture/vethtest"
)

// ip runs the program of this name.
func ip(t testing.TB, args string) {
	t.Helper()
	if err := vethtest.IP(args); err != nil {
		t.Fatal(err)
	}
}

// A sender puts frames on an interface.
type sender struct{ vethtest.Sender }

func newSender(t testing.TB, name string) sender {
	t.Helper()
	s, err := vethtest.NewSender(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return sender{s}
}

func (s sender) send(t testing.TB, frame []byte) {
	t.Helper()
	if err := s.Send(frame); err != nil {
		t.Fatal(err)
	}
}

// openLive hears c7a, as the options say.
func openLive(t testing.TB, opt LiveOptions) *Live {
	t.Helper()
	if opt.Interface == "" {
		opt.Interface = "c7a"
	}
	opt.Promiscuous = true
	l, err := OpenLive(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}
