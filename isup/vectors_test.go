package isup

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
)

// A vector is a message with what another decoder says of it.
type vector struct {
	Name, Hex, Variant string
	TsharkMalformed    any `json:"tshark_malformed"`
	Expect             struct {
		CIC         *uint32
		MessageType *Type `json:"message_type"`
		Message     *string
		Cause       *uint8
		Circuits    *int
		Called      *string
		CalledNOA   *uint8 `json:"called_nai"`
		CalledST    bool   `json:"called_st"`
		Calling     *string
		Category    *Category `json:"calling_category"`
		TMR         *Medium
		Event       *uint8
	}
}

// otherNames are abbreviations of the vectors' decoder that are not those of ITU-T. No vector is left out.
var otherNames = map[string]string{"IDS": "IRS", "UBLA": "UBA"}

// TestVectors compares with what is said of messages from captures and from the tests of other programs. They stand
// beside the checkout, because not all of them may be copied.
func TestVectors(t *testing.T) {
	file, err := os.Open("../../shared/vectors/isup.jsonl")
	if err != nil {
		t.Skip("the vectors are not beside the checkout:", err)
	}
	defer file.Close()
	n := 0
	for s := bufio.NewScanner(file); s.Scan(); n++ {
		var v vector
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if name := v.Expect.Message; name != nil && otherNames[*name] != "" {
			*name = otherNames[*name]
		}
		t.Run(v.Name, v.check)
	}
	if n < 80 {
		t.Errorf("only %d vectors", n)
	}
}

func (v *vector) check(t *testing.T) {
	tables := &ITU
	if v.Variant == "ANSI" {
		tables = &ANSI
	}
	var m Message
	m.Decode(tables, unhex(t, v.Hex))
	e := &v.Expect
	if (m.Err != nil) != (v.TsharkMalformed != nil) {
		t.Errorf("error %v, tshark says %v", m.Err, v.TsharkMalformed)
	}
	same(t, "CIC", m.CIC, e.CIC)
	same(t, "type", m.Type, e.MessageType)
	same(t, "message", m.Name(), e.Message)
	var cause Cause
	if read(t, &m, CauseIndicators, &cause, e.Cause != nil) {
		same(t, "cause", uint8(cause.Value), e.Cause)
	}
	var group Range
	if read(t, &m, RangeAndStatus, &group, e.Circuits != nil) {
		same(t, "circuits", group.Circuits(), e.Circuits)
	}
	var called Number
	if read(t, &m, CalledNumber, &called, e.Called != nil) {
		digits, st := called.Digits()
		same(t, "called", digits, e.Called)
		same(t, "called nature", called.NOA, e.CalledNOA)
		if e.Called != nil && st != e.CalledST {
			t.Errorf("end of dialling %v", st)
		}
	}
	var calling Number
	if read(t, &m, CallingNumber, &calling, e.Calling != nil) {
		digits, st := calling.Digits()
		if st {
			digits += "F"
		}
		same(t, "calling", digits, e.Calling)
	}
	var category Category
	if read(t, &m, CallingCategory, &category, e.Category != nil) {
		same(t, "category", category, e.Category)
	}
	var medium Medium
	if read(t, &m, TMR, &medium, e.TMR != nil) {
		same(t, "medium", medium, e.TMR)
	}
	var event Event
	if read(t, &m, EventInformation, &event, e.Event != nil) {
		same(t, "event", event.Indicator(), e.Event)
	}
}

// read decodes the parameter c of m into v, and fails when there must be one and is none.
func read(t *testing.T, m *Message, c Code, v interface{ Decode([]byte) error }, must bool) bool {
	t.Helper()
	b, ok := m.Param(c)
	if !ok || v.Decode(b) != nil {
		if must {
			t.Errorf("no %s", m.Tables.ParamName(c))
		}
		return false
	}
	return true
}

func same[T comparable](t *testing.T, what string, got T, want *T) {
	t.Helper()
	if want != nil && got != *want {
		t.Errorf("%s %v, want %v", what, got, *want)
	}
}
