package mtp

// Headings of network management and test messages: the low half of the heading octet is H0, the high half H1.
// Q.704 15, Q.707 5; those of T1.111.4 and T1.111.7 have codes of their own, so that one table holds all.
var (
	managementNames = [256]string{
		0x11: "COO", 0x21: "COA", 0x31: "XCO", 0x41: "XCA", 0x51: "CBD", 0x61: "CBA", // Q.704 15.4, 15.5
		0x12: "ECO", 0x22: "ECA", // 15.6
		0x13: "RCT", 0x23: "TFC", // 15.9, 15.7
		0x14: "TFP", 0x24: "TCP", 0x34: "TFR", 0x44: "TCR", 0x54: "TFA", 0x64: "TCA", // 15.7
		0x15: "RST", 0x25: "RSR", 0x35: "RCP", 0x45: "RCR", // 15.10
		0x16: "LIN", 0x26: "LUN", 0x36: "LIA", 0x46: "LUA", 0x56: "LID", 0x66: "LFU", 0x76: "LLT", 0x86: "LRT", // 15.11
		0x17: "TRA", 0x27: "TRW", // 15.12
		0x18: "DLC", 0x28: "CSS", 0x38: "CNS", 0x48: "CNP", // 15.8
		0x1a: "UPU", // 15.17
	}
	testNames = [256]string{0x11: "SLTM", 0x21: "SLTA", 0x23: "SRT", 0x84: "SRA"} // Q.707 5.4; JT-Q707
)

// Management gives the abbreviation of a network management or test message (SI 0, 1 and 2), "" for a heading that is not
// known. m.Data starts with the heading octet; in Japan a spare octet comes before it.
func (m *MSU) Management() string {
	b := m.Data
	if m.Variant == Japan && len(b) > 0 {
		b = b[1:]
	}
	if len(b) == 0 {
		return ""
	}
	switch m.SI {
	case SNM:
		return managementNames[b[0]]
	case MTN, MTNS:
		return testNames[b[0]]
	}
	return ""
}
