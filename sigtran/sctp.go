package sigtran

import (
	"encoding/binary"
	"errors"

	"c7mon/wire"
)

// Chunk types, RFC 9260 3.2, RFC 8260 2, RFC 3758 3.2.
const (
	chunkData             = 0
	chunkInit             = 1
	chunkInitAck          = 2
	chunkAbort            = 6
	chunkShutdownComplete = 14
	chunkIData            = 64
	chunkForward          = 192
	chunkIForward         = 194
)

// Flags of DATA and I-DATA, RFC 9260 3.3.1.
const (
	flagLast      = 1
	flagFirst     = 2
	flagUnordered = 4
)

const (
	commonHeader = 12 // ports 4 | verification tag 4 | checksum 4
	dataHeader   = 16 // chunk header 4 | TSN 4 | stream 2 | SSN 2 | PPID 4
	iDataHeader  = 20 // chunk header 4 | TSN 4 | stream 2 | reserved 2 | MID 4 | PPID or FSN 4
)

var (
	errNoChunk = errors.New("SCTP packet: it holds no chunk")
	errChunk   = errors.New("SCTP chunk: its length is less than 4")
	errData    = errors.New("SCTP data chunk: it holds no user data")
	errControl = errors.New("SCTP chunk: it is too short for its type")
)

// A walk is the reading of one SCTP packet.
type walk struct {
	path path
	flow *flow
	got  [verdicts]bool
	err  error
}

// plausible says whether octets look like SCTP: there is a first chunk of a known type that fits.
func plausible(b []byte) bool {
	if len(b) < commonHeader+4 {
		return false
	}
	typ, n := b[commonHeader], int(binary.BigEndian.Uint16(b[commonHeader+2:]))
	known := typ <= 16 || typ == chunkIData || typ >= 128 && typ <= 132 || typ >= chunkForward && typ <= chunkIForward
	return known && n >= 4 && commonHeader+n <= len(b)
}

// sctp walks the chunks of a packet, RFC 9260 3. The checksum is not looked at: a host that captures what it sends has
// not computed it yet.
func (d *Decoder) sctp(src, dst addr, b []byte) (Verdict, error) {
	if len(b) < commonHeader {
		r := wire.NewReader(b)
		r.Take("SCTP common header", commonHeader)
		return Malformed, r.Err()
	}
	var w walk
	w.path = path{src, dst, binary.BigEndian.Uint64(b)}
	off := commonHeader
	for off+4 <= len(b) {
		n := int(binary.BigEndian.Uint16(b[off+2:]))
		end := off + n
		if n < 4 {
			d.bad(&w, errChunk)
			return w.verdict()
		}
		if end > len(b) {
			d.cut(&w, b[off:], n, off)
			return w.verdict()
		}
		if b[off] == chunkData && n > dataHeader {
			d.data(&w, b[off:end:end], nil)
		} else {
			d.chunk(&w, b[off:end:end], nil)
		}
		off = (end + 3) &^ 3
	}
	if off == commonHeader || off < len(b) {
		d.rest(&w, b, off)
	}
	return w.verdict()
}

// verdict picks the first that applies, in the order of the constants.
func (w *walk) verdict() (Verdict, error) {
	for v := MSU; v < verdicts; v++ {
		if w.got[v] {
			return v, w.err
		}
	}
	return Malformed, w.err
}

// bad notes the error that ends the walk.
func (d *Decoder) bad(w *walk, err error) {
	d.counts.BadChunks++
	w.err = err
}

// rest notes octets behind the last chunk that are too few for another.
func (d *Decoder) rest(w *walk, b []byte, off int) {
	if off == len(b) {
		d.bad(w, errNoChunk)
		return
	}
	d.bad(w, &wire.ShortError{Field: "SCTP chunk header", Off: off, Need: 4, Have: len(b) - off})
}

// cut takes the last chunk of a packet that ends before it does. Of user data what is there is read.
func (d *Decoder) cut(w *walk, c []byte, n, off int) {
	err := &wire.ShortError{Field: "SCTP chunk", Off: off, Need: n, Have: len(c)}
	d.bad(w, err)
	if c[0] == chunkData || c[0] == chunkIData {
		d.chunk(w, c, err)
	}
}

// chunk takes a chunk that is not plain DATA. cut is why it is not whole.
func (d *Decoder) chunk(w *walk, c []byte, cut error) {
	switch c[0] {
	case chunkData, chunkIData:
		head := dataHeader
		if c[0] == chunkIData {
			head = iDataHeader
		}
		if len(c) > head {
			d.data(w, c, cut)
			return
		}
		d.counts.Data++
		d.counts.Spoiled++
		if w.err == nil {
			w.err = errData
		}
		return
	case chunkInit, chunkInitAck:
		if len(c) < initLength {
			w.err = errControl
			return
		}
		if c[0] == chunkInit {
			d.initiated(&w.path, c)
		} else {
			d.acknowledged(&w.path, c)
		}
	case chunkAbort, chunkShutdownComplete:
		d.finished(&w.path, c[1])
	case chunkForward, chunkIForward:
		if len(c) < 8 {
			w.err = errControl
			return
		}
		if f := d.table.controlFlow(&w.path); f != nil {
			d.forward(f, binary.BigEndian.Uint32(c[4:]))
		}
	}
	w.got[SCTPControl] = true
}

// data takes a DATA or I-DATA chunk with at least one octet of user data.
//
//	type 1 | flags 1 | length 2 | TSN 4 | stream 2 | SSN 2      | PPID 4                      DATA
//	type 1 | flags 1 | length 2 | TSN 4 | stream 2 | reserved 2 | MID 4 | PPID 4 or FSN 4     I-DATA
func (d *Decoder) data(w *walk, c []byte, cut error) {
	d.counts.Data++
	flags, tsn := c[1], binary.BigEndian.Uint32(c[4:])
	ppid, user := binary.BigEndian.Uint32(c[12:]), c[dataHeader:]
	if c[0] == chunkIData {
		ppid, user = binary.BigEndian.Uint32(c[16:]), c[iDataHeader:]
		if flags&flagFirst == 0 {
			ppid = 0 // the field is the fragment sequence number
		}
	}
	protocol := protocolOf(ppid)
	if protocol == Foreign {
		protocol = byPorts(w.path.ports())
	}
	text := uint16(0)
	if cut == nil {
		text = fingerprint(user)
	}
	if protocol == Foreign && !d.continues(w, c) {
		d.foreign(w, tsn, text)
		return
	}
	f := w.flow
	if f == nil {
		f = d.dataFlow(&w.path, tsn, text)
		w.flow = f
	}
	fate := d.observe(f, tsn, text)
	if flags&(flagFirst|flagLast) == flagFirst|flagLast {
		d.counts.Whole++
		d.user(w, protocol, ppid, fate, user, cut)
		return
	}
	d.part(w, c, ppid, fate, user, cut)
}

// continues says whether a chunk is a later piece of I-DATA, which has no payload protocol, on an association that
// carries signalling; what the first piece says will hold for all.
func (d *Decoder) continues(w *walk, c []byte) bool {
	if c[0] != chunkIData || c[1]&flagFirst != 0 {
		return false
	}
	if w.flow == nil {
		w.flow = d.table.find(&w.path)
	}
	return w.flow != nil && w.flow.link.numbered
}

// foreign takes a data chunk for a user that is not followed. Its TSN counts where others of the association are.
func (d *Decoder) foreign(w *walk, tsn uint32, text uint16) {
	d.counts.ForeignChunks++
	w.got[Other] = true
	if w.flow == nil {
		w.flow = d.table.find(&w.path)
	}
	if w.flow != nil {
		d.observe(w.flow, tsn, text)
	}
}

// part takes a chunk that holds a part of a user message.
func (d *Decoder) part(w *walk, c []byte, ppid uint32, fate Fate, user []byte, cut error) {
	flags, tsn := c[1], binary.BigEndian.Uint32(c[4:])
	switch {
	case cut != nil:
		d.counts.Spoiled++
		return
	case fate == Repeat:
		d.counts.RepeatedPieces++
		w.got[Duplicate] = true
		return
	}
	d.counts.Pieces++
	p := piece{
		message: message{stream: binary.BigEndian.Uint16(c[8:]), kind: uint16(flags & flagUnordered)},
		seq:     tsn, tsn: tsn, first: flags&flagFirst != 0, last: flags&flagLast != 0, ppid: ppid, data: user,
	}
	p.message.id = uint32(binary.BigEndian.Uint16(c[10:]))
	if c[0] == chunkIData {
		p.message.kind |= chunkIData
		p.message.id, p.seq = binary.BigEndian.Uint32(c[12:]), binary.BigEndian.Uint32(c[16:])
		if p.first {
			p.seq = 0
		}
	}
	whole, ppid := d.keep(w.flow, p)
	if whole == nil {
		w.got[Fragment] = true
		return
	}
	protocol := protocolOf(ppid)
	if protocol == Foreign {
		protocol = byPorts(w.path.ports())
	}
	d.user(w, protocol, ppid, First, whole, nil)
}
