package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"c7mon/lab"
)

// The differential test: every ISUP and BICC message that tshark 4 finds in a capture against the object that decode --json
// prints for it, message by message in the order within the frame. tshark writes PDML, which keeps the messages of a
// frame apart; its other formats join them.

// said is what one of the two says of a message: the fields of design section 4.2 that both know, as text. A field that is
// absent is not in it.
type said map[string]string

// sameFields are the fields that are compared, all but broken by the names of design section 4.2.
var sameFields = []string{"time", "protocol", "ni", "opc", "dpc", "sls", "cic", "type", "called", "called_noa", "called_st",
	"calling", "calling_noa", "calling_presentation", "cause", "cause_location", "cause_coding", "event", "tmr", "category",
	"redirecting", "original_called", "range", "status", "broken"}

// A slip is a difference that is known, and right to leave.
type slip struct {
	why  string
	fits func(ours, theirs said, field string) bool
	used atomic.Int64
}

// needTshark gives the path of tshark. The test is no test without it, so a missing one is a failure.
func needTshark(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("tshark")
	if err != nil {
		t.Fatal("tshark is not there. The line that installs it: apt-get update && apt-get install -y --no-install-recommends tshark")
	}
	return path
}

// TestTsharkAgrees runs over captures of two real stacks, those of the protocol notes and of public collections where they
// are at hand, and synthetic ones.
func TestTsharkAgrees(t *testing.T) {
	needTshark(t)
	f := func(path string, want int, more ...string) {
		t.Helper()
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(path, shared) {
				if _, err := os.Stat(shared); err != nil {
					t.Skip("no folder of captures beside the checkout:", err)
				}
			}
			tsharkAgrees(t, path, want, more, nil)
		})
	}
	const (
		ansi  = "mtp3.standard:ANSI"
		draft = "m3ua.version:Internet Draft version 6"
		fcs   = "mtp2.capture_contains_frame_check_sequence:TRUE"
		erf   = "erf.hdlc_type:SS7 MTP2"
	)
	testdata := "../../monitor/testdata/"
	f(testdata+"libss7_itu_clean.pcap.gz", 2971)
	f(testdata+"libss7_ansi_clean.pcap.gz", 2418, ansi)
	f(testdata+"yate_itu.pcap.gz", 2184)
	f(shared+"libss7/itu_clean.pcap", 2971)
	f(shared+"libss7/ansi_clean.pcap", 2418, ansi)
	samples := shared + "protocol/samples/"
	f(samples+"ansi_mtp3_dlt141.pcap", 5, ansi)
	f(samples+"itu_erf_mc_hdlc_dlt197.pcap", 20, erf)
	f(samples+"itu_mtp2_dlt140.pcap", 20)
	f(samples+"itu_mtp2fcs_dlt140.pcap", 20, fcs)
	f(samples+"itu_mtp2phdr_dlt139.pcap", 20)
	f(samples+"itu_mtp2x_annexA_dlt139.pcap", 20)
	f(samples+"itu_mtp3_dlt141.pcap", 20)
	f(samples+"sigtran_eth.pcap", 11)
	f(shared+"captures/realjimmy__isup_load_generator.pcap", 5265)
	f(shared+"captures/the-tcpdump-group__isup_load_generator.pcap", 10)
	f(shared+"captures/the-tcpdump-group__isup.pcap", 6, draft)
	f(shared+"captures/realjimmy__bicc.pcap", 1)
}

// shared is the folder beside the checkout.
const shared = "../../../shared/"

// TestTsharkAgreesOnLab does the same with synthetic traffic in every form of link.
func TestTsharkAgreesOnLab(t *testing.T) {
	needTshark(t)
	for _, o := range []lab.Options{{Scenario: "basic"}, {Scenario: "faults"}, {Scenario: "load", Calls: 150}} {
		for _, o.Link = range lab.Links() {
			t.Run(o.Scenario+"/"+o.Link, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "capture")
				tsharkAgrees(t, path, writeLab(t, path, o), nil, nil)
			})
		}
	}
}

// writeLab writes a synthetic capture and tells how many messages of ISUP it has.
func writeLab(t *testing.T, path string, o lab.Options) int {
	t.Helper()
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := lab.Write(out, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return sum.MSUs
}

// tsharkAgrees compares the messages of one capture; want is how many there are.
func tsharkAgrees(t *testing.T, path string, want int, preferences []string, slips []slip) {
	t.Helper()
	ours := decoded(t, path, slices.Contains(preferences, "mtp3.standard:ANSI"))
	theirs := pdml(t, path, preferences)
	if len(ours) != want || len(theirs) != want {
		t.Errorf("%d messages here, %d of tshark, want %d", len(ours), len(theirs), want)
	}
	differences := 0
	for i := range min(len(ours), len(theirs)) {
		if ours[i]["frame"] != theirs[i]["frame"] {
			t.Fatalf("message %d is in frame %s here, %s of tshark", i+1, ours[i]["frame"], theirs[i]["frame"])
		}
		for _, name := range sameFields {
			a, b := ours[i][name], theirs[i][name]
			if a == b || slipped(slips, ours[i], theirs[i], name) {
				continue
			}
			if differences++; differences <= 20 {
				t.Errorf("frame %s %s: %s is %q here, %q of tshark", ours[i]["frame"], ours[i]["message"], name, a, b)
			}
		}
	}
}

// slipped reports whether a difference is among the known ones.
func slipped(slips []slip, ours, theirs said, field string) bool {
	for i := range slips {
		if slips[i].fits(ours, theirs, field) {
			slips[i].used.Add(1)
			return true
		}
	}
	return false
}

// decoded gives what decode --json prints of ISUP and BICC, repeats among it.
func decoded(t *testing.T, path string, ansi bool) (list []said) {
	t.Helper()
	args := []string{"decode", "--json", "--filter", "protocol=isup,bicc", path}
	if ansi {
		args = append(args, "--variant", "ansi")
	}
	var out, errs bytes.Buffer
	if status := Execute(args, strings.NewReader(""), &out, &errs); status != exitDone {
		t.Fatalf("decode: status %d: %s", status, errs.String())
	}
	for d := json.NewDecoder(&out); d.More(); {
		object := map[string]any{}
		d.UseNumber()
		if err := d.Decode(&object); err != nil {
			t.Fatal(err)
		}
		s := said{}
		for name, v := range object {
			if params, ok := v.([]any); !ok {
				s[name] = fmt.Sprint(v)
			} else {
				for _, p := range params {
					p := p.(map[string]any)
					s["octets "+fmt.Sprint(p["code"])] = fmt.Sprint(p["hex"])
				}
			}
		}
		if s["error"] != "" {
			s["broken"] = "true"
		}
		list = append(list, s)
	}
	return list
}

// pdml gives what tshark finds. It would pass over a DATA chunk that SCTP brings again, were the analysis of TSNs left on.
func pdml(t *testing.T, path string, preferences []string) (list []said) {
	t.Helper()
	args := []string{"-n", "-r", path, "-Y", "isup || bicc", "-T", "pdml", "-J", "mtp3 m3ua isup bicc _ws.malformed",
		"-o", "sctp.tsn_analysis:FALSE", "-o", "sctp.reassembly:TRUE"}
	for _, p := range preferences {
		args = append(args, "-o", p)
	}
	cmd := exec.Command(needTshark(t), args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir()) // nobody's own preferences
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	p := pdmlReader{T: t}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		p.line(strings.TrimSpace(lines.Text()))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return p.list
}

// A pdmlReader takes the lines of PDML, which has an element on each.
type pdmlReader struct {
	*testing.T
	list    []said
	frame   string
	time    string
	label   said   // of the MSU in hand
	message said   // the last of list, nil between messages
	param   string // code of its parameter in hand
}

func (p *pdmlReader) line(s string) {
	switch {
	case strings.HasPrefix(s, "<packet>"):
		p.label, p.message = said{}, nil
	case strings.HasPrefix(s, "<proto "):
		p.proto(attribute(s, "name"))
	case strings.HasPrefix(s, "<field "):
		p.field(s)
	}
}

func (p *pdmlReader) proto(name string) {
	switch name {
	case "mtp3", "m3ua":
		p.label, p.message = said{}, nil
	case "isup", "bicc":
		m := said{"protocol": name, "frame": p.frame, "time": p.time}
		for k, v := range p.label {
			m[k] = v
		}
		p.message, p.param = m, ""
		p.list = append(p.list, m)
	case "_ws.malformed":
		if p.message != nil {
			p.message["broken"] = "true"
		}
	}
}

// labelFields are the fields of the routing label.
var labelFields = map[string]string{"mtp3.network_indicator": "ni", "mtp3.ni": "ni", "mtp3.opc": "opc", "mtp3.dpc": "dpc",
	"mtp3.sls": "sls"}

// messageFields are the fields of a message, by the code of the parameter that they have to stand in.
var messageFields = map[string]string{"/isup.cic": "cic", "/bicc.cic": "cic", "/isup.message_type": "type",
	"4/isup.called_party_nature_of_address_indicator":   "called_noa",
	"10/isup.calling_party_nature_of_address_indicator": "calling_noa",
	"10/isup.address_presentation_restricted_indicator": "calling_presentation",
	"18/isup.cause_indicator":                           "cause",
	"18/q931.cause_location":                            "cause_location",
	"18/isup.cause_location":                            "cause_location",
	"18/q931.coding_standard":                           "cause_coding",
	"18/ansi_isup.coding_standard":                      "cause_coding",
	"36/isup.event_ind":                                 "event",
	"2/isup.transmission_medium_requirement":            "tmr",
	"9/isup.calling_partys_category":                    "category",
}

// digitFields are the numbers.
var digitFields = map[string]string{"4/isup.called": "called", "5/isup.subsequent_number": "called", "10/isup.calling": "calling",
	"11/isup.redirecting": "redirecting", "40/isup.original_called_number": "original_called"}

func (p *pdmlReader) field(s string) {
	name := attribute(s, "name")
	switch name {
	case "num":
		p.frame = attribute(s, "show")
	case "timestamp":
		p.time = epochTime(p.T, attribute(s, "value"))
	}
	if to, ok := labelFields[name]; ok {
		p.label[to] = attribute(s, "show")
		if strings.HasPrefix(p.label[to], "0x") {
			p.label[to] = fromHex(p.label[to][2:])
		}
	}
	m := p.message
	if m == nil {
		return
	}
	if name == "isup.parameter_type" {
		p.param = attribute(s, "show")
		return
	}
	key := p.param + "/" + name
	if to, ok := digitFields[key]; ok {
		p.digits(to, attribute(s, "show"))
	}
	if to, ok := messageFields[key]; ok && m[to] == "" {
		m[to] = attribute(s, "show")
		if to != "cic" {
			m[to] = fromHex(attribute(s, "value"))
		}
		if to == "cause_location" {
			m[to] = locationName(m[to])
		}
	}
	switch {
	case key == "22/isup.range_indicator":
		m["range"], m["status"] = fromHex(attribute(s, "value")), ""
	case p.param == "22" && attribute(s, "show") == "Status subfield":
		m["status"] = attribute(s, "value")
	}
}

// digits keeps a number. The end-of-dialling digit, which tshark shows as F, is not among the digits.
func (p *pdmlReader) digits(to, shown string) {
	if _, ok := p.message[to]; ok {
		return
	}
	rest, st := strings.CutSuffix(shown, "F")
	p.message[to] = rest
	if st && to == "called" {
		p.message["called_st"] = "true"
	}
}

// locationName gives the abbreviation of Q.850 table 2.
func locationName(code string) string {
	names := map[string]string{"0": "U", "1": "LPN", "2": "LN", "3": "TN", "4": "RLN", "5": "RPN", "7": "INTL", "10": "BI"}
	if n := names[code]; n != "" {
		return n
	}
	return code
}

// attribute gives the value of an attribute of an element.
func attribute(s, name string) string {
	_, after, ok := strings.Cut(s, " "+name+`="`)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// fromHex turns hexadecimal digits into a decimal number.
func fromHex(hex string) string {
	n, err := strconv.ParseUint(hex, 16, 64)
	if err != nil {
		return hex
	}
	return strconv.FormatUint(n, 10)
}
