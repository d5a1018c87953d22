package dsi

import (
	"encoding/binary"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"c7mon/hw"
	"c7mon/hw/hwtest"
	"c7mon/wire"
)

// A relay is the peer: it listens on a socket and sends messages in the framing.
type relay struct {
	t       *testing.T
	network string
	at      string
	ear     net.Listener
}

func newRelay(t *testing.T, network string) *relay {
	t.Helper()
	r := &relay{t: t, network: network, at: "127.0.0.1:0"}
	if network == "unix" {
		r.at = filepath.Join(t.TempDir(), "s")
	}
	r.up()
	t.Cleanup(r.down)
	return r
}

// up begins to listen, at the same place each time.
func (r *relay) up() {
	r.t.Helper()
	ear, err := net.Listen(r.network, r.at)
	if err != nil {
		r.t.Fatal(err)
	}
	r.ear, r.at = ear, ear.Addr().String()
}

func (r *relay) down() { r.ear.Close() }

func (r *relay) address() string { return r.network + ":" + r.at }

// next waits for one who connects.
func (r *relay) next() net.Conn {
	r.t.Helper()
	type deadline interface{ SetDeadline(time.Time) error }
	if err := r.ear.(deadline).SetDeadline(time.Now().Add(hwtest.Patience)); err != nil {
		r.t.Fatal(err)
	}
	conn, err := r.ear.Accept()
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	return conn
}

// greeting begins a stream.
func greeting(dst []byte) []byte { return append(dst, "C7DS\x00\x01\x00\x00"...) }

// appendMessage writes a message as a record.
func appendMessage(dst []byte, m message) []byte {
	be := binary.BigEndian
	dst = be.AppendUint16(dst, uint16(2+18+len(m.param)))
	dst = append(dst, kindMessage, 0)
	dst = be.AppendUint16(be.AppendUint16(be.AppendUint16(dst, m.kind), m.id), m.instance)
	dst = be.AppendUint16(append(dst, m.src, m.dst), m.rspReq)
	dst = be.AppendUint32(append(dst, m.hclass, m.status), m.errInfo)
	return append(be.AppendUint16(dst, uint16(len(m.param))), m.param...)
}

// stamped is an RX_INDT.
func stamped(id uint16, t wire.Time, unit []byte) message {
	const since1970 = 2_208_988_800
	s, ns := int64(t)/1_000_000_000, int64(t)%1_000_000_000
	p := binary.BigEndian.AppendUint32(append([]byte(nil), unit...), uint32(s+since1970))
	// The fraction is rounded up, so that the nanoseconds come out as they were.
	p = binary.BigEndian.AppendUint32(p, uint32((uint64(ns)<<32+999_999_999)/1_000_000_000))
	return message{kind: rxIndT, id: id, src: 0x71, dst: 0x0d, param: p}
}

// plain is an RX_IND.
func plain(id uint16, unit []byte) message {
	return message{kind: rxInd, id: id, src: 0x71, dst: 0x0d, param: unit}
}

// logLine gives a message as s7_log prints it.
func logLine(m message) string {
	return fmt.Sprintf("S7L:I%04x M t%04x i%04x f%02x d%02x s%02x p%x\n", m.instance, m.kind, m.id, m.src, m.dst, m.status, m.param)
}

// now is the time that the machine has.
func now() wire.Time { return wire.TimeOf(time.Now()) }

func id(n int) *int { return &n }

// open opens a source and reads it in the background.
func open(t *testing.T, c Config, change func(*host)) *hwtest.Listener {
	t.Helper()
	lines := new(hw.Lines)
	h, err := newHost(c, lines)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(h)
	}
	return hwtest.Listen(t, keep(lines, h))
}

// send writes to a connection.
func send(t *testing.T, c net.Conn, b []byte) {
	t.Helper()
	if _, err := c.Write(b); err != nil {
		t.Error(err)
	}
}
