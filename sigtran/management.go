package sigtran

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/wmnsk/go-m3ua/messages/params"

	"c7mon/wire"
)

// messageNames holds the names of the messages that M3UA, M2UA and SUA share, by class and type. RFC 4666 3.1.2.
var messageNames = map[[2]byte]string{
	{0, 0}: "ERR", {0, 1}: "NTFY",
	{2, 1}: "DUNA", {2, 2}: "DAVA", {2, 3}: "DAUD", {2, 4}: "SCON", {2, 5}: "DUPU", {2, 6}: "DRST",
	{3, 1}: "ASPUP", {3, 2}: "ASPDN", {3, 3}: "BEAT", {3, 4}: "ASPUP ACK", {3, 5}: "ASPDN ACK", {3, 6}: "BEAT ACK",
	{4, 1}: "ASPAC", {4, 2}: "ASPIA", {4, 3}: "ASPAC ACK", {4, 4}: "ASPIA ACK",
	{9, 1}: "REG REQ", {9, 2}: "REG RSP", {9, 3}: "DEREG REQ", {9, 4}: "DEREG RSP",
}

// interfaceNames holds those of M2UA alone, RFC 3331 3.1.4.
var interfaceNames = map[[2]byte]string{
	{6, 1}: "DATA", {6, 2}: "ESTABLISH REQ", {6, 3}: "ESTABLISH CONFIRM", {6, 4}: "RELEASE REQ",
	{6, 5}: "RELEASE CONFIRM", {6, 6}: "RELEASE IND", {6, 7}: "STATE REQ", {6, 8}: "STATE CONFIRM", {6, 9}: "STATE IND",
	{6, 10}: "DATA RETRIEVAL REQ", {6, 11}: "DATA RETRIEVAL CONFIRM", {6, 12}: "DATA RETRIEVAL IND",
	{6, 13}: "DATA RETRIEVAL COMPLETE IND", {6, 14}: "CONGESTION IND", {6, 15}: "DATA ACK",
	{10, 1}: "REG REQ", {10, 2}: "REG RSP", {10, 3}: "DEREG REQ", {10, 4}: "DEREG RSP",
}

// linkStates holds the states of the M2PA link status message, RFC 4165 2.2.2.
var linkStates = [...]string{1: "alignment", "proving normal", "proving emergency", "ready", "processor outage",
	"processor outage ended", "busy", "busy ended", "out of service"}

// Name gives the abbreviation of the message, as its RFC has it.
func (m *Message) Name() string {
	if len(m.Data) < uaHeader {
		return ""
	}
	class, typ := m.Data[2], m.Data[3]
	name := ""
	switch {
	case m.Protocol == M2PA && m2paUserData(m.Data) != 0:
		name = "ACK"
	case m.Protocol == M2PA && typ == 2 && (class == classM2PA || class == classMAUP):
		name = "LINK STATUS"
	case m.Protocol == M2UA:
		name = interfaceNames[[2]byte{class, typ}]
	}
	if name == "" && m.Protocol != M2PA {
		name = messageNames[[2]byte{class, typ}]
	}
	if name == "" {
		name = fmt.Sprintf("class %d type %d", class, typ)
	}
	return name
}

// Text gives the parameters in words: "routing context 10, affected point code 4625". The error says why it ends early.
func (m *Message) Text() (string, error) {
	if len(m.Data) < uaHeader {
		r := wire.NewReader(m.Data)
		r.Take("common message header", uaHeader)
		return "", r.Err()
	}
	b, err := body(m.Data)
	if err != nil {
		return "", err
	}
	if m.Protocol == M2PA {
		return m2paText(b)
	}
	var text []string
	for off := uaHeader; off < len(b); {
		// One parameter at a time: the library's reading of a whole message fails on one that it does not know.
		p, err := params.Parse(b[off:])
		if err != nil {
			return strings.Join(text, ", "), fmt.Errorf("parameter at octet %d: %w", off, err)
		}
		text = append(text, parameterText(m.Protocol, p))
		off += p.MarshalLen()
	}
	return strings.Join(text, ", "), nil
}

// m2paText gives the sequence numbers and the state of the link.
func m2paText(b []byte) (string, error) {
	if b[2] != classM2PA {
		return fmt.Sprintf("% x", b[uaHeader:]), nil
	}
	r := wire.NewReader(b)
	r.Take("common message header", uaHeader)
	bsn, fsn := r.U32BE("BSN")&0xffffff, r.U32BE("FSN")&0xffffff
	if r.Err() != nil {
		return "", r.Err()
	}
	text := fmt.Sprintf("BSN %d, FSN %d", bsn, fsn)
	if b[3] == typeData {
		return text, nil
	}
	state := r.U32BE("link status")
	if r.Err() != nil {
		return text, r.Err()
	}
	if state < uint32(len(linkStates)) && linkStates[state] != "" {
		return text + ", " + linkStates[state], nil
	}
	return fmt.Sprintf("%s, state %d", text, state), nil
}

// parameterText gives one parameter. The lengths are looked at here: the library reads a value of a wrong length as 0.
func parameterText(protocol Protocol, p *params.Param) string {
	four := len(p.Data) == 4
	switch {
	case p.Tag == params.InfoString:
		return fmt.Sprintf("info %q", p.InfoString())
	case p.Tag == params.RoutingContext && protocol != M2UA && len(p.Data)%4 == 0:
		return "routing context" + numbers(p.RoutingContexts())
	case p.Tag == params.TrafficModeType && four:
		return "traffic mode " + oneOf(p.TrafficModeType(), "", "override", "loadshare", "broadcast")
	case p.Tag == params.ErrorCode && four:
		return fmt.Sprintf("error code 0x%02x", p.ErrorCode())
	case p.Tag == params.Status && four:
		return fmt.Sprintf("status type %d information %d", p.StatusType(), p.StatusInfo())
	case p.Tag == params.AspIdentifier && four:
		return fmt.Sprintf("ASP identifier %d", p.AspIdentifier())
	case p.Tag == params.CorrelationID && four:
		return fmt.Sprintf("correlation identifier %d", p.CorrelationID())
	case p.Tag == params.AffectedPointCode && protocol != M2UA && len(p.Data)%4 == 0:
		return "affected point code" + pointCodes(p.AffectedPointCodes())
	case p.Tag == params.HeartbeatData:
		return fmt.Sprintf("heartbeat data %x", p.HeartbeatData())
	case p.Tag == params.DiagnosticInformation:
		return fmt.Sprintf("diagnostic information %x", p.DiagnosticInformation())
	case protocol == M3UA && four:
		return m3uaParameterText(p)
	case protocol == M2UA && p.Tag == 1 && four:
		return fmt.Sprintf("interface %d", binary.BigEndian.Uint32(p.Data))
	}
	return fmt.Sprintf("parameter 0x%04x %x", p.Tag, p.Data)
}

// m3uaParameterText gives the parameters of four octets that M3UA alone has, RFC 4666 3.2.
func m3uaParameterText(p *params.Param) string {
	switch p.Tag {
	case params.NetworkAppearance:
		return fmt.Sprintf("network appearance %d", p.NetworkAppearance())
	case params.UserCause:
		return fmt.Sprintf("user %d cause %s", p.UserIdentity(),
			oneOf(uint32(p.UnavailabilityCause()), "unknown", "unequipped", "inaccessible"))
	case params.CongestionIndications:
		return fmt.Sprintf("congestion level %d", p.CongestionLevel()&0xff)
	case params.ConcernedDestination:
		return fmt.Sprintf("concerned destination %d", p.ConcernedDestination()&pointCodeMask)
	case params.LocalRoutingKeyIdentifier:
		return fmt.Sprintf("local routing key %d", p.LocalRoutingKeyIdentifier())
	case params.RegistrationStatus:
		return fmt.Sprintf("registration status %d", p.RegistrationStatus())
	case params.DeregistrationStatus:
		return fmt.Sprintf("deregistration status %d", p.DeregistrationStatus())
	case params.DestinationPointCode:
		return fmt.Sprintf("destination point code %d", p.DestinationPointCode()&pointCodeMask)
	}
	return fmt.Sprintf("parameter 0x%04x %x", p.Tag, p.Data)
}

func oneOf(n uint32, names ...string) string {
	if n < uint32(len(names)) && names[n] != "" {
		return fmt.Sprintf("%d %s", n, names[n])
	}
	return fmt.Sprint(n)
}

func numbers(list []uint32) string {
	var b strings.Builder
	for _, n := range list {
		fmt.Fprintf(&b, " %d", n)
	}
	return b.String()
}

// pointCodes gives each point code with its mask, the number of low bits that do not count, where there is one.
func pointCodes(list []uint32) string {
	var b strings.Builder
	for _, n := range list {
		fmt.Fprintf(&b, " %d", n&pointCodeMask)
		if mask := n >> 24; mask != 0 {
			fmt.Fprintf(&b, "/%d", mask)
		}
	}
	return b.String()
}
