package m3ua

import (
	"context"
	"errors"
	"fmt"
	"time"

	"c7mon/hw"
)

// times are the waits of the protocol.
type times struct {
	ack  time.Duration // T(ack): an answer to ASP Up and ASP Active, RFC 4666 4.3.4
	beat time.Duration // between two BEAT of ours; 0: none, and silence means nothing
	dead time.Duration // without any message, those that answer BEAT among them: the STP is gone
	tick time.Duration // between two ticks when nothing comes
	hold time.Duration // after a refusal, until the STP is asked again
}

// usual are those of a real STP; beat and dead are the configuration's.
var usual = times{ack: 2 * time.Second, tick: time.Second, hold: 5 * time.Minute}

// tries is how often ASP Up and ASP Active are sent before the association is given up.
const tries = 3

// A dialer opens one session after another. It is for one goroutine, that of the source's Next.
type dialer struct {
	setting setting
	times   times
	connect func(context.Context) (association, error)
	line    uint32

	refusal *refusal // the last one
	since   time.Time
}

// A refusal is the reason for which the STP is not to be asked to send traffic: for a while, or for good where it had this
// ASP active in a mode that takes calls from the network, which each further try might do again.
type refusal struct {
	reason  string
	forGood bool
}

func (r *refusal) Error() string {
	if r.forGood {
		return r.reason + "; this source stays down until it is started anew"
	}
	return r.reason
}

// dial opens an association and goes active on it. The session that it gives is active for all routing contexts.
func (d *dialer) dial(ctx context.Context) (hw.Session, error) {
	if err := d.held(time.Now()); err != nil {
		return nil, err
	}
	a, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	s := newSession(d, a)
	stop := context.AfterFunc(ctx, func() { s.Close() })
	defer stop()
	if err := s.start(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// held gives an error while a refusal stands. Nothing is sent then.
func (d *dialer) held(now time.Time) error {
	if d.refusal == nil {
		return nil
	}
	if d.refusal.forGood {
		return d.refusal
	}
	left := d.times.hold - now.Sub(d.since)
	if left > 0 {
		return fmt.Errorf("%w; the STP is asked again in %v", d.refusal, left.Round(time.Second))
	}
	d.refusal = nil
	return nil
}

// note remembers an error that is a refusal.
func (d *dialer) note(err error) error {
	if r := (*refusal)(nil); errors.As(err, &r) {
		d.refusal, d.since = r, time.Now()
	}
	return err
}
