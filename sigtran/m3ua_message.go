package sigtran

import "c7mon/wire"

// ppidM3UA is the payload protocol identifier of M3UA, RFC 4666 7.1.
const ppidM3UA = 3

// M3UA reads one message of M3UA, from its common header on, that came at t without IP and SCTP: from an association of our
// own, or from a capture of exported messages. It fills Items, Messages and Missed as Packet does. l is what the message
// was heard on; variants are those of the networks there, by network indicator. Without a TSN nothing can be told of
// repeats and losses: each message is First, and Missed holds only what is due on associations that Packet follows.
// What is wrong with the message is said by its Item.
func (d *Decoder) M3UA(t wire.Time, l Line, variants *Variants, b []byte) Verdict {
	d.Items, d.Messages, d.Missed = d.Items[:0], d.Messages[:0], d.Missed[:0]
	d.joined, d.time = d.joined[:0], t
	if t >= d.timer {
		d.expire(t)
	}
	a := &d.alone
	a.link.id, a.link.variants = l.Link, *variants
	a.flow.link, a.flow.way = &a.link, uint8(l.Direction)
	w := walk{flow: &a.flow}
	d.counts.Alone++
	d.user(&w, M3UA, ppidM3UA, First, b, nil)
	v, _ := w.verdict() // the error is that of a walk of chunks
	d.counts.Packets[v]++
	return v
}

// alone is what stands for the association of a message that came without one. It is in no table.
type alone struct {
	link link
	flow flow
}
