package correlate

import "testing"

// TestMidCallStart makes a partial call of what was seen first.
func TestMidCallStart(t *testing.T) {
	f := func(script, want string) {
		t.Helper()
		run(t, script, want)
	}
	rel := "\n 9 A>B 5 REL 16 LN\n 9.1 B>A 5 RLC"
	end := " release=9 rlc=9.1 end=9.1 reason=release cause=16/LN by=calling flags=partial service= tg= called= calling= setup="
	f("0 B>A 5 ACM free"+rel, "A>B 5 start=0 acm=0 alerting=0 ring=9 outcome=abandoned"+end)
	f("0 B>A 5 ACM"+rel, "A>B 5 acm=0 outcome=abandoned"+end)
	f("0 B>A 5 ACM\n 1 B>A 5 ANM"+rel, "A>B 5 acm=0 answer=1 talk=8 outcome=answered"+end)
	f("0 B>A 5 CPG alerting"+rel, "A>B 5 alerting=0 outcome=abandoned"+end)
	f("0 B>A 5 CPG progress"+rel, "A>B 5 outcome=unknown"+end)
	f("0 B>A 5 CPG progress\n 1 B>A 5 CPG alerting"+rel, "A>B 5 alerting=1 outcome=abandoned"+end)
	f("0 B>A 5 CPG progress\n 1 B>A 5 ANM"+rel, "A>B 5 answer=1 outcome=answered"+end)
	f("0 B>A 5 CON"+rel, "A>B 5 acm=0 answer=0 talk=9 outcome=answered"+end)
	f("0 B>A 5 ANM charge=yes"+rel, "A>B 5 answer=0 outcome=answered charge=charge"+end)
	f("0 B>A 5 ANM\n 9 B>A 5 REL 16 LN\n 9.1 A>B 5 RLC",
		"A>B 5 answer=0 outcome=answered release=9 rlc=9.1 cause=16/LN by=called flags=partial")
	f("0 A>B 5 REL 16 LN\n 0.1 B>A 5 RLC", "A>B 5 start=0 release=0 rlc=0.1 outcome=unknown cause=16/LN by= flags=partial")
	f("0 B>A 5 REL 17 LN\n 0.1 A>B 5 RLC", "B>A 5 start=0 release=0 rlc=0.1 outcome=unknown cause=17/LN by= flags=partial")
	// It may end in any way.
	f("0 B>A 5 ACM", "A>B 5 acm=0 outcome=open reason=capture_end flags=partial")
	f("0 B>A 5 CPG progress", "A>B 5 outcome=unknown reason=capture_end flags=partial")
	f("0 B>A 5 ANM", "A>B 5 answer=0 outcome=answered reason=capture_end flags=partial")
	f("0 B>A 5 ACM\n 9 A>B 5 RSC", "A>B 5 acm=0 outcome=reset reason=reset flags=partial")
	f("0 B>A 5 ACM\n 9 B>A 5 UCIC", "A>B 5 acm=0 outcome=failed reason=unequipped flags=partial")
	f("0 B>A 5 ACM\n 9 A>B 5 IAM called=2", "A>B 5 acm=0 outcome=lost reason=new_iam flags=partial\n A>B 5 called=2 outcome=open")
	f("0 B>A 5 ACM\n 9 B>A 5 IAM called=2", "A>B 5 acm=0 outcome=lost reason=new_iam flags=partial\n B>A 5 called=2 outcome=open")
	f("0 B>A 5 CPG progress\n 9 A>B 5 IAM called=2",
		"A>B 5 outcome=unknown reason=new_iam flags=partial\n A>B 5 called=2 outcome=open")
	f("0 B>A 5 ACM\n 9 B>A 5 RLC", "A>B 5 acm=0 rlc=9 outcome=lost flags=partial")
	// A partial call has no numbers, whatever a SAM says.
	f("0 B>A 5 CPG progress\n 1 A>B 5 SAM 99", "A>B 5 called= called_noa= outcome=unknown flags=partial+overlap")
	// A CPG may go forward; what goes only backward tells.
	f("0 A>B 5 CPG progress\n 1 B>A 5 ANM"+rel, "A>B 5 answer=1 outcome=answered"+end)
}

// TestOrphans are messages that make no call.
func TestOrphans(t *testing.T) {
	run(t, `
		0 A>B 1 SUS user = orphan
		0 A>B 2 RES user = orphan
		0 A>B 3 SAM 1 = orphan
		0 A>B 4 RLC = orphan
		0 A>B 5 COT good = orphan
		0 A>B 6 UCIC = orphan
		0 A>B 7 INF = orphan
		0 A>B 8 FAC = orphan
	`, ``)
	// The circuit is known to be idle.
	for _, idle := range []string{"0 A>B 5 RSC", "0 B>A 3 GRS range=4", "0 A>B 5 RLC = orphan"} {
		for _, late := range []string{"1 B>A 5 ACM", "1 B>A 5 CPG alerting", "1 B>A 5 CON", "1 B>A 5 ANM", "1 A>B 5 REL 16 LN", "1 A>B 5 RLC"} {
			if late == "1 A>B 5 RLC" {
				run(t, idle+"\n 1 A>B 5 REL 16 LN = orphan\n 2 B>A 5 SAM 1 = orphan", "")
				continue
			}
			run(t, idle+"\n"+late+" = orphan", "")
		}
	}
	// A SUS says that a call is up: its REL makes a partial one.
	run(t, "0 B>A 5 SUS network = orphan\n 1 A>B 5 REL 102 LN", "A>B 5 release=1 cause=102/LN by= outcome=unknown flags=partial+no_rlc")
}
