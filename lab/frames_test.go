package lab

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"c7mon/isup"
	"c7mon/mtp"
	"c7mon/wire"
)

// frame is a record of a pcap.
type frame struct {
	at   wire.Time
	data []byte
}

// records takes a pcap with nanoseconds apart.
func records(t *testing.T, b []byte) (list []frame) {
	t.Helper()
	le := binary.LittleEndian
	if len(b) < 24 || le.Uint32(b) != 0xa1b23c4d {
		t.Fatal("no pcap")
	}
	for b = b[24:]; len(b) > 0; {
		n := le.Uint32(b[8:])
		if le.Uint32(b[12:]) != n {
			t.Fatal("two lengths")
		}
		list = append(list, frame{wire.Time(int64(le.Uint32(b))*1e9 + int64(le.Uint32(b[4:]))), b[16 : 16+n]})
		b = b[16+n:]
	}
	return list
}

// TestUnits walks the signal units of a capture as a strict monitor would: time never goes back, each end of a link counts
// its MSUs one by one and acknowledges all that it got, every message is whole, and a circuit is seized only when idle.
func TestUnits(t *testing.T) {
	for _, o := range []Options{{Scenario: "oct2003", Seed: 1}, {Scenario: "load", Calls: 3000}, {Scenario: "basic"},
		{Scenario: "faults"}} {
		octets, s, calls := write(t, o)
		w := walker{T: t, orderly: o.Scenario != "faults", fsn: map[[2]int]uint16{}, busy: map[[3]uint32]bool{}}
		list := records(t, octets)
		for i := range list {
			w.unit(i+1, &list[i])
		}
		if uint64(len(list)) != s.Frames || list[0].at != s.First || w.last != s.Last {
			t.Errorf("%s: %d frames from %v to %v, the summary says %+v", o.Scenario, len(list), list[0].at, w.last, s)
		}
		if w.msus != s.MSUs {
			t.Errorf("%s: %d messages, the summary says %d", o.Scenario, w.msus, s.MSUs)
		}
		if w.orderly && (w.iams != len(calls) || len(w.busy) != 0) {
			t.Errorf("%s: %d IAMs of %d calls, %d circuits busy at the end", o.Scenario, w.iams, len(calls), len(w.busy))
		}
		if o.Scenario == "oct2003" && (w.fisus < 1000 || w.tests < 1000) {
			t.Errorf("%d FISUs and %d tests", w.fisus, w.tests)
		}
	}
}

type walker struct {
	*testing.T
	orderly                  bool // every call is seized on an idle circuit and ends with an RLC
	last                     wire.Time
	fsn                      map[[2]int]uint16
	busy                     map[[3]uint32]bool
	msus, iams, fisus, tests int
	message                  isup.Message
}

func (w *walker) unit(number int, f *frame) {
	if f.at < w.last {
		w.Errorf("frame %d: %v is before %v", number, f.at, w.last)
	}
	w.last = f.at
	link, way := int(binary.BigEndian.Uint16(f.data[2:])), int(f.data[0])
	var su mtp.SignalUnit
	if err := su.Decode(f.data[4:], false, 0); err != nil {
		w.Fatalf("frame %d: %v", number, err)
	}
	own, known := w.fsn[[2]int{link, way}]
	want := own
	if su.Kind == mtp.MSUnit {
		want = (own + 1) & 0x7f
	}
	if known && su.FSN != want || !su.FIB || !su.BIB {
		w.Errorf("frame %d: link %d way %d: FSN %d after %d", number, link, way, su.FSN, own)
	}
	w.fsn[[2]int{link, way}] = su.FSN
	if other, known := w.fsn[[2]int{link, 1 - way}]; known && su.BSN != other {
		w.Errorf("frame %d: link %d way %d: BSN %d, the other end sent %d", number, link, way, su.BSN, other)
	}
	if su.Kind != mtp.MSUnit {
		w.fisus++
		return
	}
	var m mtp.MSU
	if err := m.Decode(mtp.ITU, su.Data); err != nil {
		w.Fatalf("frame %d: %v", number, err)
	}
	if m.SI != mtp.ISUP {
		w.tests++
		return
	}
	w.msus++
	w.isup(number, &m)
}

func (w *walker) isup(number int, m *mtp.MSU) {
	w.message.Decode(&isup.ITU, m.Data)
	if w.message.Err != nil {
		w.Errorf("frame %d: %v", number, w.message.Err)
	}
	if !w.orderly {
		return
	}
	circuit := [3]uint32{min(m.OPC, m.DPC), max(m.OPC, m.DPC), w.message.CIC}
	switch busy := w.busy[circuit]; {
	case w.message.Type == isup.IAM && busy:
		w.Errorf("frame %d: IAM on a busy circuit", number)
	case w.message.Type == isup.IAM:
		w.iams++
		w.busy[circuit] = true
	case w.message.Type == isup.RLC:
		delete(w.busy, circuit)
	case w.message.Type == isup.GRS || w.message.Type == isup.BLO || w.message.Type == isup.RSC:
		if busy {
			w.Errorf("frame %d: %s on a busy circuit", number, w.message.Name())
		}
	}
}

// TestTshark lets another decoder read each form: nothing is malformed, checksums are right, and it counts the messages
// that were made.
func TestTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Fatal("tshark is not there. The line that installs it: apt-get update && apt-get install -y --no-install-recommends tshark")
	}
	for _, link := range Links() {
		for _, o := range []Options{{Scenario: "load", Link: link, Calls: 150},
			{Scenario: "faults", Link: link}} {
			octets, s, calls := write(t, o)
			file := filepath.Join(t.TempDir(), "lab.pcap")
			if err := os.WriteFile(file, octets, 0o644); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(tshark, "-n", "-r", file, "-o", "sctp.checksum:CRC-32C", "-o", "ip.check_checksum:TRUE", "-T",
				"fields", "-e", "isup.message_type", "-e", "_ws.malformed", "-e", "sctp.checksum.status", "-e",
				"ip.checksum.status", "-e", "_ws.expert.message", "-e", "isup.called", "-e", "sctp.data_tsn").Output()
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
			if uint64(len(lines)) != s.Frames {
				t.Errorf("%s %s: %d frames, tshark sees %d", o.Scenario, link, s.Frames, len(lines))
			}
			types := map[string]int{}
			for i, line := range lines {
				field := strings.Split(line, "\t")
				types[field[0]]++
				remark := strings.NewReplacer("No optional parameters are possible with this message type", "",
					"Status subfield is not present with this message type", "", ",", "").Replace(field[4]) // said of good messages
				if field[1] != "" || remark != "" {
					t.Errorf("%s %s: frame %d: tshark says %q %q", o.Scenario, link, i+1, field[1], field[4])
				}
				if link == "m3ua" && (field[2] != "1" || field[3] != "1") {
					t.Errorf("%s: frame %d: checksum of SCTP %s, of IP %s (1 is good)", o.Scenario, i+1, field[2], field[3])
				}
			}
			sum := 0
			for typ, n := range types {
				if typ != "" {
					sum += n
				}
			}
			iam, rel := types[strconv.Itoa(int(isup.IAM))], types[strconv.Itoa(int(isup.REL))]
			if sum != s.MSUs || o.Scenario != "faults" && (iam != len(calls) || rel != len(calls)) {
				t.Errorf("%s %s: %d calls, %d messages, tshark sees %v", o.Scenario, link, len(calls), s.MSUs, types)
			}
		}
	}
}
