package dsi

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/hw/hwtest"
	"c7mon/wire"
)

func said(line string, dir int, unit []byte) string { return fmt.Sprintf("%s %d %x", line, dir, unit) }

// TestUnits holds what becomes of signal units, over each kind of socket.
func TestUnits(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		r := newRelay(t, network)
		x := open(t, Config{Address: r.address(), Links: []Link{
			{Name: "north", Forth: id(0), Back: id(1)}, {Forth: id(7), Back: id(6), Sequence: "extended"}, {Name: "atm", Back: id(8), AAL5: true}}}, nil)
		c := r.next()
		at := now()
		sd := append(hwtest.MSU(5, false)[3:], 0, 0, 0x80|sscopSD, 0, 0, 1) // padded by two octets
		poll := make([]byte, 12)
		poll[8] = 10
		b := greeting(nil)
		for _, m := range []message{stamped(0, at, hwtest.MSU(1, false)), stamped(1, at+5, hwtest.MSU(2, false)), plain(7, hwtest.MSU(3000, true)), stamped(6, at, hwtest.MSU(4, true)),
			stamped(9, at, hwtest.MSU(1, false)), {kind: rxIndT, id: 0, param: []byte{1, 2, 3}}, {kind: rxInd, id: 8, param: []byte{1}},
			stamped(8, at, append(sd, 0, 0)), plain(8, append(poll, 0, 0)), plain(8, []byte{1, 2, 0, 0}), {kind: 0xcf00, id: 1, param: []byte{1, 2, 3}}} {
			b = appendMessage(b, m)
		}
		send(t, c, b)
		x.Want(said("north", 0, hwtest.MSU(1, false)), said("north", 1, hwtest.MSU(2, false)), said("7", 0, hwtest.MSU(3000, true)), said("7", 1, hwtest.MSU(4, true)),
			"  "+errID.Error(), "  time stamp: 3 octets, where 8 stand at the end", "  AAL5: 1 octets, where UUI and CPI stand at the end",
			said("atm", 1, hwtest.MSU(5, false)[3:]), "atm 1 other", "atm 1 "+errSSCOP.Error(), "  other")
		send(t, c, appendMessage(nil, stamped(7, at+77, hwtest.MSU(9, true))))
		f := x.Next()
		if f.Type != capture.LinkMTP2 || f.Payload != capture.MTP2Annex || f.FCS != capture.FCSGone || f.Len != len(hwtest.MSU(9, true)) || f.Number != 12 || f.Time != at+77 || f.Clock < f.Time {
			t.Errorf("%+v", f)
		}
	}
}

// TestPairs holds which link id is which without a configuration of links.
func TestPairs(t *testing.T) {
	r := newRelay(t, "tcp")
	x := open(t, Config{Address: r.address()}, nil)
	c := r.next()
	b := greeting(nil)
	for _, n := range []uint16{0, 1, 6, 7, 65535} {
		b = appendMessage(b, stamped(n, now(), hwtest.MSU(n%128, false)))
	}
	send(t, c, b)
	x.Want(said("0", 0, hwtest.MSU(0, false)), said("0", 1, hwtest.MSU(1, false)), said("3", 0, hwtest.MSU(6, false)), said("3", 1, hwtest.MSU(7, false)), said("32767", 1, hwtest.MSU(127, false)))
}

// TestEvents holds what becomes of messages of boards and modules.
func TestEvents(t *testing.T) {
	r := newRelay(t, "unix")
	x := open(t, Config{Address: r.address(), Links: []Link{
		{Name: "north", Forth: id(0), Back: id(1), ForthLIU: "0", BackLIU: "0/1"}, {Name: "south", Forth: id(2), ForthLIU: "1/1"}, {Name: "east", Forth: id(4), ForthLIU: "0/0"}}}, nil)
	c := r.next()
	send(t, c, greeting(nil))
	event := func(m message, want ...string) {
		t.Helper()
		send(t, c, appendMessage(nil, m))
		x.Want(want...)
	}
	lamp := func(instance, number uint16, status uint8, want ...string) {
		t.Helper()
		event(message{kind: liuStatus, id: number, instance: instance, status: status}, want...)
	}
	lamp(0, 0, 10, "north 0 loss of frame alignment begins", "east 0 loss of frame alignment begins")
	lamp(0, 0, 11, "north 0 loss of frame alignment ends", "east 0 loss of frame alignment ends")
	lamp(0, 1, 12, "north 1 AIS begins")
	lamp(0, 1, 13, "north 1 AIS ends")
	lamp(1, 1, 14, "south 0 remote alarm begins")
	lamp(1, 1, 15, "south 0 remote alarm ends")
	lamp(1, 1, 17, "south 0 loss of multiframe alignment begins")
	lamp(1, 1, 16, "south 0 loss of multiframe alignment ends")
	lamp(1, 1, 20, "south 0 loss of signal begins")
	lamp(1, 1, 21, "south 0 loss of signal ends")
	lamp(1, 1, 22, "south 0 slip: 1")
	lamp(1, 1, 25, "south 0 note: bit error rate above 1 in 100,000")
	lamp(1, 1, 99, "south 0 note: line interface: status 99")
	lamp(2, 3, 20, "liu 2/3  loss of signal begins")
	event(message{kind: ss7State, id: 1, status: 1}, "north 1 note: signalling link: in service")
	event(message{kind: ss7State, id: 77, status: 9}, "  note: link id 77: signalling link: 9")
	event(message{kind: ss7Event, id: 2, status: 3}, "south 0 note: signalling link: excessive error rate")
	event(message{kind: mtpEvent, id: 2, status: 3}, "  note: MTP3 of the host: event 3, id 2")
	event(message{kind: boardInd, id: 1, status: 0x62}, "  note: board 1: state 0x62")
	event(message{kind: eventInd, instance: 1, id: 2, status: 3}, "  note: board 1: error indication 3, id 2")
	event(message{kind: congested, instance: 1, status: 1}, "  note: board 1: congestion, status 1")
	event(message{kind: clockInd, instance: 1, status: 1}, "  note: board 1: clock event 1")
	send(t, c, []byte{0, 6, kindLost, 0, 0, 0, 1, 2, 0, 2, kindAlive, 0, 0, 3, 9, 0, 7, 0, 3, kindLost, 0, 1})
	x.Want("  dropped: 258: at the relay", "  other", "  "+errRecord.Error())
	send(t, c, append([]byte{0, 30, kindMessage, 0}, make([]byte, 28)...)) // a later version adds octets
	send(t, c, []byte{0, 5, kindMessage, 0, 1, 2, 3})
	x.Want("  other", "  "+errRecord.Error())
}

// TestConditions holds that each condition that begins ends once, also over the loss of the relay, which ends all.
func TestConditions(t *testing.T) {
	t.Parallel()
	r := newRelay(t, "unix")
	x := open(t, Config{Address: r.address(), Links: []Link{{Name: "north", Forth: id(0), ForthLIU: "0"}}}, nil)
	lamps := func(b []byte, states ...uint8) []byte {
		for _, s := range states {
			b = appendMessage(b, message{kind: liuStatus, status: s})
		}
		return appendMessage(b, stamped(0, now(), hwtest.MSU(1, false)))
	}
	msu := said("north", 0, hwtest.MSU(1, false))
	c := r.next()
	send(t, c, lamps(greeting(nil), 21, 20, 20, 10, 11, 12))
	x.Want("north 0 loss of signal begins", "north 0 loss of frame alignment begins", "north 0 loss of frame alignment ends", "north 0 AIS begins", msu)
	c.Close()
	x.Want("  source down begins: *", "north 0 AIS ends*", "north 0 loss of signal ends*")
	c = r.next()
	send(t, c, lamps(greeting(nil), 21, 12))
	x.Want("  source down ends", "north 0 AIS begins", msu)
	send(t, c, lamps(nil, 13, 13))
	x.Want("north 0 AIS ends", msu)
}

// TestRestart kills the peer in the middle of a stream, with half a message on its way, and starts it again.
func TestRestart(t *testing.T) {
	t.Parallel() // it waits more than it does
	for _, network := range []string{"tcp", "unix"} {
		r := newRelay(t, network)
		x := open(t, Config{Address: r.address()}, nil)
		n := uint16(0)
		for round := range 3 {
			c := r.next()
			b := greeting(nil)
			for range 20 {
				n++
				b = appendMessage(b, stamped(n%2, now(), hwtest.MSU(n%128, false)))
			}
			half := appendMessage(nil, stamped(0, now(), hwtest.MSU(100, false)))
			send(t, c, append(b, half[:len(half)-3]...))
			if round > 0 {
				x.Want("  source down ends")
			}
			for i := range uint16(20) {
				x.Want(said("0", int(n-19+i)%2, hwtest.MSU((n-19+i)%128, false)))
			}
			r.down()
			c.Close()
			x.Want(fmt.Sprintf("  source down begins: the other end has closed, in the middle of a message, %d octets of which had come", len(half)-3))
			r.up()
		}
		send(t, r.next(), appendMessage(greeting(nil), stamped(0, now(), hwtest.MSU(100, false))))
		x.Want("  source down ends", said("0", 0, hwtest.MSU(100, false)))
		x.Close()
		x.End()
	}
}

// TestGarbage sends what is no stream of messages, and one of another version: the relay is heard again after each.
func TestGarbage(t *testing.T) {
	t.Parallel()
	r := newRelay(t, "tcp")
	good := appendMessage(greeting(nil), stamped(0, now(), hwtest.MSU(1, false)))
	unit := said("0", 0, hwtest.MSU(1, false))
	f := func(octets string, want ...string) {
		t.Helper()
		x := open(t, Config{Address: r.address()}, nil)
		send(t, r.next(), []byte(octets))
		x.Want(want...)
		send(t, r.next(), good)
		x.Want("  source down ends", unit)
		x.Close()
	}
	const down = "  source down begins: "
	f("GET / HTTP/1.0\r\n\r\n", down+`it begins with 47 45 54 20 2f 20 48 54, where "C7DS" is needed: it is no relay of DSI messages`)
	f("X", down+`it begins with 58, where "C7DS" is needed: it is no relay of DSI messages`)
	f("C7DS\x00\x02\x00\x00", down+"framing of another version: 2, where 1 is needed")
	f(string(good)+"\x00\x01garbage", unit, down+"a record of 1 octets, where 2 to 4096 can be")
	f(string(good)+"\xff\xff", unit, down+"a record of 65535 octets, where 2 to 4096 can be")
}

// TestDead holds that a relay which says nothing is given up, and that one which cannot be had is told of.
func TestDead(t *testing.T) {
	t.Parallel()
	r := newRelay(t, "tcp")
	x := open(t, Config{Address: r.address()}, func(h *host) { h.silence = time.Millisecond })
	send(t, r.next(), greeting(nil))
	x.Want("  source down begins: the relay has said nothing for *")
	r = newRelay(t, "tcp")
	r.down()
	x = open(t, Config{Address: r.address()}, nil)
	x.Want("  source down begins: dial tcp*")
	x = open(t, Config{Address: "fifo:" + filepath.Join(t.TempDir(), "none")}, nil)
	x.Want("  source down begins: open *")
	x = open(t, Config{Address: "fifo:" + os.DevNull}, nil)
	x.Want("  source down begins: /dev/null: is no pipe")
	x = open(t, Config{Address: "file:" + t.TempDir()}, nil)
	x.Want("  source down begins: *")
}

// TestPipe holds that writers of a pipe may come and go.
func TestPipe(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"records", "text"} {
		path := hwtest.FIFO(t)
		x := open(t, Config{Address: "fifo:" + path, Format: format}, nil)
		writer := func(n uint16) {
			t.Helper()
			w, err := os.OpenFile(path, os.O_WRONLY, 0) // waits for the reader
			if err != nil {
				t.Fatal(err)
			}
			m := stamped(n, now(), hwtest.MSU(n, false))
			b, half := appendMessage(greeting(nil), m), appendMessage(nil, m)
			if format == "text" {
				b, half = []byte("S7L:I0000 RSI_MSG_LNK_STATUS : Link 0 now up\n"+logLine(m)), []byte(logLine(m))
			}
			if _, err := w.Write(append(b, half[:len(half)-2]...)); err != nil {
				t.Error(err)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}
		f := func(n uint16) {
			t.Helper()
			for { // the second in which nobody writes may pass on a slow machine
				f := x.Next()
				s := f.String()
				if s == said("0", int(n), hwtest.MSU(n, false)) {
					break
				}
				if !strings.HasPrefix(s, "  source down") && s != "  note: I0000 RSI_MSG_LNK_STATUS : Link 0 now up" {
					t.Fatal(s)
				}
			}
			x.Want("  source down begins: the other end has closed, in the middle of a message*")
		}
		writer(0)
		f(0)
		writer(1)
		f(1)
		x.Close()
		x.End()
	}
}

// TestClosed holds that a Next that waits comes back when the source is closed, over each kind of address.
func TestClosed(t *testing.T) {
	r := newRelay(t, "unix")
	path := hwtest.FIFO(t)
	w, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, address := range []string{r.address(), "fifo:" + path} {
		x := open(t, Config{Address: address}, nil)
		b := appendMessage(greeting(nil), stamped(0, now(), hwtest.MSU(1, false)))
		if strings.HasPrefix(address, "fifo") {
			if _, err := w.Write(b); err != nil {
				t.Fatal(err)
			}
		} else {
			send(t, r.next(), b)
		}
		x.Want(said("0", 0, hwtest.MSU(1, false)))
		x.Close()
		x.End()
	}
}

// TestDescriptorClosed holds that a source recovers whose descriptor is closed under it.
func TestDescriptorClosed(t *testing.T) {
	t.Parallel()
	path := hwtest.FIFO(t)
	w, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var h *host
	x := open(t, Config{Address: "fifo:" + path, Format: "text"}, func(made *host) { h = made })
	for n := range uint16(2) {
		if _, err := w.WriteString(logLine(stamped(n, now(), hwtest.MSU(n, false)))); err != nil {
			t.Fatal(err)
		}
		x.Want(said("0", int(n), hwtest.MSU(n, false)))
		if n == 0 {
			h.fifo.Close()
			x.Want("  source down begins: *", "  source down ends")
		}
	}
}

// TestClocks plays boards whose clock is an hour off, and jumps.
func TestClocks(t *testing.T) {
	r := newRelay(t, "tcp")
	x := open(t, Config{Address: r.address()}, nil)
	c := r.next()
	send(t, c, greeting(nil))
	at := func(off time.Duration, want ...string) {
		t.Helper()
		before := now()
		send(t, c, appendMessage(nil, stamped(0, before.Add(off), hwtest.MSU(1, false))))
		x.Want(want...)
		f := x.Next()
		if lag := f.Time - before; f.String() != said("0", 0, hwtest.MSU(1, false)) || lag < -wire.Time(2*time.Second) || f.Time > now().Add(2*time.Second) { // by as much as the first was late
			t.Errorf("%v off: %s %v from the machine's clock", off, f.String(), time.Duration(lag))
		}
	}
	at(-time.Hour, "  clock: the source's clock is 1h0m0*")
	at(-time.Hour)
	at(time.Hour, "  clock: the source's clock is*")
	at(0, "  clock: the source's clock is right again")

	x = open(t, Config{Address: r.address(), Clock: "source"}, nil)
	c = r.next()
	old := now().Add(-time.Hour)
	send(t, c, appendMessage(greeting(nil), stamped(0, old, hwtest.MSU(1, false))))
	send(t, c, appendMessage(nil, message{kind: liuStatus, status: 22}))
	if f := x.Next(); f.Time != old {
		t.Error("as they are:", f.Time, "want", old)
	}
	if f := x.Next(); f.Time < old || f.Time > now().Add(-time.Hour) {
		t.Error("an event is not on the source's clock:", f.Time)
	}
}

// TestFile reads logs to their end.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s7.log")
	write := func(s string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Unix(1_000_000_000, 0)); err != nil {
			t.Fatal(err)
		}
	}
	a, b := hwtest.MSU(1, false), hwtest.MSU(2, false)
	write("S7_LOG: Message monitor (C)\n====\nS7_log : mod ID=0xef, options=0xaf0d\n\n* a comment\r\n" +
		fmt.Sprintf("S7L:I0000 M t8f01 i0000 f71 def s00 p%x\r\n", a) +
		fmt.Sprintf("S7L:2001-11-20 15:17:01.012 BRD:2001-11-20 15:17:01.011 I0000 M t8f01 i0001 f71 def s00 p%x\n", b) +
		"S7L:I0001 LIU Status : id=0 SYNC LOSS\n" +
		"S7L:2001-11-20 15:17:02.5 I0001 M t0e01 i0003 f10 def s0a p\n" +
		"no line of a log\nS7L:I0000 M t8f01 i0000 p123\n" + strings.Repeat("x", 40_000) + "\n" +
		fmt.Sprintf("M-I0000-t8f01-i0001-f71-d0d-s00-p%x", a))
	const second = wire.Time(1_000_000_000)
	day := wire.TimeOf(time.Date(2001, 11, 20, 15, 17, 0, 0, time.UTC))
	f := func(c Config, zone wire.Time, first wire.Time) {
		t.Helper()
		c.Address = "file:" + path
		x := open(t, c, nil)
		for i, w := range []struct {
			text string
			time wire.Time
		}{{said("0", 0, a), first}, {said("0", 1, b), day + zone + second + 11_000_000}, {"  note: I0001 LIU Status : id=0 SYNC LOSS", day + zone + second + 11_000_000},
			{"liu 1/3  loss of frame alignment begins", day + zone + 2*second + 500_000_000}, {"  " + errLine.Error(), day + zone + 2*second + 500_000_000},
			{"  line: half an octet at its end", day + zone + 2*second + 500_000_000}, {"  " + errLong.Error(), day + zone + 2*second + 500_000_000}, {said("0", 1, a), day + zone + 2*second + 500_000_000}} {
			f := x.Next()
			if got := f.String(); got != w.text || f.Time != w.time || f.Clock < f.Time {
				t.Errorf("%d: %s at %v, want %s at %v", i, got, f.Time, w.text, w.time)
			}
		}
		x.End()
	}
	f(Config{}, 0, wire.Time(1_000_000_000*second))
	f(Config{Timezone: "Asia/Ho_Chi_Minh", Start: "2001-01-01T00:00:00Z"}, -7*3600*second, wire.TimeOf(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)))
	write(string(appendMessage(greeting(nil), stamped(0, day, a))) + "\x00")
	x := open(t, Config{Address: "file:" + path, Format: "records"}, nil)
	x.Want(said("0", 0, a), "  note: the file ends in the middle of a message, 1 octets of which are there")
	x.End()
	write(string(appendMessage(greeting(nil), stamped(0, day, a))) + "\x00\x00\x00")
	x = open(t, Config{Address: "file:" + path, Format: "records"}, nil)
	x.Want(said("0", 0, a), "  note: the rest of the file cannot be read: a record of 0 octets*")
	x.End()
}

// TestRepeats holds that FISUs which say the same are left out and counted, in a file to its end.
func TestRepeats(t *testing.T) {
	day := wire.TimeOf(time.Date(2001, 11, 20, 15, 17, 0, 0, time.UTC))
	b := greeting(nil)
	for i := range 1000 {
		b = appendMessage(b, stamped(uint16(i%2), day+wire.Time(i)*1000, []byte{0x81, 0x82, 0}))
	}
	x := open(t, Config{Address: "file:" + hwtest.File(t, "records", b), Format: "records"}, nil)
	given, left := 0, 0
	for _, f := range x.Rest() {
		if f.Payload == capture.MTP2 {
			given++
		}
		left += int(f.Repeats)
	}
	if given+left != 1000 || given > 10 {
		t.Errorf("%d given and %d left out of 1000", given, left)
	}
}

// TestRepeatsLive holds that they are counted to the end of each connection too, however it ends, and that of a source which
// is closed.
func TestRepeatsLive(t *testing.T) {
	t.Parallel()
	r := newRelay(t, "unix")
	x := open(t, Config{Address: r.address()}, nil)
	const sent = 3000
	for _, end := range []string{"closed", "half", "garbage", "source"} {
		b := greeting(nil)
		for range sent {
			b = appendMessage(b, stamped(1, now(), []byte{0x81, 0x82, 0}))
		}
		switch end {
		case "half":
			b = append(b, appendMessage(nil, plain(1, []byte{0x81, 0x82, 0}))[:9]...)
		case "garbage":
			b = append(b, 0, 0, 0)
		case "source": // a record of another kind is given when all before it has been read
			b = append(b, 0, 2, 9, 0)
		}
		c := r.next()
		send(t, c, b)
		if end != "garbage" && end != "source" {
			c.Close()
		}
		given, left := 0, 0
		take := func(f *hwtest.Heard) {
			if f.Payload == capture.MTP2 {
				given++
			}
			left += int(f.Repeats)
		}
		x.Wait(end, func(f *hwtest.Heard) bool {
			take(f)
			return f.Event.Kind == capture.EventDown && f.Event.On || f.Payload == capture.Other
		})
		if end == "source" {
			x.Close()
			for _, f := range x.Rest() {
				take(&f)
			}
		}
		if given+left != sent || given > 10 {
			t.Errorf("%s: %d given and %d left out of %d", end, given, left, sent)
		}
		c.Close()
	}
}

// TestTimes holds the seconds since 1900, and their new beginning in 2036.
func TestTimes(t *testing.T) {
	f := func(seconds, fraction uint32, want string) {
		t.Helper()
		if got := ntpTime(seconds, fraction).String(); got != want {
			t.Errorf("%d %d: %s, want %s", seconds, fraction, got, want)
		}
	}
	f(2_208_988_800, 0, "1970-01-01T00:00:00Z")
	f(0xbfa4f26d, 0x80000000, "2001-11-20T15:17:01.5Z")
	f(0xffffffff, 0, "2036-02-07T06:28:15Z")
	f(0, 0, "2036-02-07T06:28:16Z")
	f(1, 0xffffffff, "2036-02-07T06:28:17.999999999Z")
	f(1<<31, 0, "1968-01-20T03:14:08Z")
	f(1<<31-1, 0, "2104-02-26T09:42:23Z")
	for _, ns := range []wire.Time{0, 1, 999_999_999, 123_456_789} {
		m := stamped(0, 1_700_000_000_000_000_000+ns, nil)
		if got := ntpTime(binary.BigEndian.Uint32(m.param), binary.BigEndian.Uint32(m.param[4:])); got != 1_700_000_000_000_000_000+ns {
			t.Errorf("%d ns: %d", ns, got)
		}
	}
}
