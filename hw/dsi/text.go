package dsi

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"c7mon/wire"
)

// A line is one line of the log of s7_log, or of the command file of s7_play:
//
//	S7L:I0000 M t8f01 i0000 f00 def s00 pffff0103
//	S7L:2001-11-20 15:17:01.012 BRD:2001-11-20 15:17:01.011 I0000 M t8f0f i0000 f00 def s00 pffff01037caa8ec4e90f2abf
//	M-I0000-t8f01-i0000-f00-def-s00-pffff0103
//
// The first time is by the clock of the host, the one behind BRD: by that of the board. s7_log prints maintenance messages
// in words, which are kept as they are.
type line struct {
	kind    lineKind
	host    wire.Time // NoTime when none
	board   wire.Time // NoTime when none
	text    []byte    // of lineText; aliases the line
	message message   // of lineMessage; its param is octets of the reader
}

type lineKind uint8

const (
	lineBlank   lineKind = iota // nothing, a comment or a heading
	lineMessage                 // a message in octets
	lineText                    // a message in words
)

// maxLine is the longest line in octets: the parameter area in hexadecimal and what stands before it.
const maxLine = 2*maxParam + 200

// errLine is the reason of a line that is none of a log.
var errLine = errors.New("line: neither a message of s7_log nor a heading")

// A textReader reads lines. It is for one goroutine.
type textReader struct {
	zone  *time.Location // of the times in the log
	param [maxParam]byte
}

// decode reads a line without its end. An error says what cannot be right in it.
func (r *textReader) decode(l *line, b []byte) (err error) {
	*l = line{host: wire.NoTime, board: wire.NoTime}
	b = bytes.TrimSpace(b)
	rest, log := bytes.CutPrefix(b, []byte("S7L:"))
	if !log && (len(b) == 0 || b[0] == '*' || b[0] == ';' || b[0] == '=' || len(b) >= 6 && bytes.EqualFold(b[:6], []byte("S7_log"))) {
		return nil
	}
	rest = bytes.TrimLeft(rest, " ")
	l.host, rest = r.time(rest)
	if after, ok := bytes.CutPrefix(rest, []byte("BRD:")); ok {
		l.board, rest = r.time(after)
	}
	if !log && !l.host.Known() && !l.board.Known() && (len(rest) == 0 || rest[0] != 'M' && rest[0] != 'I') {
		return errLine
	}
	whole := rest
	instance, rest, _, err := field(rest, 'I')
	if err != nil {
		return err
	}
	after, ok := bytes.CutPrefix(rest, []byte("M"))
	if !ok || len(after) == 0 || after[0] != ' ' && after[0] != '-' {
		if !log {
			return errLine
		}
		l.kind, l.text = lineText, whole
		return nil
	}
	l.kind = lineMessage
	l.message.instance = uint16(instance)
	return r.fields(&l.message, after)
}

// fields reads the fields of a message, each a letter and hexadecimal digits, with spaces or hyphens between.
func (r *textReader) fields(m *message, b []byte) error {
	typed := false
	for {
		if b = bytes.TrimLeft(b, " -"); len(b) == 0 {
			break
		}
		name := b[0]
		if name == 'p' {
			return r.parameters(m, b[1:], typed)
		}
		value, rest, ok, err := field(b, name)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("line: field %q without a value", name)
		}
		b = rest
		switch name {
		case 't':
			m.kind, typed = uint16(value), true
		case 'i':
			m.id = uint16(value)
		case 'I':
			m.instance = uint16(value)
		case 'f':
			m.src = uint8(value)
		case 'd':
			m.dst = uint8(value)
		case 'r':
			m.rspReq = uint16(value)
		case 'h':
			m.hclass = uint8(value)
		case 's':
			m.status = uint8(value)
		case 'e':
			m.errInfo = value
		}
	}
	if !typed {
		return errors.New("line: a message without its type")
	}
	return nil
}

// parameters reads the parameter area, which ends the line but for a comment.
func (r *textReader) parameters(m *message, b []byte, typed bool) error {
	if !typed {
		return errors.New("line: a message without its type")
	}
	n := 0
	for len(b) > 0 && b[0] != ' ' {
		if len(b) < 2 {
			return errors.New("line: half an octet at its end")
		}
		high, low := digit(b[0]), digit(b[1])
		if high < 0 || low < 0 {
			return fmt.Errorf("line: %q is no octet", b[:2])
		}
		if n == maxParam {
			return fmt.Errorf("line: more than %d octets of parameters", maxParam)
		}
		r.param[n] = byte(high<<4 | low)
		n, b = n+1, b[2:]
	}
	m.param = r.param[:n:n]
	return nil
}

// field reads a letter and up to eight hexadecimal digits, and the spaces and hyphens behind them. ok is false when b
// begins otherwise, which leaves rest as it was.
func field(b []byte, name byte) (value uint32, rest []byte, ok bool, err error) {
	if len(b) < 2 || b[0] != name || digit(b[1]) < 0 {
		return 0, b, false, nil
	}
	n := 1
	for ; n < len(b) && b[n] != ' ' && b[n] != '-'; n++ {
		d := digit(b[n])
		if d < 0 || n > 8 {
			return 0, b, false, fmt.Errorf("line: field %q is no number of up to 8 hexadecimal digits", name)
		}
		value = value<<4 | uint32(d)
	}
	return value, bytes.TrimLeft(b[n:], " -"), true, nil
}

func digit(o byte) int {
	switch {
	case o >= '0' && o <= '9':
		return int(o - '0')
	case o >= 'a' && o <= 'f':
		return int(o-'a') + 10
	case o >= 'A' && o <= 'F':
		return int(o-'A') + 10
	}
	return -1
}

// form is how s7_log prints a time; the fraction may have any number of digits.
const form = "0000-00-00 00:00:00"

// time reads the time at the front of b, and the spaces behind it; NoTime when there is none.
func (r *textReader) time(b []byte) (wire.Time, []byte) {
	if len(b) < len(form) {
		return wire.NoTime, b
	}
	var n [7]int // year to second, nanoseconds
	at := 0
	for i, o := range []byte(form) {
		switch {
		case o != '0':
			if b[i] != o {
				return wire.NoTime, b
			}
			at++
		case b[i] < '0' || b[i] > '9':
			return wire.NoTime, b
		default:
			n[at] = 10*n[at] + int(b[i]-'0')
		}
	}
	i := len(form)
	if i < len(b) && b[i] == '.' {
		i++
		for unit := 100_000_000; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
			n[6] += int(b[i]-'0') * unit
			unit /= 10
		}
	}
	if n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 23 || n[4] > 59 || n[5] > 60 {
		return wire.NoTime, b
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6], r.zone)
	return wire.TimeOf(t), bytes.TrimLeft(b[i:], " ")
}
