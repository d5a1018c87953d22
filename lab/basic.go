package lab

import (
	"time"

	"c7mon/wire"
)

// basicStart is 2003-10-12 08:00 in Vietnam.
const basicStart = wire.Time(1065920400 * time.Second)

// basicCalls are an answered call and one to a busy party.
type basicCalls struct {
	group *group
	made  int
}

func setBasic(e *engine, _ *Options) (wire.Time, error) {
	r := e.network.join(pcHome, pcVTN, 2, 1)
	e.traffic = &basicCalls{group: r.trunks("VTN-NATIONAL", 0, 1)}
	return basicStart, nil
}

func (b *basicCalls) next() (wire.Time, bool) {
	return basicStart.Add(time.Duration(b.made) * 12 * time.Second), b.made < 2
}

func (b *basicCalls) begin(e *engine, at wire.Time) error {
	b.made++
	c := e.seize(b.group, true)
	c.Service, c.Category, c.TMR = "NATIONAL", categoryOrdinary, tmrAudio
	c.HasCalling = true
	dialNational(e.chance, c)
	fromHome(e.chance, c)
	c.script(e.chance, manner{answer: b.made == 1, cause: 17, setup: 1500 * time.Millisecond, talk: 20 * time.Second})
	return e.start(c, at)
}
