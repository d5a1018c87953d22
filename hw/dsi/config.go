// Package dsi takes the messages that Dialogic SS7MD and SS7HD boards give the modules of their host, from a relay on the
// host or from its log, and gives the signal units that the boards heard and the events of their lines.
package dsi

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"c7mon/hw"
	"c7mon/wire"
)

// Config says where the messages come from and which link is which.
type Config struct {
	Address  string `yaml:"address"`  // "tcp:10.0.0.5:4700" or "unix:/run/dsi.sock", where a relay listens; "fifo:/run/dsi", into which one writes; "file:/var/log/s7.log"
	Format   string `yaml:"format"`   // records (default): the framing of docs/hardware.md; text (default of a file): lines of s7_log
	Timezone string `yaml:"timezone"` // of the times in a text, as in "Asia/Ho_Chi_Minh"; default UTC
	Start    string `yaml:"start"`    // of a file: RFC 3339 time of messages that bear none and come before any that does; default: when the file was changed last
	Clock    string `yaml:"clock"`    // machine (default) or source, see hw.Clock; a file has its own times alone
	Links    []Link `yaml:"links"`    // none: link ids 0 and 1 are the two directions of link "0", 2 and 3 of "1" ...
}

// A Link is one signalling link, monitored as two, one a direction.
type Link struct {
	Name     string `yaml:"name"`      // default: the first id
	Forth    *int   `yaml:"forth"`     // link id of MONITOR_LINK
	Back     *int   `yaml:"back"`      // that of the other direction
	ForthLIU string `yaml:"forth_liu"` // line interface of forth, "board/liu", or "liu" of board 0: its alarms are those of the link
	BackLIU  string `yaml:"back_liu"`
	Sequence string `yaml:"sequence"` // sequence numbers: basic (7 bits, default) or extended (12 bits)
	AAL5     bool   `yaml:"aal5"`     // the link is one on ATM: SSCOP in AAL5 instead of MTP2
}

// A way is one direction of a link.
type way struct {
	line  uint32
	dir   wire.Direction
	aal5  bool
	units hw.Units // by the ms of the times
}

// A liu is a line interface of a board.
type liu struct {
	board, number uint16
}

// host is a configuration that has been checked, and what is remembered from one session to the next. It is for one
// goroutine.
type host struct {
	network, address string // "tcp", "unix", "fifo" or "file"
	text             bool
	start            wire.Time
	clock            hw.Clock
	lines            *hw.Lines
	reader           textReader
	paired           bool // links by their ids alone
	ways             map[uint16]*way
	lius             map[liu][]*way
	fifo             *os.File  // stays open from session to session, so that no writer is cut off
	last             wire.Time // Clock of the last frame
	silence          time.Duration
}

// Open checks the configuration and gives the source; the first Next goes to the host. An error names the key that is wrong
// and says what is needed.
func Open(c Config) (hw.Source, error) {
	lines := new(hw.Lines)
	h, err := newHost(c, lines)
	if err != nil {
		return nil, err
	}
	return keep(lines, h), nil
}

// keep makes the source of a host.
func keep(lines *hw.Lines, h *host) *hw.Kept {
	return hw.Keep(lines, h.dial)
}

// maxSilence is how long a relay may say nothing. It says each 10 s that it is there.
const maxSilence = 30 * time.Second

func newHost(c Config, lines *hw.Lines) (*host, error) {
	lines.Add("") // the whole source is line 0
	h := &host{lines: lines, start: wire.NoTime, ways: map[uint16]*way{}, lius: map[liu][]*way{}, paired: len(c.Links) == 0, last: wire.NoTime, silence: maxSilence}
	if err := h.where(c); err != nil {
		return nil, err
	}
	switch c.Format {
	case "":
		h.text = h.network == "file"
	case "records", "text":
		h.text = c.Format == "text"
	default:
		return nil, fmt.Errorf("format: %q: records or text is needed", c.Format)
	}
	if err := h.times(c); err != nil {
		return nil, err
	}
	for i := range c.Links {
		if err := h.addLink(&c.Links[i]); err != nil {
			return nil, fmt.Errorf("links: link %d: %w", i+1, err)
		}
	}
	return h, nil
}

// where reads the address.
func (h *host) where(c Config) error {
	var ok bool
	h.network, h.address, ok = strings.Cut(c.Address, ":")
	bad := func(need string) error { return fmt.Errorf("address: %q: %s is needed", c.Address, need) }
	switch h.network {
	case "tcp":
		host, port, err := net.SplitHostPort(h.address)
		if _, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil || host == "" {
			return bad("tcp:, a host, a colon and a port, such as tcp:10.0.0.5:4700,")
		}
	case "unix", "fifo", "file":
		if h.address == "" {
			return bad(h.network + ": and a path")
		}
	default:
		ok = false
	}
	if !ok {
		return bad("tcp:HOST:PORT, unix:PATH, fifo:PATH or file:PATH")
	}
	return nil
}

// times reads what is said of clocks.
func (h *host) times(c Config) (err error) {
	h.reader.zone = time.UTC
	if c.Timezone != "" {
		if h.reader.zone, err = time.LoadLocation(c.Timezone); err != nil {
			return fmt.Errorf("timezone: %q: a name such as Asia/Ho_Chi_Minh is needed", c.Timezone)
		}
	}
	if c.Start != "" {
		t, err := time.Parse(time.RFC3339Nano, c.Start)
		if err != nil {
			return fmt.Errorf("start: %q: a time such as 2003-10-18T10:00:00Z is needed", c.Start)
		}
		if h.network != "file" {
			return fmt.Errorf("start: is for a file alone")
		}
		h.start = wire.TimeOf(t)
	}
	if h.network == "file" {
		if c.Clock != "" && c.Clock != "source" {
			return fmt.Errorf("clock: %q: a file has no clock but the source's", c.Clock)
		}
		c.Clock = "source"
	}
	h.clock, err = hw.NewClock(c.Clock)
	return err
}

// addLink reads a link.
func (h *host) addLink(l *Link) error {
	if l.Forth == nil && l.Back == nil {
		return fmt.Errorf("forth or back is needed: the link id of MONITOR_LINK")
	}
	name := l.Name
	var annexA bool
	switch l.Sequence {
	case "", "basic":
	case "extended":
		annexA = true
	default:
		return fmt.Errorf("sequence: %q: basic or extended is needed", l.Sequence)
	}
	for dir, id := range [...]*int{wire.Forth: l.Forth, wire.Back: l.Back} {
		key, port := [...]string{"forth", "back"}[dir], [...]string{l.ForthLIU, l.BackLIU}[dir]
		if id == nil {
			if port != "" {
				return fmt.Errorf("%s_liu: is of no use without %s", key, key)
			}
			continue
		}
		if *id < 0 || *id > 0xffff {
			return fmt.Errorf("%s: %d: a link id from 0 to 65535 is needed", key, *id)
		}
		if h.ways[uint16(*id)] != nil {
			return fmt.Errorf("%s: link id %d stands twice", key, *id)
		}
		if name == "" {
			name = strconv.Itoa(*id)
		}
		w := &way{line: h.lines.Add(name), dir: wire.Direction(dir), aal5: l.AAL5, units: hw.NewUnits(1, annexA, 1000)}
		h.ways[uint16(*id)] = w
		if port != "" {
			p, err := parseLIU(port)
			if err != nil {
				return fmt.Errorf("%s_liu: %w", key, err)
			}
			h.lius[p] = append(h.lius[p], w)
		}
	}
	return nil
}

// parseLIU reads "board/liu" or "liu".
func parseLIU(s string) (liu, error) {
	board, number, two := strings.Cut(s, "/")
	if !two {
		board, number = "0", s
	}
	b, berr := strconv.ParseUint(board, 10, 16)
	n, nerr := strconv.ParseUint(number, 10, 16)
	if berr != nil || nerr != nil {
		return liu{}, fmt.Errorf("%q: the numbers of a board and of its line interface are needed, such as 0/3", s)
	}
	return liu{uint16(b), uint16(n)}, nil
}

// way gives the direction of a link id, nil when it is that of no link.
func (h *host) way(id uint16) *way {
	w := h.ways[id]
	if w == nil && h.paired {
		w = &way{line: h.lines.Add(strconv.Itoa(int(id / 2))), dir: wire.Direction(id % 2), units: hw.NewUnits(1, false, 1000)}
		h.ways[id] = w
	}
	return w
}
