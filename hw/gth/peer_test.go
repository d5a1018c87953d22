package gth

import (
	"bufio"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"sync"
	"testing"
	"time"

	"c7mon/hw"
	"c7mon/hw/hwtest"
	"c7mon/wire"
)

// A peer is a probe: it takes commands over TCP, and connects back with signal units.
type peer struct {
	t      *testing.T
	at     string
	refuse map[string]string // reason of the error by command; set before anybody connects
	status string            // of each input
	deaf   bool              // takes commands from the jobs on and answers none
	silent bool              // never connects back
	links  int               // jobs after which a controller is ready
	ready  chan *controller

	mu   sync.Mutex
	ear  net.Listener
	said []string // commands, all controllers'
}

// A controller is one who has connected to the peer.
type controller struct {
	peer    *peer
	control net.Conn
	mu      sync.Mutex // guards writing to control
	data    net.Conn
	jobs    []string
	gone    chan struct{}
}

func newPeer(t *testing.T, links int) *peer {
	p := &peer{t: t, at: "127.0.0.1:0", refuse: map[string]string{}, status: "OK", links: links, ready: make(chan *controller, 10)}
	p.up()
	t.Cleanup(p.down)
	return p
}

// up begins to take connections, at the same port each time.
func (p *peer) up() {
	p.t.Helper()
	ear, err := net.Listen("tcp", p.at)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.ear, p.at = ear, ear.Addr().String()
	p.mu.Unlock()
	go func() {
		for {
			conn, err := ear.Accept()
			if err != nil {
				return
			}
			c := &controller{peer: p, control: conn, gone: make(chan struct{})}
			go c.serve()
		}
	}()
}

// down stops taking connections.
func (p *peer) down() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ear.Close()
}

// commands gives what was said so far.
func (p *peer) commands() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.said...)
}

// next waits for a controller with all its jobs.
func (p *peer) next() *controller {
	p.t.Helper()
	select {
	case c := <-p.ready:
		return c
	case <-time.After(hwtest.Patience):
		p.t.Fatal("nobody has connected")
	}
	return nil
}

// node is any XML element.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []node     `xml:",any"`
}

func (n *node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// serve answers the commands of one controller.
func (c *controller) serve() {
	defer close(c.gone)
	defer c.hangUp()
	r := textproto.NewReader(bufio.NewReader(c.control))
	for {
		head, err := r.ReadMIMEHeader()
		if err != nil {
			return
		}
		n, err := strconv.Atoi(head.Get("Content-Length"))
		if err != nil || head.Get("Content-Type") != "text/xml" {
			c.peer.t.Error("header of a command:", head)
			return
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r.R, body); err != nil {
			return
		}
		c.peer.mu.Lock()
		c.peer.said = append(c.peer.said, string(body))
		c.peer.mu.Unlock()
		var m node
		if err := xml.Unmarshal(body, &m); err != nil {
			c.peer.t.Errorf("command %s: %v", body, err)
			return
		}
		if c.peer.deaf && len(c.jobs) == c.peer.links {
			continue
		}
		if c.answer(&m) == "bye" {
			return
		}
		if m.XMLName.Local == "new" && len(c.jobs) == c.peer.links {
			c.peer.ready <- c
		}
	}
}

// answer does what a command says.
func (c *controller) answer(m *node) string {
	verb := m.XMLName.Local
	if reason, ok := c.peer.refuse[verb]; ok {
		c.say(fmt.Sprintf(`<error reason='%s'>no</error>`, reason))
		return verb
	}
	switch verb {
	case "bye", "nop", "update", "enable", "set", "delete":
		c.say("<ok/>")
	case "query":
		c.say(fmt.Sprintf("<state><resource name='%s'><attribute name='monitoring' value='true'/>\r\n<attribute name='status' value='%s'/></resource></state>",
			m.Children[0].attr("name"), c.peer.status))
	case "new":
		job := &m.Children[0]
		if job.XMLName.Local != "mtp2_monitor" {
			c.peer.t.Error("a job of another kind:", job.XMLName.Local)
		}
		if c.data == nil && !c.peer.silent {
			conn, err := net.Dial("tcp", net.JoinHostPort(job.attr("ip_addr"), job.attr("ip_port")))
			if err != nil {
				c.say("<error reason='failure'/>")
				return verb
			}
			c.data = conn
		}
		c.jobs = append(c.jobs, "m2mo"+job.attr("tag"))
		c.say("<job id='m2mo" + job.attr("tag") + "'/>")
	default:
		c.peer.t.Error("unknown command:", verb)
		c.say("<error reason='parse'/>")
	}
	return verb
}

// say sends one element, an answer or an event.
func (c *controller) say(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintf(c.control, "Content-type: text/xml\r\nContent-length: %d\r\n\r\n%s", len(text), text)
}

// send sends octets on the connection for signal units.
func (c *controller) send(b []byte) {
	c.peer.t.Helper()
	if _, err := c.data.Write(b); err != nil {
		c.peer.t.Error("sending signal units:", err)
	}
}

// hangUp breaks both connections, as when the probe loses power.
func (c *controller) hangUp() {
	c.control.Close()
	if c.data != nil {
		c.data.Close()
	}
}

// appendRecord writes a signal unit as the probe does.
func appendRecord(dst []byte, tag uint16, t wire.Time, unit []byte) []byte {
	be := binary.BigEndian
	ms := uint64(t / 1_000_000)
	dst = be.AppendUint16(dst, uint16(10+len(unit)))
	dst = be.AppendUint16(be.AppendUint16(dst, tag), 0)
	dst = be.AppendUint32(be.AppendUint16(dst, uint16(ms>>32)), uint32(ms))
	return append(dst, unit...)
}

// now is the time that the machine has.
func now() wire.Time { return wire.TimeOf(time.Now()) }

// twoLinks is a configuration with an ordinary link and a high-speed one.
func twoLinks(p *peer) Config {
	return Config{Host: p.at, Links: []Link{{Name: "north", Forth: "1A/16", Back: "2A/16"}, {Forth: "3A/1-15+17-31", Back: "4A/1-15+17-31", ESNF: true}}}
}

// open opens a source, which change makes quick to notice things, and reads it in the background.
func open(t *testing.T, c Config, change func(*probe)) *hwtest.Listener {
	t.Helper()
	lines := new(hw.Lines)
	p, err := newProbe(c, lines)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(p)
	}
	return hwtest.Listen(t, keep(lines, p))
}
