package correlate

import (
	"time"

	"c7mon/mtp"
	"c7mon/wire"
)

// Hearings tells an MSU that is heard a second time on another link from a new one: a second tap, both legs of a transfer
// point, a changeover. The n-th hearing of the same octets on one link pairs with the n-th on another within 2 s; on one
// link a second hearing is always new, since its sequence numbers already said so.
//
// It holds the MSUs of the last 2 s in a table of buckets, which grows with the rate of the traffic and no further.
type Hearings struct {
	buckets []bucket
	mask    uint64
}

const (
	pairWithin    = 2 * time.Second
	bucketWays    = 4
	firstBuckets  = 1 << 8
	mostBuckets   = 1 << 18
	linksRecorded = 3
)

// A bucket holds the MSUs whose hashes fall together.
type bucket [bucketWays]hearing

// A hearing is what is remembered of one MSU: how often it was new, and how often each link had it.
type hearing struct {
	hash  uint64
	last  wire.Time // when it was new the last time
	links [linksRecorded]heardBy
	news  uint8 // how often it was new
}

// heardBy counts the hearings on one link.
type heardBy struct {
	link mtp.Link
	n    uint8 // 0: the place is free
}

// NewHearings gives an empty table.
func NewHearings() *Hearings {
	return &Hearings{buckets: make([]bucket, firstBuckets), mask: firstBuckets - 1}
}

// Again takes the hash of an MSU heard on link at t, and reports whether another link had it already.
func (h *Hearings) Again(t wire.Time, link mtp.Link, hash uint64) bool {
	for {
		b := &h.buckets[hash&h.mask]
		free := -1
		for i := range b {
			e := &b[i]
			if e.news == 0 || t.Sub(e.last) > pairWithin {
				free = i
				continue
			}
			if e.hash == hash {
				return e.again(t, link)
			}
		}
		if free >= 0 {
			b[free] = hearing{hash: hash, last: t, news: 1, links: [linksRecorded]heardBy{{link, 1}}}
			return false
		}
		if len(h.buckets) >= mostBuckets {
			b.forgetOldest()
			continue
		}
		h.grow(t)
	}
}

// again counts a further hearing.
func (e *hearing) again(t wire.Time, link mtp.Link) bool {
	by := e.by(link)
	if by == nil {
		return true // more links than are recorded: the second and third had it
	}
	if by.n < e.news {
		by.n++
		return true
	}
	if e.news == 255 { // the same octets again and again on one link: begin anew
		*e = hearing{hash: e.hash, last: t, links: [linksRecorded]heardBy{{link, 0}}}
		by = &e.links[0]
	}
	e.news++
	by.n = e.news
	e.last = t
	return false
}

// by finds the count of a link, or a free place for it.
func (e *hearing) by(link mtp.Link) *heardBy {
	for i := range e.links {
		if e.links[i].n == 0 || e.links[i].link == link {
			e.links[i].link = link
			return &e.links[i]
		}
	}
	return nil
}

func (b *bucket) forgetOldest() {
	oldest := 0
	for i := range b {
		if b[i].last < b[oldest].last {
			oldest = i
		}
	}
	b[oldest] = hearing{}
}

// grow doubles the table and keeps what is still young.
func (h *Hearings) grow(t wire.Time) {
	old := h.buckets
	h.buckets = make([]bucket, 2*len(old))
	h.mask = uint64(len(h.buckets) - 1)
	for i := range old {
		for _, e := range old[i] {
			if e.news > 0 && t.Sub(e.last) <= pairWithin {
				h.buckets[e.hash&h.mask].put(e)
			}
		}
	}
}

// put places e; a bucket of the doubled table has room for all that the old one held.
func (b *bucket) put(e hearing) {
	for i := range b {
		if b[i].news == 0 {
			b[i] = e
			return
		}
	}
}
