package correlate

import "testing"

// TestDualSeizure lets the exchange with the higher point code have the even circuits and the lower one the odd; B is the
// higher one.
func TestDualSeizure(t *testing.T) {
	f := func(cic, first, second, winner string) {
		t.Helper()
		loser := map[string]string{"A>B": "B>A", "B>A": "A>B"}[winner]
		back := loser
		script := "0 " + first + " " + cic + " IAM called=1\n 0.1 " + second + " " + cic + " IAM called=2\n"
		lost := loser + " " + cic + " outcome=glare reason=glare end=0.1 flags=dual_seizure"
		won := winner + " " + cic + " flags=dual_seizure "
		order := func(won string) string {
			if winner == first {
				return won + "\n" + lost
			}
			return lost + "\n" + won
		}
		// Settled by the loser's ACM, by a REL of either side, by a reset, and by nothing.
		run(t, script+"1 "+back+" "+cic+" ACM free\n 3 "+winner+" "+cic+" REL 16 LN\n 3.1 "+back+" "+cic+" RLC",
			order(won+"acm=1 alerting=1 release=3 rlc=3.1 outcome=abandoned cause=16/LN by=calling"))
		run(t, script+"3 "+winner+" "+cic+" REL 16 LN\n 3.1 "+back+" "+cic+" RLC",
			order(won+"release=3 rlc=3.1 outcome=abandoned cause=16/LN by=calling"))
		run(t, script+"3 "+back+" "+cic+" REL 17 LN\n 3.1 "+winner+" "+cic+" RLC",
			order(won+"release=3 rlc=3.1 outcome=busy cause=17/LN by=called"))
		run(t, script+"3 "+back+" "+cic+" RSC", order(won+"outcome=reset reason=reset end=3"))
		run(t, script+"3 "+back+" "+cic+" UCIC", order(won+"outcome=failed reason=unequipped end=3"))
		run(t, script, order(won+"outcome=open reason=capture_end"))
		// Each side's SAM is of its own call.
		run(t, script+"0.2 "+first+" "+cic+" SAM 11\n 0.3 "+second+" "+cic+" SAM 22\n 1 "+back+" "+cic+" CON", func() string {
			digits := map[string]string{first: "111", second: "222"}
			won := winner + " " + cic + " called=" + digits[winner] + " acm=1 answer=1 outcome=answered flags=overlap+dual_seizure"
			lost := loser + " " + cic + " called=" + digits[loser] + " outcome=glare end=0.1 flags=overlap+dual_seizure"
			if winner == first {
				return won + "\n" + lost
			}
			return lost + "\n" + won
		}())
	}
	f("6", "A>B", "B>A", "B>A")
	f("6", "B>A", "A>B", "B>A")
	f("5", "A>B", "B>A", "A>B")
	f("5", "B>A", "A>B", "A>B")
	f("0", "B>A", "A>B", "B>A")
}

// TestDualSeizureYielded believes the first backward message rather than the rule.
func TestDualSeizureYielded(t *testing.T) {
	for _, msg := range []string{"ACM", "CPG progress", "CON", "ANM"} {
		steps := "0 A>B 6 IAM called=1\n 0.1 B>A 6 IAM called=2\n 1 B>A 6 " + msg + "\n 2 A>B 6 REL 16 LN\n 2.1 B>A 6 RLC"
		want := map[string]string{"ACM": "acm=1 outcome=abandoned", "CPG progress": "outcome=abandoned",
			"CON": "acm=1 answer=1 outcome=answered", "ANM": "answer=1 outcome=answered"}[msg]
		run(t, steps, `
			A>B 6 called=1 release=2 rlc=2.1 cause=16/LN by=calling flags=dual_seizure `+want+`
			B>A 6 called=2 outcome=glare reason=glare end=0.1 flags=dual_seizure`)
	}
}

// TestDualSeizureGoesOn looks at what may follow.
func TestDualSeizureGoesOn(t *testing.T) {
	both := "0 A>B 6 IAM called=1\n 0.1 B>A 6 IAM called=2\n"
	// The IAMs are repeated.
	run(t, both+"0.3 A>B 6 IAM called=1 = repeat\n 0.4 B>A 6 IAM called=2 = repeat\n 1 A>B 6 ACM",
		"A>B 6 outcome=glare messages=2 flags=dual_seizure\n B>A 6 acm=1 outcome=open messages=3 flags=dual_seizure")
	// The loser tries again on another circuit; its first try stays glare.
	run(t, both+"0.3 A>B 7 IAM called=1\n 1 A>B 6 ACM",
		"A>B 6 outcome=glare flags=dual_seizure\n B>A 6 acm=1 outcome=open flags=dual_seizure\n A>B 7 outcome=open")
	// One of both has failed its continuity check.
	run(t, both+"0.3 B>A 6 COT failed", "A>B 6 outcome=glare flags=dual_seizure\n"+
		"B>A 6 outcome=failed reason=continuity end=0.3 flags=continuity_failed+dual_seizure")
	run(t, both+"0.3 A>B 6 COT good\n 0.4 B>A 6 COT good\n 1 A>B 6 CON",
		"A>B 6 outcome=glare flags=dual_seizure\n B>A 6 outcome=answered acm=1 answer=1 flags=dual_seizure")
	// A third IAM: neither of both went on.
	run(t, both+"5 A>B 6 IAM called=3", "A>B 6 called=1 outcome=glare flags=dual_seizure\n"+
		"B>A 6 called=2 outcome=lost reason=new_iam end=5 flags=dual_seizure\n A>B 6 called=3 outcome=open")
	// Hardware fails.
	run(t, both+"5 A>B 6 CGB hardware range=1 status=01\n 5.1 A>B 6 REL 31 LN\n 5.2 B>A 6 RLC",
		"A>B 6 called=1 outcome=glare flags=dual_seizure\n"+
			"B>A 6 called=2 outcome=failed release=5.1 rlc=5.2 cause=31/LN by=called flags=dual_seizure")
	// Nothing more is heard.
	run(t, both+"30h A>B 6 REL 16 LN = orphan", "A>B 6 called=1 outcome=glare reason=glare end=0.1 flags=dual_seizure\n"+
		"B>A 6 called=2 outcome=lost reason=timeout end=86400.1 flags=dual_seizure")
}

// TestIAMOnBusyCircuit ends a call whose release was missed, or is the same IAM once more.
func TestIAMOnBusyCircuit(t *testing.T) {
	call := "0 A>B 5 IAM called=1 calling=7\n"
	run(t, call+"2 A>B 5 IAM called=1 calling=7 = repeat\n 3 B>A 5 CON", "A>B 5 acm=3 answer=3 start=0 messages=3 outcome=answered")
	run(t, call+"1 B>A 5 ACM\n 2 A>B 5 IAM called=1 calling=7 = repeat", "A>B 5 acm=1 messages=3 outcome=open")
	run(t, call+"2.1 A>B 5 IAM called=1 calling=7", "A>B 5 outcome=lost reason=new_iam end=2.1\n A>B 5 start=2.1 outcome=open")
	run(t, call+"1 A>B 5 IAM called=2 calling=7", "A>B 5 outcome=lost reason=new_iam end=1\n A>B 5 called=2 outcome=open")
	run(t, call+"1 A>B 5 IAM called=1 calling=8", "A>B 5 outcome=lost reason=new_iam end=1\n A>B 5 calling=8 outcome=open")
	run(t, call+"1 A>B 5 IAM called=1", "A>B 5 outcome=lost reason=new_iam end=1\n A>B 5 calling= outcome=open")
	run(t, call+"1 B>A 5 CON\n 9 A>B 5 IAM called=1 calling=7",
		"A>B 5 outcome=answered reason=new_iam acm=1 answer=1 end=9 talk=\n A>B 5 start=9 outcome=open")
	run(t, "0 A>B 5 IAM called=1\n 0.5 A>B 5 SAM 2\n 1 A>B 5 IAM called=1 = repeat", "A>B 5 called=12 outcome=open flags=overlap")
	// From the other side, after a backward message or long after the first.
	run(t, call+"1 B>A 5 ACM free\n 9 B>A 5 IAM called=2",
		"A>B 5 outcome=lost reason=new_iam acm=1 alerting=1 end=9 ring=8\n B>A 5 called=2 outcome=open")
	run(t, call+"1 B>A 5 INR\n 2 B>A 5 IAM called=2", "A>B 5 outcome=lost reason=new_iam end=2\n B>A 5 called=2 outcome=open")
	run(t, call+"1h B>A 5 IAM called=2", "A>B 5 outcome=lost reason=new_iam end=3600\n B>A 5 called=2 outcome=open")
}
