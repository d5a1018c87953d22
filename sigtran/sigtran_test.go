package sigtran

import (
	"strings"
	"testing"

	"c7mon/mtp"
)

// TestSample reads the sample capture: a bundle, a message in two chunks, a retransmission, SCTP over UDP, M2PA, M2UA.
func TestSample(t *testing.T) {
	d := New(Options{})
	var verdicts []string
	for _, h := range readPcap(t, "protocol", "samples", "sigtran_eth.pcap") {
		v, err := d.Packet(h.time, h.ip)
		if err != nil {
			t.Error(err)
		}
		verdicts = append(verdicts, v.String())
		for _, it := range d.Items {
			m := it.MSU
			if it.Err != nil || m.SI != mtp.ISUP || m.NI != 2 || m.SLS != 5 || m.OPC+m.DPC != 4625+2050 {
				t.Errorf("item %+v", it)
			}
			if forth := m.OPC == 4625; forth != (m.Direction == 0) {
				t.Errorf("OPC %d in direction %v", m.OPC, m.Direction)
			}
		}
	}
	want := "msu fragment msu msu duplicate msu msu msu msu msu management msu"
	if got := strings.Join(verdicts, " "); got != want {
		t.Errorf("verdicts %s, want %s", got, want)
	}
	if c := d.Counts(); c.MSUs != 10 || c.Repeats != 1 || c.Joined != 1 || c.Management != 1 {
		t.Errorf("counts %+v", c)
	}
	if got := d.LinkName(1); got != "10.0.0.1:3565-10.0.0.2:3565" {
		t.Errorf("link 1 is %q", got)
	}
}
