package capture

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// dataM3UA is a DATA message of M3UA: ISUP from 4625 to 2050, SLS 5, network indicator 2.
var dataM3UA = []byte{1, 0, 1, 1, 0, 0, 0, 40, 0, 6, 0, 8, 0, 0, 0, 10,
	2, 16, 0, 21, 0, 0, 0x12, 0x11, 0, 0, 8, 2, 5, 2, 0, 5, 1, 0, 16, 0, 0, 0, 0, 0}

// tagged puts tags before a message: each is tag, length and value as they stand.
func tagged(message []byte, tags ...string) []byte {
	return append([]byte(strings.Join(tags, "")), message...)
}

const endTag = "\x00\x00\x00\x00"

func TestExported_Success(t *testing.T) {
	f := func(in []byte, ok bool) {
		t.Helper()
		got, is, err := exportedM3UA(in)
		if err != nil || is != ok || ok && !bytes.Equal(got, dataM3UA) || !ok && got != nil {
			t.Errorf("% x: % x, %v, %v", in, got, is, err)
		}
	}
	f(AppendExportedM3UA(nil, dataM3UA), true)
	f(tagged(dataM3UA, "\x00\x0c\x00\x04m3ua", endTag), true)
	f(tagged(dataM3UA, "\x00\x0c\x00\x08m3ua\x00\x00\x00\x00", "\x00\x14\x00\x04\x0a\x00\x00\x01", "\x00\x18\x00\x04\x00\x00\x00\x01", endTag), true)
	f(tagged(dataM3UA, "\x00\x14\x00\x04\x0a\x00\x00\x01", "\x00\x0c\x00\x04m3ua", endTag), true)
	f(tagged(dataM3UA, "\x00\x0c\x00\x04isup", endTag), false)
	f(tagged(dataM3UA, "\x00\x0c\x00\x08m3ua2\x00\x00\x00", endTag), false)
	f(tagged(dataM3UA, "\x00\x0c\x00\x04m3u\x00", endTag), false)
	f(tagged(dataM3UA, "\x00\x0c\x00\x02m3", endTag), false)
	f(tagged(dataM3UA, endTag), false)
}

func TestExported_Failure(t *testing.T) {
	f := func(want string, in []byte) {
		t.Helper()
		if got, ok, err := exportedM3UA(in); got != nil || ok || err == nil || err.Error() != want {
			t.Errorf("% x: % x, %v, %v, want %s", in, got, ok, err, want)
		}
	}
	f("exported message: tag: at octet 0: 4 octets needed, 0 there", nil)
	f("exported message: tag: at octet 8: 4 octets needed, 3 there", tagged(nil, "\x00\x0c\x00\x04m3ua", "\x00\x00\x00"))
	f("exported message: value of tag 12: at octet 4: 5 octets needed, 4 there", tagged(nil, "\x00\x0c\x00\x05m3ua"))
}

// TestExportedPrefix: of a record that is cut, what is there of the message is given, and before it an error.
func TestExportedPrefix(t *testing.T) {
	whole := AppendExportedM3UA(nil, dataM3UA)
	head := len(whole) - len(dataM3UA)
	for n := range len(whole) {
		got, ok, err := exportedM3UA(whole[:n])
		if ok != (n >= head) || (err == nil) != ok || ok && !bytes.Equal(got, whole[head:n]) {
			t.Errorf("%d octets: % x, %v, %v", n, got, ok, err)
		}
	}
	if n := testing.AllocsPerRun(1000, func() { exportedM3UA(whole) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestExportedTshark holds that another program takes what is written for M3UA, with the same label.
func TestExportedTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Fatal("tshark is not there. The line that installs it: apt-get update && apt-get install -y --no-install-recommends tshark")
	}
	var file bytes.Buffer
	w := NewPcapWriter(&file, LinkExported)
	if err := w.Write(Record{Time: 1e18, Data: AppendExportedM3UA(nil, dataM3UA)}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "exported.pcap")
	if err := os.WriteFile(name, file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tshark, "-r", name, "-T", "fields", "-e", "frame.protocols", "-e", "m3ua.protocol_data_opc",
		"-e", "m3ua.protocol_data_dpc", "-e", "m3ua.routing_context", "-e", "isup.message_type", "-e", "_ws.malformed").Output()
	if want := "exported_pdu:m3ua:isup\t4625\t2050\t10\t16\t\n"; err != nil || string(out) != want {
		t.Errorf("tshark says %q, want %q; %v", out, want, err)
	}
}

func FuzzExported(f *testing.F) {
	f.Add(AppendExportedM3UA(nil, dataM3UA))
	f.Add(tagged(dataM3UA, "\x00\x14\x00\x04\x0a\x00\x00\x01", "\x00\x0c\x00\x08m3ua\x00\x00\x00\x00", endTag))
	f.Add([]byte("\x00\x0c\xff\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		message, ok, err := exportedM3UA(in)
		if ok && (err != nil || !bytes.HasSuffix(in, message)) || !ok && message != nil {
			t.Errorf("% x, %v, %v", message, ok, err)
		}
		if again, ok, err := exportedM3UA(AppendExportedM3UA(nil, in)); !ok || err != nil || !bytes.Equal(again, in) {
			t.Errorf("% x written and read again: % x, %v, %v", in, again, ok, err)
		}
	})
}
