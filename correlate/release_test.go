package correlate

import "testing"

// TestReleaseBeforeAnswer is told apart by direction.
func TestReleaseBeforeAnswer(t *testing.T) {
	run(t, `
		0 A>B 5 IAM called=1
		9 A>B 5 REL 16 LN
		9.1 B>A 5 RLC
		10 B>A 5 IAM called=2
		19 B>A 5 REL 16 LN
		19.1 A>B 5 RLC
		20 B>A 5 IAM called=3
		29 A>B 5 REL 16 LN
		29.1 B>A 5 RLC
	`, `
		A>B 5 release=9 rlc=9.1 cause=16/LN by=calling outcome=abandoned
		B>A 5 release=19 rlc=19.1 cause=16/LN by=calling outcome=abandoned
		B>A 5 release=29 rlc=29.1 cause=16/LN by=called outcome=failed
	`)
}

// TestReleaseCollision has both sides send a REL, and both an RLC: the second RLC belongs to no later call.
func TestReleaseCollision(t *testing.T) {
	busy := "0 A>B 5 IAM called=1\n 1 B>A 5 CON\n"
	call := "A>B 5 called=1 acm=1 answer=1 outcome=answered reason=release "
	run(t, busy+`
		9    A>B 5 REL 16 LN
		9.05 B>A 5 REL 31 U
		9.1  A>B 5 RLC
		9.2  B>A 5 RLC
	`, call+"release=9 rlc=9.1 cause=16/LN by=calling flags=release_collision messages=5")
	run(t, busy+`
		9    A>B 5 REL 16 LN
		9.05 B>A 5 REL 31 U
		9.1  B>A 5 RLC
		9.2  A>B 5 RLC
	`, call+"release=9 rlc=9.1 cause=16/LN by=calling flags=release_collision")
	run(t, busy+`
		9    B>A 5 REL 31 U
		9.05 A>B 5 REL 16 LN
		9.1  A>B 5 RLC
		9.12 A>B 5 IAM called=2
		9.2  B>A 5 RLC             # of the call before
		10   B>A 5 ACM
		11   A>B 5 REL 16 LN
		11.1 B>A 5 RLC
	`, call+"release=9 rlc=9.1 cause=31/U by=called flags=release_collision\n"+
		"A>B 5 called=2 acm=10 release=11 rlc=11.1 outcome=abandoned cause=16/LN by=calling")
	// The second RLC was lost: the one that comes next is of the call that waits for it.
	run(t, busy+`
		9    B>A 5 REL 31 U
		9.05 A>B 5 REL 16 LN
		9.1  A>B 5 RLC
		9.12 A>B 5 IAM called=2
		9.5  A>B 5 REL 16 LN
		9.6  B>A 5 RLC
		9.7  A>B 5 IAM called=3
	`, call+"release=9 rlc=9.1 cause=31/U by=called flags=release_collision\n"+
		"A>B 5 called=2 release=9.5 rlc=9.6 outcome=abandoned cause=16/LN by=calling\n A>B 5 called=3 outcome=open")
}

// TestReleaseRepeated is a REL that T1 sends again.
func TestReleaseRepeated(t *testing.T) {
	busy := "0 A>B 5 IAM called=1\n 1 B>A 5 CON\n"
	call := "A>B 5 called=1 acm=1 answer=1 outcome=answered reason=release "
	run(t, busy+`
		9  A>B 5 REL 16 LN
		24 A>B 5 REL 31 U
		39 A>B 5 REL 16 LN
		40 B>A 5 RLC
	`, call+"release=9 rlc=40 end=40 talk=8 cause=16/LN by=calling messages=6")
	// Each REL gets its RLC, and the later ones are of no other call.
	run(t, busy+`
		9    A>B 5 REL 16 LN
		24   A>B 5 REL 16 LN
		24.1 B>A 5 RLC
		24.2 A>B 5 IAM called=2
		24.3 B>A 5 RLC
		25   B>A 5 ACM
	`, call+"release=9 rlc=24.1 cause=16/LN by=calling\n A>B 5 called=2 acm=25 outcome=open")
	// A collision after a repeat.
	run(t, busy+`
		9    A>B 5 REL 16 LN
		24   A>B 5 REL 16 LN
		24.1 B>A 5 REL 16 LN
		24.2 A>B 5 RLC
		24.3 B>A 5 IAM called=2
		24.4 B>A 5 RLC
		25   A>B 5 ACM
	`, call+"release=9 rlc=24.2 cause=16/LN by=calling flags=release_collision\n B>A 5 called=2 acm=25 outcome=open")
}

// TestNoReleaseComplete is an IAM on a circuit whose call has its REL.
func TestNoReleaseComplete(t *testing.T) {
	busy := "0 A>B 5 IAM called=1\n 1 B>A 5 CON\n"
	call := "A>B 5 called=1 acm=1 answer=1 outcome=answered reason=release release=9 end=9 cause=16/LN by=calling flags=no_rlc\n"
	run(t, busy+`
		9  A>B 5 REL 16 LN
		12 A>B 5 IAM called=2
	`, call+"A>B 5 called=2 outcome=open")
	run(t, busy+`
		9  A>B 5 REL 16 LN
		9.5 B>A 5 IAM called=2
		9.6 B>A 5 RLC           # late
		10 A>B 5 ACM
	`, call+"B>A 5 called=2 outcome=open acm=10")
	run(t, busy+`
		9  A>B 5 REL 16 LN
		24 A>B 5 REL 16 LN
		25 A>B 5 IAM called=2
		25.1 B>A 5 RLC          # late, and after T1
		26 B>A 5 ACM
	`, call+"A>B 5 called=2 outcome=open acm=26")
	run(t, busy+"9 A>B 5 REL 16 LN", call)
	run(t, "0 A>B 5 IAM called=1\n 1 B>A 5 REL 17 LN\n 2 A>B 5 IAM called=1", // the same numbers at once: tried again
		"A>B 5 release=1 end=1 outcome=busy cause=17/LN by=called flags=no_rlc\n A>B 5 outcome=open start=2")
}

// TestReleaseCompleteUnaccounted ends a call whose REL was not heard.
func TestReleaseCompleteUnaccounted(t *testing.T) {
	run(t, `
		0 A>B 5 IAM called=1
		1 B>A 5 ACM
		9 B>A 5 RLC
		10 B>A 5 RLC = orphan
		11 A>B 5 REL 16 LN = orphan
		11.1 B>A 5 RLC = orphan
	`, `A>B 5 acm=1 rlc=9 end=9 outcome=lost reason=release`)
	run(t, `
		0 A>B 5 IAM called=1
		1 B>A 5 CON
		9 A>B 5 RLC
	`, `A>B 5 acm=1 answer=1 rlc=9 end=9 talk= outcome=answered reason=release`)
}

// TestCrossing lets an ACM that crossed the REL tell when the address was complete, and nothing more; an ANM nothing.
func TestCrossing(t *testing.T) {
	run(t, `
		0    A>B 5 IAM called=1
		9    A>B 5 REL 16 LN
		9.01 B>A 5 ACM free charge=yes
		9.02 B>A 5 ANM
		9.1  B>A 5 RLC
	`, `A>B 5 acm=9.01 release=9 rlc=9.1 outcome=abandoned cause=16/LN by=calling messages=5`)
}

// TestOrphanRelease owes an RLC that ends no later call.
func TestOrphanRelease(t *testing.T) {
	run(t, `
		0 A>B 5 RSC
		0.1 B>A 5 RLC
		1 A>B 5 REL 16 LN = orphan
		1.1 A>B 5 IAM called=1
		1.2 B>A 5 RLC
		2 B>A 5 ACM
	`, `A>B 5 acm=2 outcome=open`)
}
