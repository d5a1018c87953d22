package gth

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/hw/hwtest"
	"c7mon/wire"
)

// unitOf is an MSU with its check sequence.
func unitOf(n uint16, annexA bool) []byte { return hwtest.WithFCS(hwtest.MSU(n, annexA)) }

// TestCommands holds the conversation: what is said, in which order, and that the jobs are ended.
func TestCommands(t *testing.T) {
	p := newPeer(t, 4)
	c := twoLinks(p)
	c.Framing, c.Errored, c.Repeats = "multiframe", true, "here"
	x := open(t, c, nil)
	ctl := p.next()
	ctl.send(appendRecord(nil, 0, now(), unitOf(1, false)))
	x.Next() // the session is up
	x.Close()
	<-ctl.gone
	said := p.commands()
	port := regexp.MustCompile(`ip_port='\d+'`)
	var inputs, jobs, rest []string
	for _, s := range said {
		switch {
		case strings.HasPrefix(s, "<enable"), strings.HasPrefix(s, "<query"):
			inputs = append(inputs, s)
		case strings.HasPrefix(s, "<new"):
			jobs = append(jobs, port.ReplaceAllString(s, "ip_port='P'"))
		case s != "<nop/>":
			rest = append(rest, s)
		}
	}
	slices.Sort(inputs) // each span once, in any order
	f := func(what string, got, want []string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	var enables, queries []string
	for n := 1; n <= 4; n++ {
		enables = append(enables, fmt.Sprintf("<enable name='pcm%dA'><attribute name='tx_enabled' value='false'/><attribute name='framing' value='multiframe'/><attribute name='monitoring' value='true'/></enable>", n))
		queries = append(queries, fmt.Sprintf("<query><resource name='pcm%dA'/></query>", n))
	}
	f("inputs", inputs, slices.Concat(enables, queries))
	one := "<new><mtp2_monitor ip_addr='127.0.0.1' ip_port='P' tag='%d'%s dup_fisu='yes' dup_lssu='yes' esu='yes'>%s</mtp2_monitor></new>"
	slots := func(span string, list ...int) (s string) {
		for _, t := range list {
			s += fmt.Sprintf("<pcm_source span='%s' timeslot='%d'/>", span, t)
		}
		return s
	}
	var most []int
	for i := 1; i < 32; i++ {
		if i != 16 {
			most = append(most, i)
		}
	}
	f("jobs", jobs, []string{
		fmt.Sprintf(one, 0, "", slots("1A", 16)), fmt.Sprintf(one, 1, "", slots("2A", 16)),
		fmt.Sprintf(one, 2, " esnf='yes'", slots("3A", most...)), fmt.Sprintf(one, 3, " esnf='yes'", slots("4A", most...))})
	if len(rest) < 2 {
		t.Fatal(rest)
	}
	slices.Sort(rest[1 : len(rest)-1])
	f("the rest", rest, []string{"<update><controller timeout='15000'/></update>",
		"<delete id='m2mo0'/>", "<delete id='m2mo1'/>", "<delete id='m2mo2'/>", "<delete id='m2mo3'/>", "<bye/>"})
}

// TestOnlyListening holds that nothing can be said to a probe that makes it send on a line.
func TestOnlyListening(t *testing.T) {
	w := &way{port: port{span: "1A", timeslots: []int{1, 2}}, esnf: true}
	a := []attribute{{"monitoring", "true"}}
	all := []command{bye(), nop(), supervise(1), enableInput("pcm1A", a), enableInput("pcm55", nil), setInput("pcm1A", a), queryInput("pcm1A"),
		listenTo(w, 1, "10.0.0.1", 2, true, true), remove("m2mo1")}
	allowed := []string{"bye", "nop", "update", "controller", "enable", "set", "attribute", "query", "resource", "new", "mtp2_monitor", "pcm_source", "delete"}
	for _, c := range all {
		for _, m := range regexp.MustCompile(`<([a-z0-9_]+)`).FindAllStringSubmatch(c.xml, -1) {
			if !slices.Contains(allowed, m[1]) {
				t.Errorf("%s: %s", c.xml, m[1])
			}
		}
		if e := c.xml; (strings.HasPrefix(e, "<enable name='pcm1A'") || strings.HasPrefix(e, "<set")) && !strings.Contains(e, "name='tx_enabled' value='false'") {
			t.Errorf("%s: its transmitter is not off", e)
		}
	}
	if got := remove("a'/><new>&\"").xml; got != "<delete id='a&apos;/&gt;&lt;new&gt;&amp;&quot;'/>" {
		t.Error(got)
	}
}

// TestOlderProbes holds that a probe without the command enable is set, and that one without timeouts is used.
func TestOlderProbes(t *testing.T) {
	p := newPeer(t, 4)
	p.refuse["enable"], p.refuse["update"], p.refuse["query"] = "parse", "refused", "failure"
	c := twoLinks(p)
	no := false
	c.Monitoring = &no
	x := open(t, c, nil)
	ctl := p.next()
	ctl.send(appendRecord(nil, 0, now(), unitOf(1, false)))
	x.Want(fmt.Sprintf("north 0 %x", unitOf(1, false)))
	if want := "<set name='pcm1A'><attribute name='tx_enabled' value='false'/><attribute name='status' value='enabled'/><attribute name='monitoring' value='false'/></set>"; !slices.Contains(p.commands(), want) {
		t.Error("not said:", want)
	}
}

func TestLeaveLayer1(t *testing.T) {
	p := newPeer(t, 1)
	x := open(t, Config{Host: p.at, Layer1: "leave", Links: []Link{{Back: "pcm55/1"}}}, nil)
	p.next().send(appendRecord(nil, 0, now(), unitOf(1, false)))
	x.Want(fmt.Sprintf("pcm55/1 1 %x", unitOf(1, false)))
	for _, s := range p.commands() {
		if strings.HasPrefix(s, "<enable") || strings.HasPrefix(s, "<set") {
			t.Error(s)
		}
	}
}

// TestUnits holds what becomes of signal units, good and bad.
func TestUnits(t *testing.T) {
	p := newPeer(t, 4)
	x := open(t, twoLinks(p), nil)
	ctl := p.next()
	at := now()
	bad := slices.Clone(unitOf(3, false))
	bad[4] ^= 1
	var b []byte
	for _, r := range []struct {
		tag  uint16
		unit []byte
	}{{0, unitOf(1, false)}, {1, unitOf(2, false)}, {2, unitOf(2000, true)}, {3, unitOf(4, true)}, {0, bad}, {77, unitOf(1, false)}, {1, nil}, {1, []byte{1, 2}}, {1, unitOf(5, false)}} {
		b = appendRecord(b, r.tag, at, r.unit)
	}
	ctl.send(b)
	high := "3A/1-15+17-31"
	x.Want(fmt.Sprintf("north 0 %x", unitOf(1, false)), fmt.Sprintf("north 1 %x", unitOf(2, false)), fmt.Sprintf("%s 0 %x", high, unitOf(2000, true)),
		fmt.Sprintf("%s 1 %x", high, unitOf(4, true)), fmt.Sprintf("north 0 %x", bad), "  "+errTag.Error(), "north 1 "+errShort.Error(), "north 1 "+errShort.Error())
	f := x.Next()
	if f.Type != capture.LinkMTP2 || f.Payload != capture.MTP2 || f.FCS != capture.FCSThere || f.Len != len(unitOf(5, false)) || f.Number != 9 ||
		f.Time != at/1_000_000*1_000_000 || f.Clock != f.Time || f.Direction != wire.Back {
		t.Errorf("%+v", f)
	}
	ctl.send(appendRecord(nil, 2, at, unitOf(9, true)))
	if f := x.Next(); f.Payload != capture.MTP2Annex {
		t.Errorf("%+v", f)
	}
}

// TestEvents holds what becomes of the events of the probe.
func TestEvents(t *testing.T) {
	t.Parallel() // it waits more than it does
	p := newPeer(t, 4)
	p.status = "LOS"
	x := open(t, twoLinks(p), nil)
	ctl := p.next()
	begins := map[string]int{}
	for range 4 {
		f := x.Next()
		begins[f.String()]++
	}
	for _, s := range []string{"north 0 loss of signal begins", "north 1 loss of signal begins", "3A/1-15+17-31 0 loss of signal begins", "3A/1-15+17-31 1 loss of signal begins"} {
		if begins[s] != 1 {
			t.Errorf("%s: %d times: %v", s, begins[s], begins)
		}
	}
	event := func(text string, want ...string) {
		t.Helper()
		ctl.say("<event>" + text + "</event>")
		x.Want(want...)
	}
	event("<l1_message name='pcm1A' state='OK'/>", "north 0 loss of signal ends")
	event("<l1_message name='2A' state='ok'/>", "north 1 loss of signal ends")
	event("<l1_message name='1A' state='AIS'/>", "north 0 AIS begins")
	event("<l1_message name='1A' state='AIS'/><l1_message name='1A' state='LFA'/>", "north 0 AIS ends", "north 0 loss of frame alignment begins")
	event("<l1_message name='1A' state='LMFA'/>", "north 0 loss of frame alignment ends", "north 0 loss of multiframe alignment begins")
	event("<l1_message name='1A' state='RAI'/>", "north 0 loss of multiframe alignment ends", "north 0 remote alarm begins")
	event("<l1_message name='1A' state='idle'/>", "north 0 note: input: idle")
	event("<l1_message name='9A' state='LOS'/><slip name='2A'/>", "north 1 slip: 1")
	event("<mtp2_message id='m2mo1' value='no signal units'/>", "north 1 note: signalling link: no signal units")
	event("<mtp2_message id='m2mo99' value='in service'/><l2_alarm id='m2mo2' attribute='load' state='cleared' value='20'/>",
		"3A/1-15+17-31 0 note: alarm of the signalling link: load cleared: 20")
	event("<l2_socket_alert ip_addr='127.0.0.1' ip_port='99' reason='buffer_limit'/>", "  note: the probe says l2_socket_alert*")
	event("<strange a='1'><b>t</b></strange>", `  note: the probe says, of something unknown, strange a="1" (b: t)`)
	event("<fatality id='m2mo98' reason='x'/><fatality id='m2mo3' reason='dsp'/>", "  source down begins: the probe ended job m2mo3: dsp")
	ends := map[string]int{}
	for range 3 {
		f := x.Next()
		ends[f.String()]++
	}
	for _, s := range []string{"north 0 remote alarm", "3A/1-15+17-31 0 loss of signal", "3A/1-15+17-31 1 loss of signal"} {
		if ends[s+" ends: the source is down"] != 1 {
			t.Errorf("%s: %v", s, ends)
		}
	}
	p.next()
	x.Want("  source down ends")
}

// TestStateOfNextSession holds that the state of an input ends with the session, and is told again by the next one.
func TestStateOfNextSession(t *testing.T) {
	t.Parallel()
	p := newPeer(t, 1)
	p.status = "RAI"
	x := open(t, Config{Host: p.at, Links: []Link{{Name: "a", Forth: "1A/1"}}}, nil)
	ctl := p.next()
	x.Want("a 0 remote alarm begins")
	ctl.hangUp()
	ctl = p.next()
	x.Want("  source down begins: *", "a 0 remote alarm ends: the source is down", "  source down ends", "a 0 remote alarm begins")
	ctl.say("<event><l1_message name='1A' state='OK'/></event>")
	x.Want("a 0 remote alarm ends")
}

// TestRestart kills the peer in the middle of a stream, with half a record on its way, and starts it again.
func TestRestart(t *testing.T) {
	t.Parallel()
	p := newPeer(t, 4)
	x := open(t, twoLinks(p), nil)
	n := uint16(0)
	for round := range 3 {
		ctl := p.next()
		var b []byte
		for range 20 {
			n++
			b = appendRecord(b, n%2, now(), unitOf(n%128, false))
		}
		half := appendRecord(nil, 0, now(), unitOf(100, false))
		ctl.send(append(b, half[:len(half)-3]...))
		if round > 0 {
			x.Want("  source down ends")
		}
		for i := range uint16(20) {
			x.Want(fmt.Sprintf("north %d %x", (n-19+i)%2, unitOf((n-19+i)%128, false)))
		}
		p.down()
		ctl.hangUp()
		x.Want("  source down begins: *")
		p.up()
	}
	p.next().send(appendRecord(nil, 0, now(), unitOf(1, false)))
	x.Want("  source down ends", fmt.Sprintf("north 0 %x", unitOf(1, false)))
	x.Close()
	x.End()
}

// TestGarbage sends what is no protocol at all: the probe is heard again after each.
func TestGarbage(t *testing.T) {
	t.Parallel()
	p := newPeer(t, 4)
	x := open(t, twoLinks(p), nil)
	var ctl *controller
	up := func(want ...string) {
		t.Helper()
		ctl = p.next()
		ctl.send(appendRecord(nil, 0, now(), unitOf(1, false)))
		x.Want(append(want, fmt.Sprintf("north 0 %x", unitOf(1, false)))...)
	}
	up()
	f := func(control, data string, want string) {
		t.Helper()
		ctl.send(append(appendRecord(nil, 0, now(), unitOf(2, false)), data...))
		x.Want(fmt.Sprintf("north 0 %x", unitOf(2, false)))
		if control != "" {
			ctl.control.Write([]byte(control))
		}
		x.Want("  source down begins: " + want)
		up("  source down ends")
	}
	f("", "\x00\x03\x01\x02\x03", "signal units: a record of 3 octets, where 10 to 4210 can be")
	f("", "GET / HTTP/1.0\r\n\r\n", "signal units: a record of 18245 octets*")
	f("HTTP/1.0 200 OK\r\n\r\n", "", "control connection: header without a content length")
	f("Content-type: text/xml\r\nContent-length: 99999999\r\n\r\n", "", "*")
	f("Content-type: text/xml\r\nContent-length: 4\r\n\r\n<a>>", "", "*")
	f(strings.Repeat("x", 300), "", "*")
	f(strings.Repeat("x: y\r\n", 30), "", "*")
}

// TestDead holds that a probe that does not answer, does not connect back or refuses is given up and tried again.
func TestDead(t *testing.T) {
	t.Parallel()
	f := func(what string, change func(*peer), want string) {
		t.Helper()
		p := newPeer(t, 4)
		change(p)
		x := open(t, twoLinks(p), func(p *probe) { p.wait, p.ping = 300*time.Millisecond, 50*time.Millisecond })
		t.Log(what)
		x.Want(want)
	}
	f("no answer", func(p *peer) { p.deaf = true }, "  source down begins: the probe does not answer for 300ms")
	f("no connection", func(p *peer) { p.silent = true }, "  source down begins: the probe has not connected to 127.0.0.1*")
	f("no job", func(p *peer) { p.refuse["new"] = "refused" }, "  source down begins: listening to 1A/16: the probe answers refused no")
	f("no input", func(p *peer) { p.refuse["enable"], p.refuse["set"] = "busy", "bad argument" }, "  source down begins: input pcm*")
	f("nobody", func(p *peer) { p.down() }, "  source down begins: dial tcp*")
}

// TestStranger holds that only the probe may send signal units.
func TestStranger(t *testing.T) {
	p := newPeer(t, 4)
	c := twoLinks(p)
	x := open(t, c, nil)
	ctl := p.next()
	var told string
	for _, s := range p.commands() {
		if m := regexp.MustCompile(`ip_port='(\d+)'`).FindStringSubmatch(s); m != nil {
			told = "127.0.0.1:" + m[1]
		}
	}
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
	conn, err := d.Dial("tcp", told)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	x.Want("  note: a connection from 127.0.0.9:*")
	ctl.send(appendRecord(nil, 0, now(), unitOf(1, false)))
	x.Want(fmt.Sprintf("north 0 %x", unitOf(1, false)))

	c.From = "127.0.0.9" // then the peer is the stranger
	x = open(t, c, nil)
	p.next()
	x.Want("  note: a connection from 127.0.0.1:*")
}

// TestClocks plays a probe whose clock is an hour off, and jumps.
func TestClocks(t *testing.T) {
	p := newPeer(t, 4)
	x := open(t, twoLinks(p), nil)
	ctl := p.next()
	unit := fmt.Sprintf("north 0 %x", unitOf(1, false))
	send := func(off time.Duration, want ...string) {
		t.Helper()
		before := now()
		ctl.send(appendRecord(nil, 0, before.Add(off), unitOf(1, false)))
		x.Want(want...)
		f := x.Next()
		if f.String() != unit {
			t.Fatal(f.String())
		}
		if lag := f.Time - before; lag < -wire.Time(2*time.Second) || f.Time > now().Add(2*time.Second) { // by as much as the first was late
			t.Errorf("%v off: %v from the machine's clock", off, time.Duration(lag))
		}
	}
	send(-time.Hour, "  clock: the source's clock is 1h0m0*")
	send(-time.Hour)
	send(time.Hour, "  clock: the source's clock is*")
	send(0, "  clock: the source's clock is right again")

	c := twoLinks(p)
	c.Clock = "source"
	x = open(t, c, nil)
	ctl = p.next()
	at := now().Add(-time.Hour) / 1_000_000 * 1_000_000
	ctl.send(appendRecord(nil, 0, at, unitOf(1, false)))
	if f := x.Next(); f.Time != at {
		t.Error("as they are:", f.Time, "want", at)
	}
	ctl.say("<event><slip name='1A'/></event>")
	if f := x.Next(); f.Time < at || f.Time > now().Add(-time.Hour) {
		t.Error("an event is not on the source's clock:", f.Time)
	}
}

// TestErrorRate holds that errored units are counted against good ones where all come.
func TestErrorRate(t *testing.T) {
	p := newPeer(t, 4)
	c := twoLinks(p)
	c.Repeats, c.Errored = "here", true
	x := open(t, c, nil)
	ctl := p.next()
	bad := unitOf(1, false)
	bad[0] ^= 0x55
	var b []byte
	for range 64 {
		b = appendRecord(b, 0, now(), bad)
	}
	ctl.send(b)
	heard := 0
	for heard < 64 {
		if f := x.Next(); f.Payload == capture.MTP2 {
			heard++
		}
	}
	x.Want("north 0 excessive error rate begins")
}

// TestRepeats holds that FISUs which say the same are left out and counted, whatever session they came in.
func TestRepeats(t *testing.T) {
	t.Parallel()
	p := newPeer(t, 4)
	c := twoLinks(p)
	c.Repeats = "here"
	x := open(t, c, nil)
	fisu := hwtest.WithFCS([]byte{0x81, 0x82, 0})
	sent, given, left := 0, 0, 0
	for round := range 2 {
		ctl := p.next()
		at := now()
		var b []byte
		for range 500 {
			b = appendRecord(b, 0, at, fisu)
			sent++
		}
		b = appendRecord(b, 0, at, unitOf(uint16(round), false))
		sent++
		ctl.send(b)
		for {
			f := x.Next()
			if f.Payload != capture.MTP2 {
				continue
			}
			given++
			left += int(f.Repeats)
			if len(f.Data) > len(fisu) {
				break
			}
		}
		ctl.hangUp()
	}
	if given+left != sent {
		t.Errorf("%d given and %d left out of %d", given, left, sent)
	}
	if given > 10 {
		t.Errorf("%d given of %d", given, sent)
	}
}

// TestEnd holds that all which has come when a session ends is given or counted before that is told.
func TestEnd(t *testing.T) {
	t.Parallel()
	p := newPeer(t, 4)
	c := twoLinks(p)
	c.Repeats = "here"
	x := open(t, c, nil)
	const sent = 10_000 // many chunks
	var b []byte
	for range sent {
		b = appendRecord(b, 1, now(), hwtest.WithFCS([]byte{0x81, 0x82, 0}))
	}
	for round := range 3 {
		ctl := p.next()
		ctl.send(b)
		ctl.data.Close()
		given, left := 0, 0
		x.Wait("the end of the session", func(f *hwtest.Heard) bool {
			if f.Payload == capture.MTP2 {
				given++
			}
			if left += int(f.Repeats); f.Repeats > 0 && (f.Line != "north" || f.Direction != wire.Back) {
				t.Errorf("repeats of %q, direction %v", f.Line, f.Direction)
			}
			return f.Event.Kind == capture.EventDown && f.Event.On
		})
		if given+left != sent || given > 10 {
			t.Errorf("round %d: %d given and %d left out of %d", round, given, left, sent)
		}
		ctl.hangUp()
	}
}
