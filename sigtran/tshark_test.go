package sigtran

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"c7mon/mtp"
)

// againstTshark compares what each frame of a capture holds: OPC, DPC, SI and SLS of each message, in order. Frames
// that tshark marks as retransmissions are Duplicate here.
func againstTshark(t *testing.T, v mtp.Variant, want int, options []string, parts ...string) {
	t.Helper()
	frames := readPcap(t, parts...)
	fields := []string{"m3ua.protocol_data_opc", "m3ua.protocol_data_dpc", "m3ua.protocol_data_si", "m3ua.protocol_data_sls",
		"mtp3.opc", "mtp3.dpc", "mtp3.service_indicator", "mtp3.sls"}
	if v == mtp.ANSI {
		fields[4], fields[5], fields[7] = "mtp3.ansi_opc", "mtp3.ansi_dpc", "mtp3.ansi_sls"
	}
	args := []string{"-r", filepath.Join(append([]string{"..", "..", "shared"}, parts...)...), "-T", "fields", "-E", "separator=|"}
	for _, o := range append(options, "sctp.reassembly:TRUE", "sctp.tsn_analysis:TRUE") {
		args = append(args, "-o", o)
	}
	for _, f := range append(fields, "sctp.retransmission") {
		args = append(args, "-e", f)
	}
	path, err := exec.LookPath("tshark")
	if err != nil {
		t.Fatal("tshark is not there. The line that installs it: apt-get update && apt-get install -y --no-install-recommends tshark")
	}
	out, err := exec.Command(path, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(frames) {
		t.Fatalf("tshark has %d frames, the test %d", len(lines), len(frames))
	}
	d, n := New(Options{Variant: v}), 0
	for i, h := range frames {
		verdict, _ := d.Packet(h.time, h.ip)
		column := strings.Split(lines[i], "|")
		if column[0] == "" { // a label of MTP3 itself
			column = column[4:]
		}
		var got [4][]string
		for _, it := range d.Items {
			if it.Fate == Repeat {
				continue // tshark does not read it again
			}
			n++
			if it.Err != nil {
				t.Errorf("frame %d: %v", i+1, it.Err)
			}
			got[0] = append(got[0], fmt.Sprint(it.MSU.OPC))
			got[1] = append(got[1], fmt.Sprint(it.MSU.DPC))
			got[2] = append(got[2], fmt.Sprint(it.MSU.SI))
			got[3] = append(got[3], fmt.Sprint(it.MSU.SLS))
		}
		for k, g := range got {
			if want := numbersOf(column[k]); strings.Join(g, ",") != want {
				t.Errorf("frame %d %s: got %v, tshark has %s", i+1, fields[k], g, want)
			}
		}
		if strings.HasSuffix(lines[i], "|1") && verdict != Duplicate {
			t.Errorf("frame %d: %v, tshark has a retransmission", i+1, verdict)
		}
	}
	if n != want {
		t.Errorf("%d messages, want %d", n, want)
	}
}

// numbersOf writes the numbers of a field of tshark in decimal.
func numbersOf(column string) string {
	var all []string
	for _, s := range strings.Split(column, ",") {
		var n uint32
		if s == "" {
			continue
		}
		format := "%d"
		if strings.HasPrefix(s, "0x") {
			s, format = s[2:], "%x"
		}
		fmt.Sscanf(s, format, &n)
		all = append(all, fmt.Sprint(n))
	}
	return strings.Join(all, ",")
}

func TestTshark(t *testing.T) {
	f := func(name string, v mtp.Variant, want int, options ...string) {
		t.Run(name, func(t *testing.T) { againstTshark(t, v, want, options, "captures", name) })
	}
	t.Run("sample", func(t *testing.T) { againstTshark(t, mtp.ITU, 10, nil, "protocol", "samples", "sigtran_eth.pcap") })
	f("OISF__sctp-keywords-prefilter__input.pcap", mtp.ITU, 3)
	f("realjimmy__3gpp_mc.cap", mtp.ITU, 393)
	f("realjimmy__ansi_map_ota.pcap", mtp.ITU, 24)
	f("realjimmy__japan_tcap_over_m2pa.pcap", mtp.Japan, 3, "mtp3.standard:Japan", "m2pa.version:Internet Draft version 8")
	f("the-tcpdump-group__isup.pcap", mtp.ITU, 6, "m3ua.version:Internet Draft version 6")
}
