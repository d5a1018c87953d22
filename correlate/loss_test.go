package correlate

import "testing"

// TestMissedMakesUnknown makes idle circuits unknown again after frames were lost on one of their lines.
func TestMissedMakesUnknown(t *testing.T) {
	idle := "0 A>B 5 RSC link=1 dir=0\n 0.1 B>A 5 RLC link=1 dir=1\n"
	rel := "20 A>B 5 REL 16 LN link=1 dir=0"
	partial := "A>B 5 release=20 outcome=unknown cause=16/LN by= flags=partial+no_rlc"
	run(t, idle+rel+" = orphan", "")
	run(t, idle+"10 missed link=1 dir=0\n"+rel, partial)
	run(t, idle+"10 missed link=1 dir=1\n"+rel, partial)
	run(t, idle+"10 missed link=2 dir=0\n"+rel+" = orphan", "")
	run(t, idle+"10 missed link=1 dir=-1\n"+rel+" = orphan", "")
	run(t, idle+"10 missed link=1 dir=0\n 11 B>A 5 ANM\n"+rel+"\n 21 B>A 5 RLC",
		"A>B 5 answer=11 release=20 rlc=21 outcome=answered cause=16/LN by=calling flags=partial")
	run(t, idle+"10 missed link=1 dir=0\n 11 A>B 5 RSC\n"+rel+" = orphan", "") // its state was told since
	run(t, idle+"10 missed link=1 dir=0\n 11 A>B 5 RLC = orphan\n"+rel+" = orphan", "")
	run(t, idle+"10 missed link=1 dir=0\n 11 A>B 5 BLO\n"+rel, partial)
	run(t, idle+"10 missed link=1 dir=0\n 11 B>A 5 SUS network = orphan\n"+rel, partial) // it says that a call is up
	run(t, idle+"20 missed link=1 dir=0 since=10\n"+rel, partial)
	// The unit that showed the gap tells the state after it.
	run(t, idle+"10 A>B 5 RSC link=1 dir=0\n 13 missed link=1 dir=0 since=10\n"+rel+" = orphan", "")
	// A loss that began earlier does not hide a later one.
	run(t, idle+"10 missed link=1 dir=0\n 12 missed link=1 dir=1 since=5\n 15 A>B 5 RSC\n"+rel+" = orphan", "")
	run(t, "0 A>B 5 RSC link=1\n 9 A>B 5 RSC link=1\n 10 missed link=1 since=10\n 12 missed link=1 since=5\n"+rel, partial)
}

// TestSuspect flags the calls that were up when frames were lost on a line of their points.
func TestSuspect(t *testing.T) {
	f := func(missed, want string) {
		t.Helper()
		run(t, `
			10 A>B 5 IAM called=1 link=1 dir=0
			11 B>A 5 CON link=1 dir=1
			`+missed+`
			20 A>B 5 REL 16 LN link=1 dir=0
			20.1 B>A 5 RLC link=1 dir=1
			30 A>B 5 IAM called=2 link=1 dir=0
			`, `A>B 5 acm=11 answer=11 release=20 rlc=20.1 outcome=answered cause=16/LN by=calling `+want+"\nA>B 5 called=2 outcome=open")
	}
	f("15 missed link=1 dir=0", "flags=suspect")
	f("15 missed link=1 dir=1", "flags=suspect")
	f("15 missed link=1 dir=1\n 16 missed link=1 dir=1", "flags=suspect")
	f("15 missed link=1 dir=1 since=5", "flags=")
	f("15 missed link=1 dir=1 since=10", "flags=") // the IAM came after the gap
	f("15 missed link=1 dir=1 since=10.5", "flags=suspect")
	f("15 missed link=2 dir=1", "flags=")
	f("15 missed link=1 dir=0\n 16 missed link=1 dir=1 since=3", "flags=suspect")

	// A later loss does not hide one that fell into the call.
	run(t, `
		0  A>B 5 IAM called=1 link=1
		5  missed link=1
		10 B>A 5 CGB hardware range=1 status=01 link=1
		20 missed link=1
		30 A>B 5 IAM called=2 link=1
	`, "A>B 5 outcome=failed reason=blocking end=10 flags=suspect\n A>B 5 called=2 outcome=open")
	run(t, `
		0     A>B 5 IAM called=1 link=1
		23h   missed link=1
		24h1s missed link=1
		24h2s A>B 6 RSC link=1
		25h   A>B 6 RSC link=1
	`, "A>B 5 outcome=lost reason=timeout end=86400 flags=suspect")
	run(t, `
		0    A>B 6 IAM called=1 link=1
		1    missed link=1
		2    B>A 6 IAM called=2 link=1
		3    missed link=1
		4    A>B 6 ACM
	`, "A>B 6 outcome=glare end=2 flags=suspect+dual_seizure\n B>A 6 acm=4 outcome=open flags=suspect+dual_seizure")
	// A call that is up at the end, and one that was idle then.
	run(t, "0 A>B 5 IAM called=1 link=1\n 5 missed link=1", "A>B 5 outcome=open flags=suspect")
	run(t, "0 A>B 5 IAM called=1 link=1\n 5 missed link=1\n 6 A>C 5 IAM called=1 link=2", "A>B 5 outcome=open flags=suspect\n A>C 5 outcome=open")
	// The RLC of a call that ends without one may be what was lost.
	noRLC := func(missed, want string) {
		t.Helper()
		run(t, "0 A>B 5 IAM called=1 link=1\n 5 B>A 5 REL 17 LN link=1\n"+missed+"\n 90 A>B 5 IAM called=2 link=1",
			"A>B 5 release=5 outcome=busy cause=17/LN by=called "+want+"\n A>B 5 called=2 outcome=open")
	}
	noRLC("8 missed link=1", "flags=suspect+no_rlc")
	noRLC("80 missed link=1", "flags=suspect+no_rlc")
	noRLC("4 tick", "flags=no_rlc")
}

// TestHeard flags the calls that were up since a line was heard before the loss on it, though they ended before it showed.
func TestHeard(t *testing.T) {
	call := `
		10   heard link=1 dir=0
		10   A>B 5 IAM called=1 link=1 dir=0
		11   heard link=1 dir=1
		11   B>A 5 CON link=1 dir=1
		20   heard link=1 dir=0
		20   A>B 5 REL 16 LN link=1 dir=0
		20.1 heard link=1 dir=1
		20.1 B>A 5 RLC link=1 dir=1
		`
	want := "A>B 5 acm=11 answer=11 release=20 rlc=20.1 outcome=answered cause=16/LN by=calling "
	f := func(then, flags string) {
		t.Helper()
		run(t, call+then, want+flags)
	}
	run(t, call+"on", "")
	f("21 heard link=1 dir=0\n 21 A>B 9 RSC link=1 dir=0\n on", "")
	f("81 A>B 9 RSC link=1 dir=0\n on", "") // it waits no longer
	f("81 tick\n on", "")
	f("30 doubt on link=1 dir=0\n 30 heard link=1 dir=0\n 33 missed link=1 dir=0 since=30\n 33 doubt off link=1 dir=0\n 33 tick\n on", "flags=suspect")
	f("30 doubt on link=1 dir=0\n 30 heard link=1 dir=0\n 33 doubt off link=1 dir=0\n 33 tick\n on", "")
	f("30 missed link=1 dir=0 since=30\n 30 heard link=1 dir=0\n 33 tick\n on", "flags=suspect")
	f("30 missed link=1 dir=1 since=30\n", "") // the RLC was heard on it, and what came before
	f("80 missed link=1 dir=0 since=80\n", "flags=suspect")
	f("81 missed link=1 dir=0 since=81\n", "")
	f("70 tick\n 80 missed link=1 dir=0 since=80\n", "flags=suspect")
	f("80.5 tick\n 81 missed link=1 dir=0 since=81\n", "")
	f("21 heard link=1 dir=0\n 30 missed link=1 dir=0 since=30", "")
	f("21 heard link=2 dir=0\n 30 missed link=2 dir=0 since=30", "") // another line
	// A REL that was lost: the RLC of the other line ends the call before the loss shows.
	run(t, `
		10   heard link=1 dir=0
		10   A>B 5 IAM called=1 link=1 dir=0
		20.1 heard link=1 dir=1
		20.1 B>A 5 RLC link=1 dir=1
		30   doubt on link=1 dir=0
		30   heard link=1 dir=0
		33   missed link=1 dir=0 since=30
		33   doubt off link=1 dir=0
		33   tick
		on`, "A>B 5 rlc=20.1 end=20.1 outcome=lost reason=release flags=suspect")
}

// TestDoubt holds calls that have ended until it is known whether frames were lost.
func TestDoubt(t *testing.T) {
	call := `
		0   A>B 5 IAM called=1 link=1 dir=0
		0.5 doubt on link=1 dir=0
		1   B>A 5 REL 17 LN link=1 dir=1
		1.1 A>B 5 RLC link=1 dir=0
	`
	want := "A>B 5 release=1 rlc=1.1 outcome=busy cause=17/LN by=called "
	run(t, call+"on", "")
	run(t, call+"2 doubt off link=1 dir=0\n on", want)
	run(t, call+"2 doubt off link=1 dir=1\n on", "")
	run(t, call+"2 missed link=1 dir=0 since=0.5\n on", "")
	run(t, call+"2 missed link=1 dir=0 since=0.5\n 2 doubt off link=1 dir=0\n on", want+"flags=suspect")
	run(t, call+"2 missed link=1 dir=0 since=1.5\n 2 doubt off link=1 dir=0\n on", want)
	run(t, call, want) // the capture ends
	run(t, call+"2 doubt on link=1 dir=0\n 3 doubt off link=1 dir=0\n on", want)
	run(t, call+"2 doubt on link=1 dir=1\n 3 doubt off link=1 dir=0\n on", "")
	run(t, call+"2 doubt on link=1 dir=1\n 3 doubt off link=1 dir=0\n 4 doubt off link=1 dir=1\n on", want)
	// A relation that is heard on the line for the first time while it is in doubt.
	run(t, "0 doubt on link=1 dir=0\n"+"1 A>B 5 IAM called=1 link=1 dir=0\n 2 A>B 5 REL 17 LN link=1 dir=0\n 3 B>A 5 RLC link=1 dir=1\n on", "")
	// Other lines are not held up.
	run(t, call+"3 A>C 5 IAM called=1 link=2 dir=0\n 4 C>A 5 REL 17 LN link=2\n 5 A>C 5 RLC link=2\n on",
		"A>C 5 release=4 rlc=5 outcome=busy cause=17/LN by=called")
	// Waiting for evidence and for a doubt at once.
	run(t, `
		0   A>B 5 IAM called=1 link=1 dir=0
		0.5 doubt on link=1 dir=0
		1   B>A 5 UCIC link=1 dir=1
		7   B>A 9 RSC link=1 dir=1
		8   A>B 6 IAM called=1 link=1 dir=0 # too late
		9   doubt off link=1 dir=0
		on`, "A>B 5 outcome=failed reason=unequipped")
	run(t, `
		0   A>B 5 IAM called=1 link=1 dir=0
		0.5 doubt on link=1 dir=0
		1   B>A 5 UCIC link=1 dir=1
		2   A>B 6 IAM called=1 link=1 dir=0
		2.5 B>A 9 RSC link=1 dir=1
		on`, "")
	run(t, `
		0   A>B 5 IAM called=1 link=1 dir=0
		0.5 doubt on link=1 dir=0
		1   B>A 5 UCIC link=1 dir=1
		2   doubt off link=1 dir=0
		3   A>B 6 IAM called=1 link=1 dir=0
		on`, "A>B 5 outcome=reattempt reason=unequipped")
}

// TestTimestamps bears times that go backward or jump.
func TestTimestamps(t *testing.T) {
	// One wrong time ends no call and stands in no other record.
	for _, mode := range []string{"", "untrusted\n"} {
		clock := ""
		if mode == "" {
			clock = " clock=2"
		}
		run(t, mode+`
			0     A>B 5 IAM called=1
			1     B>A 5 CON
			1.5   A>B 6 IAM called=2
			1000h C>B 1 RSC`+clock+`
			2     B>A 6 CON
			3     A>B 5 REL 16 LN
			3.1   B>A 5 RLC
		`, `A>B 5 acm=1 answer=1 release=3 rlc=3.1 outcome=answered cause=16/LN by=calling
			A>B 6 acm=2 answer=2 outcome=answered reason=capture_end`)
		run(t, mode+`
			0     A>B 5 IAM called=1
			1000h B>A 5 ACM`+clock+`
			3     B>A 5 REL 17 LN
			3.1   A>B 5 RLC
		`, `A>B 5 acm=3600000 release=3 rlc=3.1 outcome=busy cause=17/LN by=called`)
	}
	// Without a clock of the source, the second of two late times is believed, and what timers did meanwhile stands.
	run(t, `
		untrusted
		0    A>B 5 IAM called=1
		30h  A>B 6 RSC
		30h1s A>B 5 REL 16 LN = orphan
	`, `A>B 5 outcome=lost reason=timeout end=86400`)
	run(t, `
		untrusted
		0     A>B 5 IAM called=1
		1000h A>B 6 RSC
		50h   A>B 6 RSC
		1     B>A 5 CON
	`, `A>B 5 acm=1 answer=1 outcome=answered`)
	// Backward: a duration is never below zero.
	run(t, `
		10   A>B 5 IAM called=1
		9.99 B>A 5 ACM free
		9.98 B>A 5 ANM
		9.97 A>B 5 REL 16 LN
		9.96 B>A 5 RLC
	`, `A>B 5 start=10 acm=9.99 alerting=9.99 answer=9.98 release=9.97 rlc=9.96 setup=0 ring=0 talk=0 outcome=answered
		cause=16/LN by=calling`)
}

// TestAnomalies counts the times that were not believed.
func TestAnomalies(t *testing.T) {
	f := func(want uint64, script string) {
		t.Helper()
		steps, end := parse(t, "untrusted\n"+script)
		if _, c := play(t, Options{}, steps, end); c.Anomalies() != want {
			t.Errorf("%d anomalies, want %d", c.Anomalies(), want)
		}
	}
	f(0, "0 A>B 5 RSC\n 1 A>B 5 RSC\n 0.5 A>B 5 RSC")
	f(1, "0 A>B 5 RSC\n 9h A>B 5 RSC\n 1 A>B 5 RSC\n 2 A>B 5 RSC")
	f(0, "0 A>B 5 RSC\n 9h A>B 5 RSC\n 10h A>B 5 RSC\n 10h1s A>B 5 RSC")
	f(2, "0 A>B 5 RSC\n 9h A>B 5 RSC\n 1 A>B 5 RSC\n 9h A>B 5 RSC\n 2 A>B 5 RSC")
	f(1, "0 A>B 5 RSC\n 100h A>B 5 RSC\n 50h A>B 5 RSC\n 1 A>B 5 RSC")
}
