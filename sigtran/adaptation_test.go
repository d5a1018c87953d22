package sigtran

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/wmnsk/go-m3ua/messages"

	"c7mon/mtp"
)

// one reads a single user message with its payload protocol and gives the item as text.
func one(v mtp.Variant, ppid uint32, port int, user []byte) string {
	d := New(Options{Variant: v})
	verdict, _ := d.Packet(0, ipv4Packet(hostA, hostB, protoSCTP, 1, 0, sctpPacket(port, 40000, tagB, dataChunk(3, 1, 0, 0, ppid, user))))
	if len(d.Items) == 0 {
		return verdict.String()
	}
	it := d.Items[0]
	m := it.MSU
	text := fmt.Sprintf("%v %v ni %d si %d mp %d sls %d %d->%d %q", verdict, m.Variant, m.NI, m.SI, m.Priority, m.SLS, m.OPC, m.DPC, m.Data)
	if it.Err != nil {
		text += " " + it.Err.Error()
	}
	return text
}

// TestVariants holds that the network indicator chooses among the variants of an association, with a label and without.
func TestVariants(t *testing.T) {
	asked := []string{}
	d := New(Options{Variants: func(name string) Variants {
		asked = append(asked, name)
		return Variants{2: mtp.ANSI, 3: mtp.China}
	}})
	f := func(want mtp.Variant, ppid uint32, tsn uint32, user []byte) {
		t.Helper()
		d.Packet(0, ipv4Packet(hostA, hostB, protoSCTP, 1, 0, sctpPacket(2905, 2905, tagB, dataChunk(3, tsn, 0, 0, ppid, user))))
		if len(d.Items) != 1 || d.Items[0].Err != nil || d.Items[0].MSU.Variant != want || d.Items[0].MSU.OPC != 0x010203 && ppid != 3 {
			t.Errorf("%+v, want variant %v", d.Items, want)
		}
	}
	f(mtp.ITU, 3, 1, m3uaMessage(pdata(4625, 2050, 5, 0, 0, 5, []byte("text"))))
	f(mtp.ANSI, 3, 2, m3uaMessage(pdata(4625, 2050, 5, 2, 0, 5, []byte("text"))))
	f(mtp.China, 3, 3, m3uaMessage(pdata(4625, 2050, 5, 3, 0, 5, []byte("text"))))
	for i, v := range []mtp.Variant{mtp.ANSI, mtp.China} {
		msu := mtp.MSU{Variant: v, NI: uint8(2 + i), SI: 5, OPC: 0x010203, DPC: 0x040506, Data: []byte("text")}
		f(v, 2, uint32(4+i), maup(param(0x300, msu.Append(nil))))
	}
	if len(asked) != 1 {
		t.Errorf("asked for %v", asked)
	}
}

func TestM3UA(t *testing.T) {
	f := func(want string, user []byte) {
		t.Helper()
		if got := one(mtp.ITU, 3, 40001, user); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	const good = `msu itu ni 3 si 5 mp 1 sls 200 4625->2050 "text."`
	p := pdata(4625, 2050, 5, 3, 1, 200, []byte("text."))
	f(good, m3uaMessage(p))
	f(good, m3uaMessage(param(0x200, []byte{0, 0, 0, 8}), param(6, []byte{0, 0, 0, 10}), p, param(0x13, []byte{0, 0, 0, 1})))
	f(good, m3uaMessage(param(0x7777, []byte("unknown")), p))
	f(good, append(m3uaMessage(p), "behind the message"...))
	f(good, m3uaMessage(p)[:8+16+5]) // the padding is counted and not sent
	f(`msu itu ni 2 si 5 mp 0 sls 15 16777215->1 ""`, m3uaMessage(pdata(0xffffffff, 1, 0xf5, 0xfe, 0xfc, 15, nil)))
	f(`msu itu ni 3 si 5 mp 1 sls 200 4625->2050 "te" protocol data: at octet 8: 21 octets needed, 18 there`, m3uaMessage(p)[:26])
	f(`msu itu ni 0 si 0 mp 0 sls 0 0->0 "" protocol data: at octet 12: 12 octets needed, 4 there`, m3uaMessage(param(0x210, []byte("1234"))))
	f(`msu itu ni 0 si 0 mp 0 sls 0 0->0 "" message: it has no protocol data`, m3uaMessage(param(6, []byte{0, 0, 0, 10})))
	f(`msu itu ni 0 si 0 mp 0 sls 0 0->0 "" parameter at octet 8: its length 3 is less than 4`, m3uaMessage([]byte{0, 6, 0, 3}))
	f(`msu itu ni 0 si 0 mp 0 sls 0 0->0 "" parameter: at octet 8: 99 octets needed, 4 there`, m3uaMessage([]byte{0, 6, 0, 99}))
	f(`msu itu ni 0 si 0 mp 0 sls 0 0->0 "" message: its length is less than 8`, []byte{1, 0, 1, 1, 0, 0, 0, 7})
	f(`msu itu ni 0 si 0 mp 0 sls 0 0->0 "" message: its version is not 1`, []byte{2, 0, 1, 1, 0, 0, 0, 8})
	f(`msu itu ni 0 si 0 mp 0 sls 0 0->0 "" common message header: at octet 0: 8 octets needed, 3 there`, []byte{1, 0, 1})
	f("management", []byte{1, 0, 3, 1, 0, 0, 0, 8})
}

// isup is an MSU from the service information octet on, with the ITU label 4625 -> 2050, SLS 5.
var isup = (&mtp.MSU{NI: 2, SI: 5, SLS: 5, OPC: 4625, DPC: 2050, Data: []byte("text")}).Append(nil)

func TestM3UADrafts(t *testing.T) {
	f := func(want string, tag int, value []byte) {
		t.Helper()
		if got := one(mtp.ITU, 3, 40001, m3uaMessage(param(tag, value))); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	const good = `msu itu ni 2 si 5 mp 0 sls 5 4625->2050 "text"`
	f(good, 2, isup)
	f(good, 0x81, isup)
	f(good, 3, isup)
	japan := (&mtp.MSU{Variant: mtp.Japan, NI: 2, SI: 5, SLS: 5, OPC: 4625, DPC: 2050, Data: []byte("text")}).Append([]byte{0x80 | 10})
	f(`msu japan ni 2 si 5 mp 2 sls 5 4625->2050 "text"`, 3, japan)
	f(`msu itu ni 2 si 5 mp 0 sls 0 0->0 "" routing label: at octet 1: 4 octets needed, 2 there`, 2, isup[:3])
}

func maup(parameters ...[]byte) []byte {
	m := m3uaMessage(parameters...)
	m[2] = classMAUP
	return m
}

func TestM2UA(t *testing.T) {
	f := func(want string, v mtp.Variant, user []byte) {
		t.Helper()
		if got := one(v, 2, 40001, user); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	const good = `msu itu ni 2 si 5 mp 0 sls 5 4625->2050 "text"`
	f(good, mtp.ITU, maup(param(1, []byte{0, 0, 0, 3}), param(tagM2UAData1, isup)))
	f(good, mtp.ITU, maup(param(3, []byte("link 3")), param(tagM2UADraft, isup)))
	ansi := mtp.MSU{Variant: mtp.ANSI, NI: 2, Priority: 1, SI: 5, SLS: 31, OPC: 0x010203, DPC: 0x040506, Data: []byte("text")}
	f(`msu ansi ni 2 si 5 mp 1 sls 31 66051->263430 "text"`, mtp.ANSI, maup(param(tagM2UAData1, ansi.Append(nil))))
	japan := (&mtp.MSU{Variant: mtp.Japan, NI: 2, SI: 5, SLS: 5, OPC: 4625, DPC: 2050, Data: []byte("text")}).Append([]byte{0xc0})
	f(`msu japan ni 2 si 5 mp 3 sls 5 4625->2050 "text"`, mtp.ITU, maup(param(tagM2UAData2, japan)))
	f(`msu itu ni 0 si 0 mp 0 sls 0 0->0 "" message: it has no protocol data`, mtp.ITU, maup())
	f(`msu itu ni 0 si 0 mp 0 sls 0 0->0 "" length indicator: at octet 0: 1 octets needed, 0 there`, mtp.ITU, maup(param(tagM2UAData2, nil)))
	f("management", mtp.ITU, []byte{1, 0, classMAUP, 2, 0, 0, 0, 8})
}

func m2paMessage(typ byte, body []byte) []byte {
	b := be32([]byte{1, 0, classM2PA, typ}, uint32(16+len(body)))
	return append(be32(be32(b, 0xffffff), 7), body...)
}

func TestM2PA(t *testing.T) {
	f := func(want string, v mtp.Variant, user []byte) {
		t.Helper()
		if got := one(v, 5, 40001, user); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	const good = `msu itu ni 2 si 5 mp 0 sls 5 4625->2050 "text"`
	f(good, mtp.ITU, m2paMessage(1, append([]byte{0}, isup...)))
	f(good, mtp.ITU, append(m2paMessage(1, append([]byte{0x40}, isup...)), 0, 0)) // the priority is of the TTC form only
	japan := (&mtp.MSU{Variant: mtp.Japan, NI: 2, SI: 5, SLS: 5, OPC: 4625, DPC: 2050, Data: []byte("text")}).Append([]byte{0x80})
	f(`msu japan ni 2 si 5 mp 2 sls 5 4625->2050 "text"`, mtp.Japan, m2paMessage(1, japan))
	draft := append(append(be32([]byte{1, 0, 6, 1}, uint32(8+1+len(isup))), 0), isup...)
	f(good, mtp.ITU, draft)
	f("management", mtp.ITU, m2paMessage(1, nil))
	f("management", mtp.ITU, m2paMessage(2, []byte{0, 0, 0, 4}))
	f(`msu itu ni 2 si 5 mp 0 sls 0 0->0 "" routing label: at octet 1: 4 octets needed, 1 there`, mtp.ITU, m2paMessage(1, []byte{0, isup[0], 1}))
	f(`msu itu ni 0 si 0 mp 0 sls 0 0->0 "" M2PA user data: at octet 0: 17 octets needed, 12 there`, mtp.ITU, m2paMessage(1, []byte{0})[:12])
}

func TestProtocolChoice(t *testing.T) {
	f := func(want string, ppid uint32, port int, user []byte) {
		t.Helper()
		if got := one(mtp.ITU, ppid, port, user); got != want {
			t.Errorf("PPID %#x port %d: got %s, want %s", ppid, port, got, want)
		}
	}
	const m3, m2 = `msu itu ni 2 si 5 mp 0 sls 3 1->2 "x"`, `msu itu ni 2 si 5 mp 0 sls 5 4625->2050 "text"`
	f(m3, 3, 1, simple("x"))
	f(m3, 3, 2904, simple("x")) // the PPID wins
	f(m3, 0x03000000, 1, simple("x"))
	f(m3, 0, 2905, simple("x"))
	f(m3, 99, 2905, simple("x"))
	f(m2, 0, 2904, maup(param(tagM2UAData1, isup)))
	f(m2, 0, 3565, m2paMessage(1, append([]byte{0}, isup...)))
	f("other", 0, 7, simple("x"))
	f("other", 46, 3868, []byte("Diameter"))
	f("other", 46, 2905, []byte("Diameter on a borrowed port"))
	f("other", 4, 14001, []byte{1, 0, 7, 1, 0, 0, 0, 8})
	f("management", 4, 14001, []byte{1, 0, 3, 1, 0, 0, 0, 8})
}

// TestDataAgainstLibrary holds our walk of DATA against go-m3ua's, on messages that are whole and on damaged ones.
func TestDataAgainstLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 66))
	octets := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	agreed := 0
	for range 100_000 {
		var parts [][]byte
		if r.IntN(2) == 0 {
			parts = append(parts, param(0x200, octets(4)))
		}
		if r.IntN(2) == 0 {
			parts = append(parts, param(6, octets(4*(1+r.IntN(3)))))
		}
		head := octets(12)
		parts = append(parts, param(tagProtocolData, append(head, octets(r.IntN(40))...)))
		if r.IntN(2) == 0 {
			parts = append(parts, param(0x13, octets(4)))
		}
		b := m3uaMessage(parts...)
		for range r.IntN(3) {
			b[4+r.IntN(len(b)-4)] ^= 1 << r.IntN(8) // the class and type stay
		}
		if againstLibrary(t, b) {
			agreed++
		}
	}
	if agreed < 50_000 {
		t.Errorf("only %d messages were read by both", agreed)
	}
}

// againstLibrary compares the two readings, and says whether both read the message. The library knows no message
// length and no unknown parameters, so only what it reads is compared.
func againstLibrary(t testing.TB, b []byte) bool {
	t.Helper()
	var m mtp.MSU
	err := m3ua(&m, &Variants{}, b)
	cut, lengthErr := body(b)
	if lengthErr != nil {
		return false
	}
	parsed, libErr := messages.Parse(cut)
	if libErr != nil {
		return false
	}
	data, ok := parsed.(*messages.Data)
	if !ok || data.ProtocolData == nil {
		return false
	}
	pd, pdErr := data.ProtocolData.ProtocolData()
	if pdErr != nil {
		return false
	}
	if bytes.Count(cut, []byte{2, 0x10}) > 1 {
		return false // the library takes the last protocol data of several, we the first
	}
	if err != nil {
		t.Errorf("% x: %v; the library reads %+v", b, err, pd)
		return false
	}
	if m.OPC != pd.OriginatingPointCode&pointCodeMask || m.DPC != pd.DestinationPointCode&pointCodeMask ||
		m.SI != pd.ServiceIndicator&15 || m.NI != pd.NetworkIndicator&3 || m.Priority != pd.MessagePriority&3 ||
		m.SLS != pd.SignalingLinkSelection || !bytes.Equal(m.Data, pd.Data) {
		t.Errorf("% x: %+v; the library reads %+v", b, m, pd)
	}
	return true
}

func TestMessageText(t *testing.T) {
	f := func(want string, protocol Protocol, data []byte) {
		t.Helper()
		m := Message{Protocol: protocol, Data: data}
		text, err := m.Text()
		got := m.Name() + ": " + text
		if err != nil {
			got += "! " + err.Error()
		}
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	msg := func(class, typ byte, parameters ...[]byte) []byte {
		b := m3uaMessage(parameters...)
		b[2], b[3] = class, typ
		return b
	}
	f("ASPUP: ", M3UA, msg(3, 1))
	f("ASPAC: traffic mode 2 loadshare, routing context 10 11", M3UA, msg(4, 1, param(0x0b, []byte{0, 0, 0, 2}), param(6, []byte{0, 0, 0, 10, 0, 0, 0, 11})))
	f("DUNA: network appearance 8, affected point code 4625 2048/3", M3UA, msg(2, 1, param(0x200, []byte{0, 0, 0, 8}), param(0x12, []byte{0, 0, 0x12, 0x11, 3, 0, 8, 0})))
	f("DUPU: affected point code 1, user 5 cause 1 unequipped", M3UA, msg(2, 5, param(0x12, []byte{0, 0, 0, 1}), param(0x204, []byte{0, 1, 0, 5})))
	f("SCON: affected point code 1, concerned destination 2, congestion level 3", M3UA, msg(2, 4, param(0x12, []byte{0, 0, 0, 1}), param(0x206, []byte{0, 0, 0, 2}), param(0x205, []byte{0, 0, 0, 3})))
	f(`NTFY: status type 1 information 3, info "all well"`, M3UA, msg(0, 1, param(0x0d, []byte{0, 1, 0, 3}), param(4, []byte("all well"))))
	f("ERR: error code 0x19, diagnostic information 0102", M3UA, msg(0, 0, param(0x0c, []byte{0, 0, 0, 0x19}), param(7, []byte{1, 2})))
	f("BEAT: heartbeat data 010203", M3UA, msg(3, 3, param(9, []byte{1, 2, 3})))
	f("ASPUP: parameter 0x7777 0102, ASP identifier 7", M3UA, msg(3, 1, param(0x7777, []byte{1, 2}), param(0x11, []byte{0, 0, 0, 7})))
	f("class 5 type 9: ", M3UA, msg(5, 9))
	f("ASPUP: ASP identifier 7! parameter at octet 16: parameter has invalid length value", M3UA, msg(3, 1, param(0x11, []byte{0, 0, 0, 7}), []byte{0, 4, 0, 99}))
	f("ASPUP: ", M3UA, append(msg(3, 1), "behind the message"...))
	f("DUNA: affected point code", M3UA, msg(2, 1, param(0x12, nil)))
	f("ASPUP: ! message: its length is less than 8", M3UA, []byte{1, 0, 3, 1, 0, 0, 0, 4})
	f(": ! common message header: at octet 0: 8 octets needed, 2 there", M3UA, []byte{1, 0})
	f("ESTABLISH REQ: interface 3", M2UA, msg(6, 2, param(1, []byte{0, 0, 0, 3})))
	f("ASPUP: ", M2UA, msg(3, 1))
	f("LINK STATUS: BSN 16777215, FSN 7, ready", M2PA, m2paMessage(2, []byte{0, 0, 0, 4}))
	f("LINK STATUS: BSN 16777215, FSN 7, state 77", M2PA, m2paMessage(2, []byte{0, 0, 0, 77}))
	f("ACK: BSN 16777215, FSN 7", M2PA, m2paMessage(1, nil))
	f("LINK STATUS: 00 00 00 01", M2PA, []byte{1, 0, 6, 2, 0, 0, 0, 12, 0, 0, 0, 1})
	f("LINK STATUS: ! FSN: at octet 12: 4 octets needed, 0 there", M2PA, m2paMessage(2, nil)[:12])
}
