package lab

import (
	"time"

	"c7mon/wire"
)

// The size of the load network: each of the far exchanges has two links and ten E1s, and 20 calls a second come in all.
// With a holding time of half a minute some six hundred calls are up at once.
const (
	loadRoutes  = 8
	loadE1s     = 10
	loadCalls   = 20000
	loadBetween = 50 * time.Millisecond
	loadStart   = wire.Time(1065920400 * time.Second) // Sunday 2003-10-12 08:00 at UTC+7
)

// load is the traffic of the scenario of that name.
type load struct {
	chance  chance
	kinds   []kind
	weights []uint32
	groups  []*group
	at      wire.Time
	left    int // calls to come
}

// loadSpan is how long the calls come; the last of them end some minutes after.
func loadSpan(o *Options) time.Duration {
	calls := loadCalls
	switch {
	case o.MSUs > 0:
		calls = o.MSUs / 4
	case o.Calls > 0:
		calls = o.Calls
	}
	return (time.Duration(calls)*loadBetween + 2*time.Minute).Round(time.Minute)
}

func setLoad(e *engine, o *Options) (wire.Time, error) {
	l := &load{chance: e.chance, at: loadStart, left: loadCalls}
	switch {
	case o.Calls > 0:
		l.left = o.Calls
	case o.MSUs > 0:
		l.left = o.MSUs // more than enough
	}
	for i := range loadRoutes {
		r := e.network.join(pcHome, uint32(pcVTN+8*i), nationalNI, 2)
		l.groups = append(l.groups, r.trunks("LOAD", 0, loadE1s))
	}
	hurry := func(m manner) manner {
		m.talk, m.overlap = 18*time.Second, 14
		return m
	}
	l.kinds = []kind{
		{"IDD", nil, true, dialIDD, fromHome, hurry(mannerIDD), 15},
		{"VOIP", nil, true, dialVoIP("178"), fromHome, hurry(mannerVoIP), 15},
		{"MOBILE", nil, true, dialMobile("91"), fromHome, hurry(mannerMobile), 20},
		{"NATIONAL", nil, true, dialNational, fromHome, hurry(mannerNational), 15},
		{"NATIONAL", nil, false, dialHome, fromAreas, hurry(mannerNational), 20},
		{"LOCAL", nil, true, dialLocal, fromHome, hurry(mannerLocal), 15},
	}
	l.weights = weightsOf(l.kinds)
	e.traffic = l
	return loadStart, nil
}

func (l *load) next() (wire.Time, bool) { return l.at, l.left > 0 }

func (l *load) begin(e *engine, at wire.Time) error {
	k := &l.kinds[l.chance.pick(l.weights)]
	answer, code := fate(l.chance, 68)
	first := int(l.chance.below(loadRoutes))
	l.at = at.Add(time.Microsecond + l.chance.exponential(loadBetween))
	for i := range l.groups {
		ok, err := k.begin(e, l.groups[(first+i)%len(l.groups)], at, answer, code)
		if ok || err != nil {
			l.left--
			return err
		}
	}
	return nil // every circuit is busy: the caller tries again with the next call
}
