package pseudowire

import (
	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// A direction takes what one direction of a pseudowire carries, in its order.
type direction struct {
	receiver *hw.Receiver
	name     string
	dir      wire.Direction
	e1       *hw.Port // of SAToP
	slots    []slot   // of CESoPSN
	width    int      // octets each 125 us, 0 before it is open
	octets   []byte   // of one slot

	owed    int64     // octets that are missing and not told yet
	slipped bool      // they are not known to the octet
	since   wire.Time // packets began to be found out anew then; NoTime when they were not
	says    flags     // of the last packet
	silent  bool      // no packets come
	owner   *flow     // whose packets are taken
}

// A slot is timeslots that are one channel.
type slot struct {
	port *hw.Port
	at   []int // their places among those of the pseudowire
}

// tellEvery is how many frames of a line that has failed are told as one gap.
const tellEvery = 8000

// open opens the ports, once it is sure that there is a pseudowire.
func (d *direction) open(f *format) {
	if d.width != 0 {
		return
	}
	d.width = f.width
	if f.satop {
		d.e1 = d.receiver.E1(d.name, d.dir)
		return
	}
	for _, l := range f.channels() {
		d.slots = append(d.slots, slot{d.receiver.Channel(d.name+"/"+l.Name, d.dir, len(l.Timeslots)), l.Timeslots})
	}
}

// feed takes octets that came at t.
func (d *direction) feed(t wire.Time, b []byte, says flags) {
	d.alive(t, int64(len(b)), says)
	d.settle(t)
	if d.e1 != nil {
		d.e1.Feed(t, b)
		return
	}
	for i := range d.slots {
		s := &d.slots[i]
		d.octets = d.octets[:0]
		for f := b; len(f) >= d.width; f = f[d.width:] {
			for _, at := range s.at {
				d.octets = append(d.octets, f[at])
			}
		}
		s.port.Feed(t, d.octets)
	}
}

// dark takes a packet whose octets are not valid, n of them.
func (d *direction) dark(t wire.Time, n int64, says flags) {
	d.alive(t, n, says)
	d.owed += n
	if d.owed >= tellEvery*int64(d.width) {
		d.settle(t)
	}
}

// gap takes n octets that did not come.
func (d *direction) gap(n int64) { d.owed += n }

// restarted takes octets that did not come, about n of them.
func (d *direction) restarted(n int64) {
	d.owed += max(n-n%int64(d.width), int64(d.width))
	d.slipped = true
}

// settle tells of what is missing before the octets that come at t.
func (d *direction) settle(t wire.Time) {
	if d.owed <= 0 {
		return
	}
	frames := d.owed / int64(d.width)
	if d.e1 != nil {
		if d.slipped {
			d.owed++ // no multiple of the frame, so that the alignment is looked for anew
		}
		d.e1.Gap(t, d.owed)
	}
	for _, s := range d.slots {
		s.port.Gap(t, frames*int64(len(s.at)))
	}
	d.owed, d.slipped = 0, false
}

// alive takes what a packet of n octets says of the lines.
func (d *direction) alive(t wire.Time, n int64, says flags) {
	if d.since.Known() {
		d.restarted(int64(max(t-d.since, 0))/frameTime*int64(d.width) - n)
		d.since = wire.NoTime
	}
	was := d.deaf()
	changed := d.says ^ says
	d.says, d.silent = says, false
	if d.deaf() != was {
		if was {
			d.settle(t)
		}
		d.event(t, capture.EventLOS, d.deaf(), "the equipment at the end of the pseudowire hears no good line (L)")
	}
	if changed&(remoteLoss|remoteAlarm) == 0 {
		return
	}
	text := "the end of the pseudowire gets no packets of the other direction (R)"
	if changed&remoteAlarm != 0 {
		text = "the line at the end of the pseudowire has the remote alarm (M)"
	}
	before := says ^ changed
	if now := says&(remoteLoss|remoteAlarm) != 0; now != (before&(remoteLoss|remoteAlarm) != 0) {
		d.event(t, capture.EventRAI, now, text)
	}
}

// deaf reports whether nothing of the line is heard.
func (d *direction) deaf() bool { return d.silent || d.says&lineFault != 0 }

// silence says that packets come no more.
func (d *direction) silence(t wire.Time) {
	if d.silent {
		return
	}
	d.settle(t)
	was := d.deaf()
	d.silent = true
	if !was {
		d.event(t, capture.EventLOS, true, "no packets of the pseudowire come")
	}
}

// event tells of a condition of the line, with the reason where it begins.
func (d *direction) event(t wire.Time, kind capture.EventKind, on bool, text string) {
	e := capture.Event{Kind: kind, On: on}
	if on {
		e.Text = text
	}
	d.receiver.Event(d.name, d.dir, t, e)
}
