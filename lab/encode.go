package lab

import (
	"c7mon/cause"
	"c7mon/isup"
)

// coder makes the octets of messages in buffers that it uses again.
type coder struct {
	fields []isup.Field
	values []byte // contents of the fields, one after the other
	spans  []int  // where in values each field begins
	bcd    []byte
	out    []byte
}

func (k *coder) begin() { k.fields, k.values, k.spans = k.fields[:0], k.values[:0], k.spans[:0] }

// field begins a parameter; its contents are what is appended to values until the next one.
func (k *coder) field(c isup.Code, contents ...byte) {
	k.fields = append(k.fields, isup.Field{Code: c})
	k.spans = append(k.spans, len(k.values))
	k.values = append(k.values, contents...)
}

// message encodes the fields; the octets are valid until the next message.
func (k *coder) message(cic uint16, typ isup.Type) ([]byte, error) {
	for i := range k.fields {
		end := len(k.values)
		if i+1 < len(k.spans) {
			end = k.spans[i+1]
		}
		k.fields[i].Value = k.values[k.spans[i]:end]
	}
	out, err := isup.ITU.Append(k.out[:0], uint32(cic), typ, k.fields)
	k.out = out
	return out, err
}

// number adds an address parameter.
func (k *coder) number(c isup.Code, n isup.Number, digits string) {
	k.field(c)
	n.Plan = 1
	n.SetDigits(k.bcd, digits)
	k.bcd = n.Signals
	k.values = n.Append(k.values)
}

// step encodes a message of a call.
func (k *coder) step(c *call, s *step) ([]byte, error) {
	k.begin()
	switch s.typ {
	case isup.IAM:
		k.iam(c, int(s.a), s.b != 0)
	case isup.SAM:
		k.field(isup.SubsequentNum)
		more := isup.Number{}
		more.SetDigits(k.bcd, string(c.digits[c.sent:c.sent+int(s.a)]))
		k.bcd = more.Signals
		n := isup.SubsequentNumber{Odd: more.Odd, Signals: more.Signals}
		k.values = n.Append(k.values)
		c.sent += int(s.a)
	case isup.ACM, isup.CON:
		k.field(isup.BackwardCall, byte(s.bci), byte(s.bci>>8))
		if s.bci&bciInterwork != 0 && s.typ == isup.ACM {
			k.field(isup.OptionalBackward, 0x01) // in-band information may be there
		}
	case isup.CPG:
		k.field(isup.EventInformation, s.a)
	case isup.ANM:
		if s.bci != 0 {
			k.field(isup.BackwardCall, byte(s.bci), byte(s.bci>>8))
		}
	case isup.COT:
		k.field(isup.Continuity, s.a)
	case isup.GRS, isup.GRA, isup.CGB, isup.CGBA:
		return k.supervision(s.typ, c.CIC, c.CIC+uint16(s.a), s.b)
	case isup.SUS, isup.RES:
		k.field(isup.SuspendResume, s.a)
	case isup.REL:
		k.field(isup.CauseIndicators)
		v := isup.Cause{Location: cause.Location(s.b), Value: cause.Code(s.a)}
		k.values = v.Append(k.values)
	}
	return k.message(c.CIC, s.typ)
}

// iam adds the fields of an IAM with the first n digits of the called number.
func (k *coder) iam(c *call, n int, check bool) {
	isdn := byte(0)
	if c.TMR == tmrUnrestricted {
		isdn = 0x01
	}
	nature := natureOf(c.plan.far)
	if check {
		nature |= 0x04 // continuity check required on this circuit
	}
	k.field(isup.NatureOfConnection, nature)
	k.field(isup.ForwardCall, forwardOf(c.plan.far), isdn)
	k.field(isup.CallingCategory, c.Category)
	k.field(isup.TMR, c.TMR)
	k.number(isup.CalledNumber, isup.Number{NOA: c.CalledNOA}, string(c.digits[:n]))
	c.sent = n
	if c.HasCalling {
		k.number(isup.CallingNumber, isup.Number{
			NOA: c.CallingNOA, Presentation: c.CallingPresentation, Screening: 3}, c.Calling)
	}
	if c.Redirecting != "" {
		k.number(isup.RedirectingNumber, isup.Number{NOA: noaNational}, c.Redirecting)
		k.number(isup.OriginalCalled, isup.Number{NOA: noaNational}, c.OriginalCalled)
		k.field(isup.RedirectionInfo, 0x03|c.reason<<4, 0x01|c.reason<<4) // call diverted, once
	}
	if c.TMR == tmrUnrestricted {
		k.field(isup.UserService, 0x88, 0x90)
	} else if c.CIC%4 == 0 {
		k.field(isup.UserService, 0x80, 0x90, 0xa3) // speech at 64 kbit/s, G.711 A-law
	}
	if c.CIC%3 == 0 {
		k.field(isup.AccessTransport, 0x1e, 0x02, 0x81, 0x83) // progress: calling equipment is not ISDN
	}
	k.field(isup.PropagationDelay, 0, byte(10+c.CIC%40))
	k.field(isup.HopCounter, 20)
}

// Transmission media, Q.763 3.54.
const (
	tmrSpeech       = 0
	tmrUnrestricted = 2
	tmrAudio        = 3
)

// Natures of address, Q.763 3.9.
const (
	noaSubscriber    = 1
	noaUnknown       = 2
	noaNational      = 3
	noaInternational = 4
)

// natureOf gives the nature of connection indicators: an echo device for long ways, Q.763 3.35.
func natureOf(f far) byte {
	if f == abroad {
		return 0x10
	}
	return 0
}

// forwardOf gives the first octet of the forward call indicators, Q.763 3.23: ISDN user part used all the way and preferred,
// an international call where it is one.
func forwardOf(f far) byte {
	if f == abroad {
		return 0x21
	}
	return 0x20
}
