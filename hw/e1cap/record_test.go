package e1cap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"c7mon/wire"
)

const t0 wire.Time = 1_066_000_000_000_000_000

// A binaryOrder can read and append.
type binaryOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// tracerRecord makes a record of the e1-tracer; n below 0 is an error.
func tracerRecord(o binaryOrder, t wire.Time, n int, point byte, data []byte) []byte {
	b := o.AppendUint32(nil, 0xe115600d)
	b = o.AppendUint64(b, uint64(t/1e9))
	b = o.AppendUint64(b, uint64(t%1e9/1e3))
	b = append(o.AppendUint16(b, uint16(n)), point)
	return append(b, data...)
}

// recorderRecord makes a record of osmo-e1-recorder.
func recorderRecord(o binaryOrder, t wire.Time, line, slot, mode byte, data []byte) []byte {
	b := o.AppendUint32(o.AppendUint32(nil, uint32(t/1e9)), uint32(t%1e9/1e3))
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	return append(append(b, line, slot, mode, 0, 0, 0, 0, 0, 0, 0, 0, 0), data...)
}

// some gives n octets.
func some(n int) []byte { return bytes.Repeat([]byte{0xd5}, n) }

// list gives what a reader reads, a word a record.
func list(in io.Reader) string {
	r := newReader(in)
	var rec record
	var out []string
	for {
		err := r.next(&rec)
		if rec.skipped > 0 {
			out = append(out, fmt.Sprintf("skip%d", rec.skipped))
		}
		if err != nil {
			return strings.Join(append(out, err.Error()), " ")
		}
		if rec.form == tracer {
			out = append(out, fmt.Sprintf("%x:%d:%d", rec.endPoint, len(rec.data), rec.status))
		} else {
			out = append(out, fmt.Sprintf("%d/%d/%d:%d", rec.line, rec.timeslot, rec.mode, len(rec.data)))
		}
	}
}

var (
	tracerFile = func(o binaryOrder) []byte {
		b := tracerRecord(o, t0, 4+64, 0x81, some(68))
		b = append(b, tracerRecord(o, t0, 4+32, 0x82, some(36))...)
		b = append(b, tracerRecord(o, t0, 0, 0x81, nil)...)
		b = append(b, tracerRecord(o, t0, -1, 0x82, nil)...)
		return append(b, tracerRecord(o, t0, 4, 0x81, some(4))...)
	}
	recorderFile = func(o binaryOrder) []byte {
		b := recorderRecord(o, t0, 0, 16, 0, some(160))
		b = append(b, recorderRecord(o, t0, 1, 31, 1, some(5))...)
		return append(b, recorderRecord(o, t0, 1, 1, 2, some(160))...)
	}
)

const (
	tracerList   = "81:68:0 82:36:0 81:0:0 82:0:-1 81:4:0"
	recorderList = "0/16/0:160 1/31/1:5 1/1/2:160"
)

func TestRecords(t *testing.T) {
	f := func(in []byte, want string) {
		t.Helper()
		if got := list(bytes.NewReader(in)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	le, be := binaryOrder(binary.LittleEndian), binaryOrder(binary.BigEndian)
	f(nil, "EOF")
	f(tracerFile(le), tracerList+" EOF")
	f(tracerFile(be), tracerList+" EOF")
	f(recorderFile(le), recorderList+" EOF")
	f(recorderFile(be), recorderList+" EOF")

	garbage := []byte("no record at all, but \x0d\x60 and \x15\xe1 in it")
	f(append(bytes.Clone(garbage), tracerFile(le)...), fmt.Sprintf("skip%d %s EOF", len(garbage), tracerList))
	f(append(tracerFile(le), append(garbage, tracerFile(le)...)...), fmt.Sprintf("%s skip%d %s EOF", tracerList, len(garbage), tracerList))
	f(append(recorderFile(le), append(garbage, recorderFile(le)...)...), fmt.Sprintf("%s skip%d %s EOF", recorderList, len(garbage), recorderList))
	f(append(tracerFile(le), garbage...), fmt.Sprintf("%s skip%d %v", tracerList, len(garbage), io.ErrUnexpectedEOF))

	long := tracerFile(le)
	long[20] += 64 // the first record says that it is longer by two frames
	f(long, "skip91 82:36:0 81:0:0 82:0:-1 81:4:0 EOF")
	long[21] = 0x40 // or by more than there is
	f(long, "skip91 82:36:0 81:0:0 82:0:-1 81:4:0 EOF")
	long[20], long[21] = 4+32, 0 // or shorter
	f(long, "81:36:0 skip32 82:36:0 81:0:0 82:0:-1 81:4:0 EOF")
	point := tracerFile(le)
	point[22] = 0x83
	f(point, "skip91 82:36:0 81:0:0 82:0:-1 81:4:0 EOF")
	f([]byte("GIF89a, and then so many octets that a header would be there"), errForm.Error())
	f([]byte("short"), errForm.Error())
	f(some(100_000), errForm.Error())
}

// TestRecords_Prefixes holds that a file that was cut gives the records before the cut, and says how many octets are left.
func TestRecords_Prefixes(t *testing.T) {
	for _, file := range [][]byte{tracerFile(binary.LittleEndian), recorderFile(binary.BigEndian)} {
		whole := strings.TrimSuffix(list(bytes.NewReader(file)), " EOF")
		for n := range file {
			got := list(bytes.NewReader(file[:n]))
			switch {
			case got == "EOF" && n == 0, got == errForm.Error() && n < recorderHeader:
			case strings.HasSuffix(got, " EOF") && strings.HasPrefix(whole, strings.TrimSuffix(got, " EOF")):
			case strings.HasSuffix(got, io.ErrUnexpectedEOF.Error()):
				var read string
				if i := strings.Index(got, "skip"); i > 0 {
					read = got[:i]
				}
				if !strings.HasPrefix(whole, read) {
					t.Errorf("%d octets: %s", n, got)
				}
			default:
				t.Errorf("%d octets: %s", n, got)
			}
		}
	}
}

// A dribble gives one octet at a time, and a time-out before each.
type dribble struct {
	b    []byte
	late bool
}

var errLate = errors.New("nothing has come")

func (d *dribble) Read(b []byte) (int, error) {
	if d.late = !d.late; d.late {
		return 0, errLate
	}
	if len(d.b) == 0 {
		return 0, io.EOF
	}
	b[0], d.b = d.b[0], d.b[1:]
	return 1, nil
}

// TestRecords_Late holds that a time-out in the middle of a record loses nothing of it.
func TestRecords_Late(t *testing.T) {
	for file, want := range map[string]string{string(tracerFile(binary.LittleEndian)): tracerList, string(recorderFile(binary.LittleEndian)): recorderList} {
		r := newReader(&dribble{b: []byte(file)})
		var rec record
		n, lates := 0, 0
		for {
			err := r.next(&rec)
			if err == io.EOF {
				break
			}
			if err == errLate {
				lates++
			} else if err != nil || rec.skipped > 0 {
				t.Fatal(err, rec.skipped)
			} else {
				n++
			}
		}
		if n != len(strings.Fields(want)) || lates < 100 {
			t.Errorf("%d records of %s, %d time-outs", n, want, lates)
		}
	}
}

func TestRecords_NoAllocation(t *testing.T) {
	file := bytes.Repeat(tracerFile(binary.LittleEndian), 300)
	r := newReader(bytes.NewReader(file))
	var rec record
	if a := testing.AllocsPerRun(1000, func() {
		if err := r.next(&rec); err != nil {
			t.Fatal(err)
		}
	}); a > 0.01 {
		t.Errorf("%v allocations", a)
	}
}

func FuzzRecords(f *testing.F) {
	f.Add(tracerFile(binary.LittleEndian))
	f.Add(tracerFile(binary.BigEndian))
	f.Add(recorderFile(binary.LittleEndian))
	f.Add(append(tracerFile(binary.LittleEndian), recorderFile(binary.BigEndian)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := newReader(bytes.NewReader(b))
		var rec record
		total := 0
		for {
			err := r.next(&rec)
			if errors.Is(err, errForm) {
				return
			}
			total += rec.skipped
			if err != nil {
				break
			}
			if rec.form == tracer {
				total += tracerHeader + len(rec.data)
			} else {
				total += recorderHeader + len(rec.data)
			}
		}
		if total != len(b) {
			t.Errorf("%d octets of %d are told of", total, len(b))
		}
	})
}
