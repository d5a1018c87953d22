package dahdi

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Requests of the driver, by the numbers that x86-64 and arm64 have. None of those that set up a line, send or dial is here.
const (
	getParams      = 0xc088da05
	getEvent       = 0x8004da08
	spanStatus     = 0xc13ada0a
	setBufferInfo  = 0x4018da1b
	specifyChannel = 0x4004da26
	bufferEvents   = 0x4004da69
)

// Lengths of what the requests take and give, in octets.
const (
	paramsOctets     = 136
	spanOctets       = 314
	bufferInfoOctets = 24
	intOctets        = 4
)

// Bounds of the driver.
const (
	maxSpans    = 128
	maxChannels = 1024
)

// wantMaster asks, with the channel number, for the number of the channel that the one is bundled with.
const wantMaster = 0x40000000

// Kinds of signalling of a channel.
const (
	sigClear   = 0x80
	sigHDLCFCS = 0x380
	sigMTP2    = 0x100380
)

// sigtypes are the kinds by name of system.conf.
var sigtypes = map[uint32]string{0: "unused", sigClear: "bchan or clear", 0x180: "rawhdlc", sigHDLCFCS: "dchan", 0x780: "nethdlc",
	0x800: "a part of another channel", 0x8000: "cas", 0x10080: "dacs", 0x80080: "hardhdlc", sigMTP2: "mtp2"}

func sigtypeText(s uint32) string {
	if t, ok := sigtypes[s]; ok {
		return t
	}
	return fmt.Sprintf("0x%x", s)
}

// Events of a channel.
const (
	eventNone        = 0
	eventAlarm       = 4
	eventNoAlarm     = 5
	eventAbort       = 6
	eventOverrun     = 7
	eventBadFCS      = 8
	eventRemoved     = 20
	eventReadOverrun = 29
)

// Alarm bits of a span.
const (
	alarmLoopback = 0x002
	alarmYellow   = 0x004
	alarmRed      = 0x008
	alarmBlue     = 0x010
	alarmLOS      = 0x100
	alarmLFA      = 0x200
	alarmLMFA     = 0x400
)

// params is what is asked of a channel: its place and how it is configured.
type params struct {
	channel, span, position int
	sigtype                 uint32
	name                    string
}

// Decode reads the structure of 136 octets.
func (p *params) Decode(b []byte) error {
	if len(b) < paramsOctets {
		return fmt.Errorf("channel parameters: %d octets, %d are needed", len(b), paramsOctets)
	}
	*p = params{number(b, 0), number(b, 4), number(b, 8), binary.NativeEndian.Uint32(b[12:]), text(b[48:88])}
	return nil
}

// A spanInfo is the state of a span.
type spanInfo struct {
	number            int
	name, description string
	alarms            uint32
	crc4, ebits       uint32 // blocks counted since the driver was loaded
	irqMisses         uint32
	configured, total int // channels
	spans             int // in the machine
	lineConfig        uint32
}

// Decode reads the structure of 314 octets.
func (s *spanInfo) Decode(b []byte) error {
	if len(b) < spanOctets {
		return fmt.Errorf("span status: %d octets, %d are needed", len(b), spanOctets)
	}
	u32 := func(at int) uint32 { return binary.NativeEndian.Uint32(b[at:]) }
	*s = spanInfo{number: number(b, 0), name: text(b[4:24]), description: text(b[24:64]), alarms: u32(64), crc4: u32(80), ebits: u32(84),
		irqMisses: u32(112), configured: number(b, 120), total: number(b, 124), spans: number(b, 128), lineConfig: u32(136)}
	return nil
}

// number reads an int of the driver.
func number(b []byte, at int) int { return int(int32(binary.NativeEndian.Uint32(b[at:]))) }

// text reads a string that ends with a zero, or with its field.
func text(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// ints encodes ints of the driver, one behind the other.
func ints(octets int, v ...uint32) []byte {
	b := make([]byte, 0, octets)
	for _, n := range v {
		b = binary.NativeEndian.AppendUint32(b, n)
	}
	return b[:octets]
}

// Buffers of a channel. The driver has up to 32 of at most 32768 octets in all. It gives each one when it is full (policy
// 0): when all have to be full first (policy 1), a second would pass before anything is heard.
const (
	buffers       = 32
	clearOctets   = 160  // 20 ms of a timeslot, so there is room for 640 ms
	framedOctets  = 1024 // longer than any frame, which has a buffer of its own
	policyAtOnce  = 0
	keptForReader = 0 // what the last two fields say of buffers in use, which the driver does not read
)

// bufferInfo is how the buffers of a channel are to be.
func bufferInfo(octets uint32) []byte {
	return ints(bufferInfoOctets, policyAtOnce, policyAtOnce, buffers, octets, keptForReader, keptForReader)
}

// alarmTexts name the alarms of a span, in the order in which a list has them.
var alarmTexts = [...]struct {
	bit  uint32
	text string
}{{alarmRed, "red"}, {alarmYellow, "yellow (remote alarm)"}, {alarmBlue, "blue (AIS)"}, {alarmLOS, "loss of signal"},
	{alarmLFA, "loss of frame alignment"}, {alarmLMFA, "loss of multiframe alignment"}, {1, "recovering"}, {alarmLoopback, "loopback"},
	{0x20, "not open"}}

// lineTexts name what a span is configured for.
var lineTexts = [...]struct {
	bit  uint32
	text string
}{{0x100, "ccs"}, {0x200, "hdb3"}, {0x400, "crc4"}}
