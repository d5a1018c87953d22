package main

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"c7mon/capture"
	"c7mon/isup"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/wire"
)

// A message is one line of decode: the JSON object of design section 4.2.
type message struct {
	File      string `json:"file,omitempty"` // only where several are read
	Frame     uint64 `json:"frame"`
	Time      string `json:"time"`
	Link      string `json:"link"`
	Direction string `json:"direction"`
	Protocol  string `json:"protocol"`

	NI  *uint8  `json:"ni,omitempty"`
	SI  *uint8  `json:"si,omitempty"`
	OPC *uint32 `json:"opc,omitempty"`
	DPC *uint32 `json:"dpc,omitempty"`
	SLS *uint8  `json:"sls,omitempty"`
	CIC *uint32 `json:"cic,omitempty"`

	Message string `json:"message,omitempty"`
	Type    *uint8 `json:"type,omitempty"`

	Called       *string `json:"called,omitempty"`
	CalledNOA    *uint8  `json:"called_noa,omitempty"`
	CalledST     bool    `json:"called_st,omitempty"`
	Calling      *string `json:"calling,omitempty"`
	CallingNOA   *uint8  `json:"calling_noa,omitempty"`
	Presentation *uint8  `json:"calling_presentation,omitempty"`
	Cause        *uint8  `json:"cause,omitempty"`
	Location     string  `json:"cause_location,omitempty"`
	Coding       *uint8  `json:"cause_coding,omitempty"`
	Event        *uint8  `json:"event,omitempty"`
	TMR          *uint8  `json:"tmr,omitempty"`
	Category     *uint8  `json:"category,omitempty"`
	Redirecting  *string `json:"redirecting,omitempty"`
	Original     *string `json:"original_called,omitempty"`
	Range        *uint8  `json:"range,omitempty"`
	Status       *string `json:"status,omitempty"`

	Params    []param `json:"params"`
	Duplicate bool    `json:"duplicate,omitempty"` // it was heard before: MTP2, SCTP or a second tap repeats it
	Error     string  `json:"error,omitempty"`

	text string // what a message of the adaptation layers says, for people
}

// A param is one parameter as it was sent.
type param struct {
	Code  uint8  `json:"code"`
	Name  string `json:"name"`
	Hex   string `json:"hex"`
	Value any    `json:"value"`
}

// protocols names the user parts, by service indicator.
var protocols = [16]string{mtp.SNM: "snm", mtp.MTN: "sltm", mtp.MTNS: "sltm", mtp.SCCP: "sccp", mtp.TUP: "tup",
	mtp.ISUP: "isup", mtp.BICC: "bicc"}

func protocolOf(si uint8) string {
	if p := protocols[si&15]; p != "" {
		return p
	}
	return fmt.Sprintf("si%d", si)
}

// newMessage makes the object of what was heard. Nothing in it is borrowed.
func newMessage(h *monitor.Heard) *message {
	u := h.MSU
	m := &message{Frame: h.Frame.Number, Time: h.Frame.Time.String(), Link: h.Link, Direction: u.Direction.String(),
		Protocol: protocolOf(u.SI), NI: ptr(u.NI), SI: ptr(u.SI), OPC: ptr(u.OPC), DPC: ptr(u.DPC), SLS: ptr(u.SLS),
		Message: h.Name, Duplicate: h.Duplicate}
	if h.Err != nil {
		m.Error = h.Err.Error()
	}
	if h.Message == nil {
		return m
	}
	msg := h.Message
	m.CIC, m.Message, m.Type = ptr(msg.CIC), msg.Name(), ptr(uint8(msg.Type))
	for _, p := range msg.Params {
		v := msg.Value(p)
		m.Params = append(m.Params, param{uint8(p.Code), msg.Tables.ParamName(p.Code), hex.EncodeToString(v),
			msg.Tables.Show(p.Code, v)})
		m.keep(p.Code, v)
	}
	return m
}

// keep sets the field that a parameter has of its own; of two parameters of one name the first counts.
func (m *message) keep(c isup.Code, v []byte) {
	switch c {
	case isup.CalledNumber:
		if n, digits, st, ok := number(v); ok && m.Called == nil {
			m.Called, m.CalledNOA, m.CalledST = &digits, ptr(n.NOA), st
		}
	case isup.SubsequentNum:
		var n isup.SubsequentNumber
		if n.Decode(v) == nil && m.Called == nil {
			digits, st := n.Digits()
			m.Called, m.CalledST = &digits, st
		}
	case isup.CallingNumber:
		if n, digits, _, ok := number(v); ok && m.Calling == nil {
			m.Calling, m.CallingNOA, m.Presentation = &digits, ptr(n.NOA), ptr(n.Presentation)
		}
	case isup.RedirectingNumber:
		if _, digits, _, ok := number(v); ok && m.Redirecting == nil {
			m.Redirecting = &digits
		}
	case isup.OriginalCalled:
		if _, digits, _, ok := number(v); ok && m.Original == nil {
			m.Original = &digits
		}
	case isup.CauseIndicators:
		var cs isup.Cause
		if cs.Decode(v) == nil && m.Cause == nil {
			m.Cause, m.Location, m.Coding = ptr(uint8(cs.Value)), cs.Location.String(), ptr(cs.Coding)
		}
	case isup.EventInformation:
		first(&m.Event, v, 0x7f)
	case isup.TMR:
		first(&m.TMR, v, 0xff)
	case isup.CallingCategory:
		first(&m.Category, v, 0xff)
	case isup.RangeAndStatus:
		if len(v) > 0 && m.Range == nil {
			m.Range, m.Status = ptr(v[0]), ptr(hex.EncodeToString(v[1:]))
		}
	}
}

func number(v []byte) (n isup.Number, digits string, st, ok bool) {
	if n.Decode(v) != nil {
		return n, "", false, false
	}
	digits, st = n.Digits()
	return n, digits, st, true
}

func first(to **uint8, v []byte, mask uint8) {
	if len(v) > 0 && *to == nil {
		*to = ptr(v[0] & mask)
	}
}

func ptr[T any](v T) *T { return &v }

// A messageLine prints messages for people, a line each. It formats without allocation: a day's capture has millions.
type messageLine struct {
	zone *time.Location
	form mtp.PointCodeForm
	buf  []byte
	num  isup.Number

	second int64 // since 1970, that clock is the text of
	clock  []byte
}

// line gives the line of what was heard, valid until the next call.
func (p *messageLine) line(h *monitor.Heard) []byte {
	u := h.MSU
	b := p.head(h.Frame, h.Link, u.Direction.String())
	b = p.form.Append(b, u.OPC)
	b = append(b, '>')
	b = p.form.Append(b, u.DPC)
	b = append(b, ' ')
	if h.Message != nil {
		b = p.call(b, h.Message)
	} else {
		b = append(append(b, protocolOf(u.SI)...), ' ')
		b = append(b, h.Name...)
	}
	if h.Duplicate {
		b = append(b, " (again)"...)
	}
	if h.Err != nil {
		b = append(append(append(b, " ["...), h.Err.Error()...), ']')
	}
	b = append(b, '\n')
	p.buf = b
	return b
}

// head begins a line: time, link and direction.
func (p *messageLine) head(f *capture.Frame, link, direction string) []byte {
	b := append(append(p.time(p.buf[:0], f.Time), ' '), link...)
	if direction != "" {
		b = append(append(b, '/'), direction...)
	}
	return append(b, ' ')
}

// time appends a time to the microsecond. The text of a second is kept: many messages have the same one, and making it
// costs more than all the rest of a line.
func (p *messageLine) time(b []byte, t wire.Time) []byte {
	us := t.Micros()
	second := us / 1e6
	if us%1e6 < 0 {
		second--
	}
	if p.clock == nil || second != p.second {
		p.second = second
		p.clock = t.Std().In(p.zone).AppendFormat(p.clock[:0], "2006-01-02 15:04:05.")
	}
	b = append(b, p.clock...)
	part := us - second*1e6
	for unit := int64(100_000); unit > 0; unit /= 10 {
		b = append(b, '0'+byte(part/unit%10))
	}
	return b
}

// other gives the line of what is no MSU, valid until the next call.
func (p *messageLine) other(f *capture.Frame, m *message) []byte {
	b := p.head(f, m.Link, m.Direction)
	b = append(append(append(b, m.Protocol...), ' '), m.Message...)
	if m.text != "" {
		b = append(append(b, ' '), m.text...)
	}
	if m.Error != "" {
		b = append(append(append(b, " ["...), m.Error...), ']')
	}
	p.buf = append(b, '\n')
	return p.buf
}

// call appends what a message of ISUP or BICC says.
func (p *messageLine) call(b []byte, m *isup.Message) []byte {
	b = append(append(b, m.Tables.Protocol...), ' ')
	b = strconv.AppendUint(b, uint64(m.CIC), 10)
	b = append(b, ' ')
	b = append(b, m.Name()...)
	for _, q := range m.Params {
		v := m.Value(q)
		switch q.Code {
		case isup.CalledNumber:
			b = p.number(b, " called ", v)
		case isup.CallingNumber:
			b = p.number(b, " calling ", v)
		case isup.SubsequentNum:
			var n isup.SubsequentNumber
			if n.Decode(v) == nil {
				b, _ = n.AppendDigits(append(b, " digits "...))
			}
		case isup.CauseIndicators:
			var cs isup.Cause
			if cs.Decode(v) == nil {
				b = append(b, " cause "...)
				b = strconv.AppendUint(b, uint64(cs.Value), 10)
				b = append(append(b, ' '), cs.Location.String()...)
			}
		case isup.EventInformation:
			if len(v) > 0 {
				b = strconv.AppendUint(append(b, " event "...), uint64(v[0]&0x7f), 10)
			}
		case isup.RangeAndStatus:
			if len(v) > 0 {
				b = strconv.AppendUint(append(b, " range "...), uint64(v[0]), 10)
			}
		}
	}
	return b
}

func (p *messageLine) number(b []byte, what string, v []byte) []byte {
	if p.num.Decode(v) != nil {
		return b
	}
	b, _ = p.num.AppendDigits(append(b, what...))
	return b
}
