package correlate

import "testing"

// TestReset clears the circuit at each phase of a call, by either side.
func TestReset(t *testing.T) {
	f := func(before, want string) {
		t.Helper()
		for _, side := range []string{"A>B", "B>A"} {
			run(t, "0 A>B 5 IAM called=1\n"+before+"\n20 "+side+" 5 RSC\n 21 A>B 5 REL 16 LN = orphan", "A>B 5 "+want+" reason=reset")
			run(t, "0 A>B 5 IAM called=1\n"+before+"\n20 "+side+" 5 GRS range=1\n 21 A>B 5 REL 16 LN = orphan", "A>B 5 "+want+" reason=group_reset")
			run(t, "0 A>B 5 IAM called=1\n"+before+"\n20 "+side+" 3 GRS range=2\n 21 A>B 5 REL 16 LN = orphan", "A>B 5 "+want+" reason=group_reset")
		}
	}
	f("", "outcome=reset end=20")
	f("1 B>A 5 ACM free", "acm=1 alerting=1 ring=19 outcome=reset end=20")
	f("1 B>A 5 CON", "acm=1 answer=1 talk=19 outcome=answered end=20")
}

// TestResetAfterRelease keeps cause, side and release of the call.
func TestResetAfterRelease(t *testing.T) {
	f := func(reset string) {
		t.Helper()
		run(t, "0 A>B 5 IAM called=1\n 1 B>A 5 CON\n 9 B>A 5 REL 31 RLN\n"+reset,
			"A>B 5 acm=1 answer=1 talk=8 release=9 end=9 outcome=answered reason=release cause=31/RLN by=called flags=no_rlc")
	}
	f("20 A>B 5 RSC\n 20.1 B>A 5 RLC")
	f("20 B>A 5 RSC\n 20.1 A>B 5 RLC")
	f("20 A>B 1 GRS range=31\n 20.1 B>A 1 GRA")
	f("9.1 A>B 5 RSC\n 9.2 A>B 5 RLC\n 9.3 B>A 5 RLC")
}

// TestResetAcknowledged is an RLC that answers an RSC: it ends no call that came meanwhile.
func TestResetAcknowledged(t *testing.T) {
	run(t, `
		0   A>B 5 RSC
		0.1 B>A 5 IAM called=1
		0.2 B>A 5 RLC
		1   A>B 5 ACM
		2   A>B 5 RSC
		2.1 B>A 5 RSC
		2.2 B>A 5 RLC
		2.3 A>B 5 IAM called=2
		2.4 A>B 5 RLC
		3   B>A 5 ACM
	`, `
		B>A 5 called=1 acm=1 outcome=reset reason=reset end=2
		A>B 5 called=2 acm=3 outcome=open
	`)
}

// TestGroupResetRange resets the circuits named and no other.
func TestGroupResetRange(t *testing.T) {
	busy := `
		0 A>B 9 IAM called=9
		1 A>B 10 IAM called=10
		2 A>B 41 IAM called=41
		3 A>B 42 IAM called=42
		4 A>B 265 IAM called=265
		5 A>B 266 IAM called=266
	`
	f := func(grs string, reset ...bool) {
		t.Helper()
		want := ""
		for i, cic := range []string{"9", "10", "41", "42", "265", "266"} {
			reason := "capture_end outcome=open"
			if reset[i] {
				reason = "group_reset outcome=reset"
			}
			want += "A>B " + cic + " reason=" + reason + "\n"
		}
		run(t, busy+"6 B>A 10 GRS "+grs, want)
	}
	f("range=31", false, true, true, false, false, false)
	f("range=32", false, true, true, true, false, false)
	f("range=255", false, true, true, true, true, false)
	f("range=0", false, true, false, false, false, false)
	f("range=0 empty", false, true, false, false, false, false)
	run(t, "0 A>B 4095 IAM called=1\n 1 A>B 4000 GRS range=255", "A>B 4095 outcome=reset reason=group_reset")
	run(t, "bicc\n 0 A>B 0 IAM called=1\n 1 A>B 4294967295 IAM called=2\n 2 A>B 4294967290 GRS range=20",
		"A>B 0 outcome=open\n A>B 4294967295 outcome=reset")
	run(t, "0 A>B 5 IAM called=1\n 0.1 A>C 5 IAM called=1\n 0.2 A>B 5 IAM called=1 ni=0\n 1 A>B 5 GRS range=3",
		"A>B 5 outcome=reset ni=2\n A>C 5 outcome=open\n A>B 5 ni=0 outcome=open")
}

// TestUnequipped ends the call that the other side's IAM began, and no other.
func TestUnequipped(t *testing.T) {
	run(t, `
		0 A>B 5 IAM called=1
		1 B>A 5 UCIC
		2 A>B 5 REL 16 LN = orphan
		3 B>A 5 IAM called=2
		4 A>B 5 ACM
		5 A>B 5 UCIC
		6 B>A 5 IAM called=3
		7 B>A 5 UCIC = orphan
		8 A>B 5 ACM
		9 B>A 6 UCIC = orphan
	`, `
		A>B 5 called=1 outcome=failed reason=unequipped end=1
		B>A 5 called=2 outcome=failed reason=unequipped end=5 acm=4
		B>A 5 called=3 outcome=open acm=8
	`)
	run(t, "0 A>B 5 IAM called=1\n 1 B>A 5 CON\n 2 B>A 5 UCIC", "A>B 5 acm=1 answer=1 talk=1 outcome=answered reason=unequipped end=2")
	run(t, "0 A>B 5 IAM called=1\n 1 A>B 5 REL 16 LN\n 2 B>A 5 UCIC",
		"A>B 5 release=1 end=1 outcome=abandoned reason=release cause=16/LN by=calling flags=no_rlc")
}

// TestContinuity ends the attempt whose check failed.
func TestContinuity(t *testing.T) {
	run(t, `
		0 A>B 5 IAM called=1
		1 A>B 5 COT failed
		2 A>B 5 CCR
		3 A>B 5 COT failed = orphan
		4 A>B 5 REL 16 LN = orphan
		5 A>B 6 IAM called=2
		6 A>B 6 COT good
		7 B>A 6 CON
		8 A>B 7 IAM called=3
		9 A>B 7 CCR
		10 A>B 8 CCR
	`, `
		A>B 5 called=1 outcome=failed reason=continuity end=1 flags=continuity_failed
		A>B 6 called=2 outcome=answered acm=7 answer=7
		A>B 7 called=3 outcome=failed reason=continuity end=9 flags=continuity_failed
	`)
	run(t, "0 A>B 5 IAM called=1\n 1 A>B 5 REL 16 LN\n 2 A>B 5 COT failed\n 3 A>B 5 CCR\n 4 B>A 5 RLC",
		"A>B 5 release=1 rlc=4 end=4 outcome=abandoned cause=16/LN by=calling")
	run(t, "0 A>B 5 IAM called=1\n 1 A>B 5 COT failed empty", "A>B 5 outcome=open")
}

// TestReattempt needs the evidence of the same call on another circuit.
func TestReattempt(t *testing.T) {
	f := func(failure, again, want string) {
		t.Helper()
		run(t, "0 A>B 5 IAM called=49876543 calling=848385\n"+failure+"\n"+again, "A>B 5 "+want)
	}
	again := "6 A>B 6 IAM called=49876543 calling=848385\n"
	second := "\n A>B 6 outcome=open"
	f("1 A>B 5 COT failed", again, "outcome=reattempt reason=continuity flags=continuity_failed"+second)
	f("1 A>B 5 CCR", again, "outcome=reattempt reason=continuity flags=continuity_failed"+second)
	f("1 B>A 5 UCIC", again, "outcome=reattempt reason=unequipped"+second)
	f("1 B>A 5 RSC", again, "outcome=reattempt reason=reset"+second)
	f("1 A>B 5 RSC", again, "outcome=reattempt reason=reset"+second)
	f("1 B>A 4 GRS range=1", again, "outcome=reattempt reason=group_reset"+second)
	f("1 B>A 5 BLO", again, "outcome=reattempt reason=capture_end"+second) // the call is still up
	f("1 B>A 5 BLO\n 2 A>B 5 REL 31 LN\n 2.1 B>A 5 RLC", again,
		"outcome=reattempt reason=release release=2 rlc=2.1 cause=31/LN by=calling"+second)
	f("1 B>A 5 BLO", again+"7 A>B 5 REL 31 LN\n 7.1 B>A 5 RLC",
		"outcome=reattempt reason=release release=7 rlc=7.1 cause=31/LN by=calling"+second)
	f("1 B>A 5 CGB maintenance range=1 status=01", again, "outcome=reattempt reason=capture_end"+second)
	f("1 B>A 5 CGB hardware range=1 status=01", again+"7 A>B 5 RSC", "outcome=reattempt reason=blocking"+second)

	// No evidence.
	f("1 B>A 5 UCIC", "6.001 A>B 6 IAM called=49876543 calling=848385", "outcome=failed reason=unequipped"+second)
	f("1 B>A 5 UCIC", "2 A>B 5 IAM called=49876543 calling=848385", "outcome=failed reason=unequipped\n A>B 5 outcome=open")
	f("1 B>A 5 UCIC", "2 A>B 6 IAM called=49876544 calling=848385", "outcome=failed reason=unequipped"+second)
	f("1 B>A 5 UCIC", "2 A>B 6 IAM called=49876543 calling=848386", "outcome=failed reason=unequipped"+second)
	f("1 B>A 5 UCIC", "2 A>B 6 IAM called=49876543", "outcome=failed reason=unequipped"+second)
	f("1 B>A 5 UCIC", "2 A>C 6 IAM called=49876543 calling=848385", "outcome=failed reason=unequipped\n A>C 6 outcome=open")
	f("1 B>A 5 UCIC", "2 B>A 6 IAM called=49876543 calling=848385", "outcome=failed reason=unequipped\n B>A 6 outcome=open")
	f("1 B>A 5 UCIC", "2 A>B 6 IAM called=49876543 calling=848385 ni=0", "outcome=failed reason=unequipped"+second)
	f("1 A>B 5 BLO\n 2 A>B 5 REL 16 LN\n 2.1 B>A 5 RLC", again, // its own side blocks: no reason to try elsewhere
		"outcome=abandoned reason=release release=2 rlc=2.1 cause=16/LN by=calling"+second)
	f("0.5 B>A 5 ACM\n 1 B>A 5 RSC", again, "acm=0.5 outcome=reset reason=reset"+second)
	f("0.5 B>A 5 INR\n 1 B>A 5 RSC", again, "outcome=reset reason=reset"+second)
	f("0.5 A>B 5 REL 16 LN\n 1 B>A 5 RSC", again, "release=0.5 outcome=abandoned reason=release cause=16/LN by=calling flags=no_rlc"+second)
	f("1 B>A 5 REL 34 LN\n 1.1 A>B 5 RLC", again, "release=1 rlc=1.1 outcome=congestion reason=release cause=34/LN by=called"+second)
}

// TestReattemptChain tries a call on three circuits; one IAM is one try.
func TestReattemptChain(t *testing.T) {
	run(t, `
		0   A>B 5 IAM called=1
		0.1 B>A 5 UCIC
		0.2 A>B 6 IAM called=1
		0.3 A>B 6 COT failed
		0.4 A>B 7 IAM called=1
		1   B>A 7 CON
	`, `
		A>B 5 outcome=reattempt reason=unequipped
		A>B 6 outcome=reattempt reason=continuity flags=continuity_failed
		A>B 7 outcome=answered acm=1 answer=1
	`)
	run(t, `
		0   A>B 5 IAM called=1080
		0.1 A>B 6 IAM called=1080
		0.2 B>A 5 GRS range=1
		0.3 A>B 7 IAM called=1080
	`, `
		A>B 5 outcome=reattempt reason=group_reset
		A>B 6 outcome=reset reason=group_reset
		A>B 7 outcome=open
	`)
	run(t, `
		0   A>B 5 IAM called=04
		0.1 A>B 5 SAM 822
		0.2 B>A 5 RSC
		0.3 A>B 7 IAM called=04822
	`, `
		A>B 5 called=04822 outcome=reattempt reason=reset flags=overlap
		A>B 7 outcome=open
	`)
}

// TestHardwareBlocking waits for the REL of a call that is being cleared.
func TestHardwareBlocking(t *testing.T) {
	busy := "0 A>B 5 IAM called=1\n 1 B>A 5 CON\n 9 B>A 5 CGB hardware range=1 status=01\n"
	f := func(after, want string) {
		t.Helper()
		run(t, busy+after, "A>B 5 called=1 acm=1 answer=1 outcome=answered "+want)
	}
	f("9.02 B>A 5 REL 31 LN\n 9.1 A>B 5 RLC", "release=9.02 rlc=9.1 end=9.1 talk=8.02 reason=release cause=31/LN by=called")
	f("69 A>B 5 REL 31 LN\n 69.1 B>A 5 RLC", "release=69 rlc=69.1 talk=68 reason=release cause=31/LN by=calling")
	f("69.1 A>B 5 REL 31 LN = orphan", "end=9 talk=8 reason=blocking")
	f("4h A>B 5 REL 31 LN = orphan", "end=9 talk=8 reason=blocking")
	f("20 A>B 5 IAM called=2", "end=9 talk=8 reason=blocking\n A>B 5 called=2 outcome=open start=20")
	f("20 B>A 5 IAM called=2", "end=9 talk=8 reason=blocking\n B>A 5 called=2 outcome=open start=20")
	f("20 A>B 5 RSC", "end=9 talk=8 reason=blocking")
	f("20 A>B 4 GRS range=5", "end=9 talk=8 reason=blocking")
	f("20 B>A 5 CGB hardware range=1 status=01\n 99 C>B 1 RSC", "end=9 talk=8 reason=blocking")
	f("20 tick\n 100 tick", "end=9 talk=8 reason=blocking")
	f("20 B>A 5 RLC", "end=9 talk=8 reason=blocking")
	f("10 A>B 9 RSC", "end= talk= reason=capture_end") // a REL may still come
	run(t, "0 A>B 5 IAM called=1\n 9 A>B 5 CGB hardware range=1 status=01\n 99 A>B 9 RSC", "A>B 5 outcome=failed reason=blocking end=9")
	run(t, "0 A>B 5 IAM called=1\n 1 B>A 5 ACM free\n 9 A>B 5 CGB hardware range=1 status=01\n 99 A>B 9 RSC",
		"A>B 5 acm=1 alerting=1 ring=8 outcome=failed reason=blocking end=9 messages=3")
	run(t, "0 A>B 5 IAM called=1\n 1 A>B 5 REL 17 LN\n 9 B>A 5 CGB hardware range=1 status=01\n 99 A>B 9 RSC",
		"A>B 5 release=1 end=1 outcome=busy reason=release cause=17/LN by=calling flags=no_rlc")
}

// TestBlockingStatus blocks only the circuits whose status bit is set, and calls only where hardware failed.
func TestBlockingStatus(t *testing.T) {
	busy := "0 A>B 5 IAM called=5\n 1 A>B 6 IAM called=6\n 2 A>B 13 IAM called=13\n"
	f := func(cgb string, blocked ...bool) {
		t.Helper()
		want := ""
		for i, cic := range []string{"5", "6", "13"} {
			reason := "capture_end outcome=open"
			if blocked[i] {
				reason = "blocking outcome=failed end=9"
			}
			want += "A>B " + cic + " reason=" + reason + "\n"
		}
		run(t, busy+"9 A>B 5 "+cgb+"\n 99 C>B 1 RSC", want)
	}
	f("CGB hardware range=8 status=0101", true, false, true)
	f("CGB hardware range=8 status=0200", false, true, false)
	f("CGB hardware range=7 status=ffff", true, true, false) // bits past the range
	f("CGB hardware range=8 status=ff", true, true, false)   // a status octet is missing
	f("CGB hardware range=1", false, false, false)           // all of them are
	f("CGB hardware range=1 status=01 empty", false, false, false)
	f("CGB maintenance range=8 status=ffff", false, false, false)
	f("CGU hardware range=8 status=ffff", false, false, false)
	f("BLO", false, false, false)
}

// TestSupervision leaves calls alone and ends in the counter of what was decoded.
func TestSupervision(t *testing.T) {
	run(t, `
		0 A>B 5 IAM called=1
		1 A>B 5 BLO
		1 B>A 5 BLA
		1 A>B 5 UBL
		1 B>A 5 UBA
		1 A>B 5 CGU maintenance range=1 status=01
		1 A>B 5 LPA
		1 A>B 9 UPT
		1 A>B 9 UPA
		1 A>B 5 OLM
		2 B>A 5 CON
	`, `A>B 5 acm=2 answer=2 outcome=answered messages=2`)
}
