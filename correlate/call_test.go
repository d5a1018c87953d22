package correlate

import "testing"

// TestPlainCall follows a call from IAM to RLC, in both directions.
func TestPlainCall(t *testing.T) {
	run(t, `
		0.0  A>B 5 IAM called=49876543 calling=848385
		1.2  B>A 5 ACM free charge=yes
		5    B>A 5 ANM
		65.5 A>B 5 REL 16 LN
		65.6 B>A 5 RLC
		70   B>A 5 IAM called=848385 calling=49876543
		70.5 A>B 5 ACM charge=no
		71   A>B 5 CPG alerting
		75   A>B 5 ANM
		80   A>B 5 REL 16 U
		80.1 B>A 5 RLC
	`, `
		A>B 5 called=49876543 calling=848385 start=0 acm=1.2 alerting=1.2 answer=5 release=65.5 rlc=65.6 end=65.6
			setup=1.2 ring=3.8 talk=60.5 outcome=answered reason=release cause=16/LN by=calling charge=charge
			first=1 last=5 messages=5 service=s tg=tgB network=n2 ni=2 protocol=isup
		B>A 5 called=848385 calling=49876543 start=70 acm=70.5 alerting=71 answer=75 release=80 rlc=80.1 end=80.1
			setup=0.5 ring=4 talk=5 outcome=answered reason=release cause=16/U by=called charge=no_charge
			first=6 last=11 messages=6 tg=tgA
	`)
}

// TestRecordedParameters keeps the numbers, category and medium of an IAM as they were sent.
func TestRecordedParameters(t *testing.T) {
	run(t, `
		0 A>B 1 IAM called=0084123456E/4 calling=912/3/1 redirecting=77/2 original=88/1 category=15 tmr=2
		1 A>B 2 IAM called=12F calling=/3/2
		2 A>B 3 IAM called=12
	`, `
		A>B 1 called=0084123456E called_noa=4 calling=912 calling_noa=3 presentation=1 redirecting=77 original=88
			category=15 tmr=2 outcome=open reason=capture_end
		A>B 2 called=12F called_noa=3 calling= presentation=2
		A>B 3 called=12 calling= calling_noa= presentation= redirecting= original= category=10 tmr=3
	`)
}

// TestLongNumber keeps digits past the 32nd, those of a SAM among them, and bounds what one call may take.
func TestLongNumber(t *testing.T) {
	run(t, `
		0 A>B 1 IAM called=1234567890123456789012345678901
		1 A>B 1 SAM 2345
		2 A>B 1 SAM 678F
	`, `A>B 1 called=12345678901234567890123456789012345678F flags=overlap`)
	var n Number
	for range 10000 {
		n.AppendSignals([]byte{0x21, 0x43, 0x65, 0x87}, false)
	}
	if n.Len() != maxDigits || len(n.String()) != maxDigits {
		t.Errorf("a number may have %d digits", n.Len())
	}
}

// TestOverlap appends the digits of every SAM.
func TestOverlap(t *testing.T) {
	run(t, `
		0   A>B 5 IAM called=048
		0.5 A>B 5 SAM 2
		1   A>B 5 SAM 2       # an equal one is another digit
		1.5 A>B 5 SAM 513
		2   A>B 5 SAM F
		3   B>A 5 ACM free
		4   B>A 5 REL 17 LN
		4.1 A>B 5 RLC
	`, `A>B 5 called=04822513F acm=3 alerting=3 setup=3 ring=1 release=4 rlc=4.1 outcome=busy cause=17/LN by=called flags=overlap
		messages=8`)
}

// TestRinging tells the first sign of ringing: ACM with subscriber free, or CPG alerting.
func TestRinging(t *testing.T) {
	f := func(backward, want string) {
		t.Helper()
		run(t, "0 A>B 5 IAM called=1\n"+backward+"\n60 A>B 5 REL 16 LN\n60.1 B>A 5 RLC", "A>B 5 release=60 rlc=60.1 cause=16/LN by=calling "+want)
	}
	f("1 B>A 5 ACM free", "acm=1 alerting=1 ring=59 setup=1 outcome=abandoned")
	f("1 B>A 5 ACM", "acm=1 ring= setup=1 outcome=abandoned")
	f("1 B>A 5 ACM \n 2 B>A 5 CPG alerting", "acm=1 alerting=2 ring=58")
	f("1 B>A 5 ACM \n 2 B>A 5 CPG progress \n 3 B>A 5 CPG inband", "acm=1 ring=")
	f("1 B>A 5 ACM \n 2 A>B 5 CPG alerting", "acm=1 ring=") // it went forward
	f("1 B>A 5 ACM free \n 2 B>A 5 CPG alerting \n 3 B>A 5 ACM free", "acm=1 alerting=1")
	f("1 B>A 5 ACM \n 2 B>A 5 ANM \n 3 B>A 5 CPG alerting", "acm=1 answer=2 ring= talk=58 outcome=answered")
	f("1 B>A 5 ACM free \n 2 B>A 5 ANM", "acm=1 alerting=1 answer=2 ring=1 talk=58 outcome=answered")
}

// TestAnswer takes an answer from ANM or CON.
func TestAnswer(t *testing.T) {
	f := func(backward, want string) {
		t.Helper()
		run(t, "0 A>B 5 IAM called=1\n"+backward+"\n60 A>B 5 REL 16 LN\n60.1 B>A 5 RLC",
			"A>B 5 release=60 rlc=60.1 cause=16/LN by=calling outcome=answered "+want)
	}
	f("2 B>A 5 CON", "acm=2 answer=2 setup=2 talk=58")
	f("2 B>A 5 ANM", "acm= answer=2 setup= talk=58")
	f("1 B>A 5 ACM \n 2 B>A 5 CON \n 3 B>A 5 ANM", "acm=1 answer=2 setup=1 talk=58")
}

// TestCharge takes the last indication of charging.
func TestCharge(t *testing.T) {
	f := func(backward, want string) {
		t.Helper()
		run(t, "0 A>B 5 IAM called=1\n"+backward, "A>B 5 outcome=answered "+want)
	}
	f("1 B>A 5 CON charge=yes", "acm=1 answer=1 charge=charge")
	f("1 B>A 5 CON charge=no", "acm=1 answer=1 charge=no_charge")
	f("1 B>A 5 CON", "acm=1 answer=1 charge=")
	f("1 B>A 5 ACM charge=yes \n 2 B>A 5 ANM", "acm=1 answer=2 charge=charge")
	f("1 B>A 5 ACM charge=yes \n 2 B>A 5 ANM charge=no", "acm=1 answer=2 charge=no_charge")
	f("1 B>A 5 ACM charge=no \n 2 B>A 5 CPG progress charge=yes \n 3 B>A 5 ANM", "acm=1 answer=3 charge=charge")
	f("1 B>A 5 ACM charge=yes \n 2 B>A 5 CPG progress charge=none \n 3 B>A 5 ANM", "acm=1 answer=3 charge=charge")
	f("1 B>A 5 ACM charge=yes \n 2 A>B 5 CPG progress charge=no \n 3 B>A 5 ANM", "acm=1 answer=3 charge=charge")
}

// TestOutcomeByCause is the part of the table of outcomes that goes by the first REL.
func TestOutcomeByCause(t *testing.T) {
	f := func(who, cause, want string) {
		t.Helper()
		other := map[string]string{"A>B": "B>A", "B>A": "A>B"}[who]
		by := map[string]string{"A>B": "calling", "B>A": "called"}[who]
		why := " cause=" + cause + "/TN"
		if cause == "none" {
			why = ""
		}
		run(t, "0 A>B 5 IAM called=1\n 1 B>A 5 ACM\n 9 "+who+" 5 REL "+cause+" TN\n 9.1 "+other+" 5 RLC",
			"A>B 5 acm=1 release=9 rlc=9.1 end=9.1 reason=release by="+by+why+" outcome="+want)
	}
	f("A>B", "16", "abandoned")
	f("B>A", "16", "failed")
	for _, who := range []string{"A>B", "B>A"} {
		f(who, "17", "busy")
		f(who, "18", "no_answer")
		f(who, "19", "no_answer")
		f(who, "21", "rejected")
		f(who, "1", "unallocated")
		f(who, "34", "congestion")
		f(who, "42", "congestion")
		f(who, "44", "congestion")
		f(who, "47", "congestion")
		for _, cause := range []string{"2", "3", "20", "27", "28", "31", "38", "41", "88", "102", "111", "127", "none"} {
			f(who, cause, "failed")
		}
	}
}

// TestCauseOctets reads a cause with the octet of the recommendation, one of another coding standard, and none.
func TestCauseOctets(t *testing.T) {
	f := func(rel, want string) {
		t.Helper()
		run(t, "0 A>B 5 IAM called=1\n 9 B>A 5 REL "+rel+"\n 9.1 A>B 5 RLC", "A>B 5 release=9 rlc=9.1 by=called "+want)
	}
	f("17 RLN rec", "cause=17/RLN outcome=busy")
	f("23 LN national", "cause=23/LN/2 outcome=failed")
	f("16 BI", "cause=16/BI outcome=failed")
	f("none", "cause= outcome=failed")
	f("16 LN empty", "cause= outcome=failed")
}

// TestSuspend keeps what the network suspended; the user's SUS is only flagged, and talk time goes on.
func TestSuspend(t *testing.T) {
	f := func(script, want string) {
		t.Helper()
		run(t, "0 A>B 5 IAM called=1\n 2 B>A 5 CON\n"+script+"\n 100.1 B>A 5 RLC",
			"A>B 5 acm=2 answer=2 release=100 rlc=100.1 talk=98 outcome=answered by=calling "+want)
	}
	f("10 B>A 5 SUS user \n 20 B>A 5 RES user \n 100 A>B 5 REL 16 LN", "cause=16/LN flags=suspended")
	f("10 B>A 5 SUS network \n 20 B>A 5 RES network \n 100 A>B 5 REL 16 LN", "cause=16/LN flags=suspended suspended=10")
	f("10 B>A 5 SUS network \n 100 A>B 5 REL 102 LN", "cause=102/LN flags=suspended suspended=90")
	f("10 B>A 5 SUS network \n 15 B>A 5 SUS network \n 20 B>A 5 RES network \n 30 B>A 5 RES network\n"+
		"40 B>A 5 SUS network\n 41 B>A 5 RES network\n 100 A>B 5 REL 16 LN", "cause=16/LN flags=suspended suspended=11")
	f("10 B>A 5 SUS network \n 20 B>A 5 RES user \n 30 B>A 5 RES network \n 100 A>B 5 REL 16 LN", "cause=16/LN flags=suspended suspended=20")
	f("10 A>B 5 SUS user \n 12 B>A 5 SUS network \n 30 A>B 5 RES user \n 100 A>B 5 REL 102 LN", "cause=102/LN flags=suspended suspended=88")
	f("100 A>B 5 REL 16 LN \n 100.01 B>A 5 SUS network", "cause=16/LN")
	run(t, `
		0  A>B 5 IAM called=1
		2  B>A 5 CON
		10 B>A 5 SUS network
		30 A>B 5 RSC
	`, `A>B 5 acm=2 answer=2 end=30 talk=28 outcome=answered reason=reset flags=suspended suspended=20`)
}

// TestLongCall is a call longer than an hour, on a line that is silent meanwhile.
func TestLongCall(t *testing.T) {
	run(t, `
		0       A>B 5 IAM called=1
		1       B>A 5 ACM free
		2       B>A 5 ANM
		5h30m   A>B 5 REL 16 LN
		5h30m1s B>A 5 RLC
	`, `A>B 5 acm=1 alerting=1 answer=2 release=19800 rlc=19801 end=19801 talk=19798 cause=16/LN by=calling outcome=answered`)
}

// TestMaxCall closes a call of which nothing is heard, as of its deadline and however late that is noticed.
func TestMaxCall(t *testing.T) {
	want := `A>B 5 acm=1 answer=1 start=0 end=86401 talk= outcome=answered reason=timeout`
	busy := "0 A>B 5 IAM called=1\n 1 B>A 5 CON\n"
	run(t, busy+"23h A>B 6 RSC\n 24h A>B 6 RSC \n 25h A>B 6 RSC", want)
	run(t, busy+"24h10s tick\n 24h11s tick", want)
	run(t, busy+"24h10s A>B 5 REL 16 LN = orphan", want)
	run(t, busy+"24h10s A>B 5 GRS range=3", want)
	run(t, busy+"24h10s A>B 4 GRS range=3", want)
	run(t, busy+"24h10s A>B 4 CGB hardware range=3 status=0f", want)
	run(t, busy+"24h10s A>B 5 IAM called=7", want+"\n A>B 5 called=7")
	run(t, busy+"24h2s A>B 5 CPG progress = orphan\n 47h59m A>B 5 REL 16 LN = orphan", want)
	run(t, busy+"23h A>B 5 CPG progress\n 46h A>B 5 REL 16 LN \n 46h1s B>A 5 RLC",
		"A>B 5 acm=1 answer=1 release=165600 rlc=165601 outcome=answered reason=release cause=16/LN by=calling")
	run(t, "0 A>B 5 IAM called=1\n 12h tick\n 25h tick\n 26h tick", "A>B 5 end=86400 outcome=lost reason=timeout")
	run(t, "0 A>B 5 IAM called=1\n 1 B>A 5 REL 17 LN\n 12h tick\n 25h tick\n 26h tick",
		"A>B 5 release=1 end=1 outcome=busy reason=release cause=17/LN by=called flags=no_rlc")
	runWith(t, Options{MaxCall: 1e9 * 60}, busy+"61 B>A 6 RSC\n 62 tick\n 63 A>B 5 REL 16 LN = orphan", "A>B 5 acm=1 answer=1 end=61 reason=timeout")
}

// TestCaptureEnd stores what is still up.
func TestCaptureEnd(t *testing.T) {
	run(t, `
		0  A>B 1 IAM called=1
		1  A>B 2 IAM called=2
		2  B>A 2 ACM free
		3  A>B 3 IAM called=3
		4  B>A 3 CON
		5  A>B 4 IAM called=4
		6  B>A 4 REL 17 LN
		9  A>B 9 RSC
		99 tick
	`, `
		A>B 1 outcome=open reason=capture_end end=
		A>B 2 outcome=open reason=capture_end end= acm=2 alerting=2 ring=
		A>B 3 outcome=answered reason=capture_end end= acm=4 answer=4 talk=
		A>B 4 outcome=busy reason=release release=6 end=6 cause=17/LN by=called flags=no_rlc
	`)
}

// TestCircuitKey keeps apart circuits of other networks, points and protocols; both directions are one circuit.
func TestCircuitKey(t *testing.T) {
	run(t, `
		0 A>B 5 IAM called=1 ni=2
		1 A>B 5 IAM called=2 ni=0
		2 A>C 5 IAM called=3
		3 A>B 6 IAM called=4
		bicc
		4 A>B 5 IAM called=5
		5 A>B 4294967295 IAM called=6
		6 B>A 4294967295 ACM
		ansi
		7 16711680>65793 16383 IAM called=7
		8 65793>16711680 16383 CON
		itu
		9 B>A 5 ACM ni=0
	`, `
		A>B 5 called=1 ni=2 protocol=isup network=n2
		A>B 5 called=2 ni=0 protocol=isup network=n0 acm=9
		A>C 5 called=3
		A>B 6 called=4
		A>B 5 called=5 protocol=bicc
		A>B 4294967295 called=6 protocol=bicc acm=6
		16711680>65793 16383 called=7 protocol=isup acm=8 answer=8 tmr=
	`)
}

// TestOtherMessages belong to the call and change nothing in it.
func TestOtherMessages(t *testing.T) {
	run(t, `
		0   A>B 5 INF = orphan
		1   A>B 5 IAM called=1
		1.1 B>A 5 INR
		1.2 A>B 5 INF
		2   B>A 5 ACM
		3   A>B 5 FAC
		4   A>B 5 BLO
		5   B>A 5 BLA
		6   A>B 5 UBL
		7   B>A 5 UBA
		8   A>B 5 REL 16 LN
		9   B>A 5 RLC
		10  A>B 5 FAC = orphan
	`, `A>B 5 acm=2 release=8 rlc=9 outcome=abandoned cause=16/LN by=calling messages=7 first=2 last=12`)
}

// TestNetworkThatTalksToItself has one point at both ends: what tells directions by points must not make one up.
func TestNetworkThatTalksToItself(t *testing.T) {
	run(t, `
		0 A>A 5 IAM called=1
		1 A>A 5 ACM free
		2 A>A 5 ANM
		3 A>A 5 REL 16 LN
		4 A>A 5 RLC
		5 A>A 5 IAM called=2
		6 A>A 5 REL 16 LN
		6.5 A>A 5 REL 16 LN
		7 A>A 5 RLC
		7.1 A>A 5 RLC
		8 A>A 5 IAM called=3
		9 A>A 5 IAM called=4
		10 A>A 5 UCIC
	`, `
		A>A 5 acm=1 alerting=1 answer=2 release=3 rlc=4 outcome=answered cause=16/LN by=
		A>A 5 called=2 release=6 rlc=7 outcome=failed cause=16/LN by=
		A>A 5 called=3 outcome=lost reason=new_iam end=9
		A>A 5 called=4 outcome=failed reason=unequipped
	`)
}
