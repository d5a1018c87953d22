package cdr

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"c7mon/lab"
	"c7mon/wire"
)

// TestLab reads the call records that the lab writes by the example, and holds each against the call that it is of.
func TestLab(t *testing.T) {
	m := parse(t, Example())
	ms := func(at wire.Time) wire.Time {
		if at.Known() {
			at -= at % wire.Time(time.Millisecond)
		}
		return at
	}
	calls := map[string]*lab.Call{}
	key := func(at wire.Time, group string, cic int64, called string) string {
		return fmt.Sprint(ms(at), " ", group, " ", cic, " ", called)
	}
	var file bytes.Buffer
	o := lab.Options{Scenario: "load", Calls: 1500, Seed: 1}
	o.Call = func(c *lab.Call) {
		call := *c
		calls[key(c.Start, c.TrunkGroup, int64(c.CIC), string(numbering().Normal(nil, c.Called, c.CalledNOA)))] = &call
	}
	price := func(c *lab.Call) (lab.Price, bool) {
		return lab.Price{Money: int64(c.CIC) * 10, Currency: "VND", Tariff: c.Service}, c.Charge != "no_charge"
	}
	o.CDR = &lab.CDR{File: &file, Zone: m.zone, Price: price}
	sum, err := lab.Write(io.Discard, o)
	if err != nil {
		t.Fatal(err)
	}
	r := NewReader(&file, "lab.csv", m, numbering())
	for {
		var rec Record
		err := r.Read(&rec)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		c := calls[key(rec.Start, string(rec.TrunkGroup), rec.CIC, string(rec.Called))]
		if c == nil {
			t.Fatalf("no call for %s", text(&rec))
		}
		answered, until := int8(0), c.Release
		if c.Answer.Known() {
			answered = 1
		}
		if !until.Known() {
			until = c.End
		}
		calling := string(numbering().Normal(nil, c.Calling, c.CallingNOA))
		p, ok := price(c)
		if string(rec.Calling) != calling || rec.Answer != ms(c.Answer) || rec.End != ms(until) ||
			rec.Answered != answered || rec.HasMoney != ok || ok && (rec.Money != p.Money || string(rec.Tariff) != p.Tariff) {
			t.Errorf("%s\nis not the call from %s, %v, %v, %v, %+v", text(&rec), calling, ms(c.Answer), ms(until), answered, p)
		}
	}
	if c := r.Counts(); c.Records == 0 || c.Records != int64(sum.Records) || len(r.NeverFilled()) > 0 {
		t.Errorf("%+v of %d records, never filled %q", c, sum.Records, r.NeverFilled())
	}
}
