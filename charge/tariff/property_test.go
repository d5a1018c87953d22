package tariff

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/charge"
	"c7mon/correlate"
	"c7mon/wire"
)

// TestBlocksFormula holds a carrier's price against its own formula, over random tariffs and durations.
func TestBlocksFormula(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		setup, firstPrice, nextPrice := random.Int64N(5)*100, random.Int64N(400)*10, random.Int64N(400)*10
		first, next := 1+random.Int64N(900), 1+random.Int64N(900) // tenths of a second
		r := rater(t, oneTariff(fmt.Sprintf("blocks: {setup: %d, first: %dms, first_price: %d, next: %dms, next_price: %d}", setup, first*100,
			firstPrice, next*100, nextPrice)))
		for range 200 {
			length := time.Duration(random.Int64N(int64(2 * time.Hour)))
			if random.IntN(2) == 0 {
				length = length.Truncate(tick) // where an error of one would be
			}
			ticks := (int64(length) + int64(tick) - 1) / int64(tick)
			want := setup + firstPrice
			if ticks > first {
				want += (ticks - first + next - 1) / next * nextPrice
			}
			c := answered(at(t, monday), length)
			if g := r.Rate(&c); g.Status != Rated || g.Money != want {
				t.Fatalf("setup %d, %d in %d, %d in %d, %v: got %d, want %d", setup, firstPrice, first, nextPrice, next, length, g.Money, want)
			}
		}
	}
}

// TestCAIFormula holds a band of elements against the equation of clause 4, over random elements and durations.
func TestCAIFormula(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		e1, e2, e4, e7 := random.Int64N(8192), random.Int64N(900), random.Int64N(8192), random.Int64N(2)*random.Int64N(8192)
		e3 := 1 + random.Int64N(8191)
		tenths := func(n int64) string { return fmt.Sprintf("%d.%d", n/10, n%10) }
		r := rater(t, head+fmt.Sprintf("networks: [{name: V, e3: %d.%02d}]\ntariffs: [{name: T, network: V, bands: [{cai: {e1: %s, e2: %s, "+
			"e4: %s, e7: %s}}]}]\ndestinations: [{tariff: T}]\n", e3/100, e3%100, tenths(e1), tenths(e2), tenths(e4), tenths(e7)))
		for range 200 {
			length := time.Duration(random.Int64N(int64(2 * time.Hour)))
			if random.IntN(2) == 0 {
				length = length.Truncate(tick)
			}
			intervals, rest := int64(0), int64(length/tick)
			if e7 > 0 && rest >= e7 {
				intervals, rest = 1, rest-e7
			} else if e7 > 0 {
				rest = 0
			}
			if e2 > 0 {
				intervals += rest / e2
			}
			want := charge.Units(e3 * (e4 + e1*intervals))
			c := answered(at(t, monday), length)
			if g := r.Rate(&c); g.Status != Rated || g.Units != want {
				t.Fatalf("e1 %d e2 %d e3 %d e4 %d e7 %d, %v: got %v, want %v", e1, e2, e3, e4, e7, length, g.Units, want)
			}
		}
	}
}

// A simpleBand is a band of TestBands: hours of days, and what an interval or block of it costs.
type simpleBand struct {
	day          int // a type
	from, to     int // minutes
	setup, price int64
	length       int64 // in tenths of a second, 0 for a free band
}

// TestBands holds random weeks of bands, in both styles, against a simulation that goes from one interval to the next and
// reads each time from the calendar of the standard library. Calls begin at whole tenths of a second, as borders do.
func TestBands(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for i := range 300 {
		zone, noon := "Asia/Ho_Chi_Minh", "2003-10-16T12:00:00Z"
		if i%2 == 1 {
			zone, noon = "Europe/Berlin", [...]string{"2003-03-30T00:00:00Z", "2003-10-26T00:00:00Z"}[random.IntN(2)]
		}
		bands := week(random)
		style := [...]style{begun, completed}[i/2%2]
		text := strings.Replace(oneTariff(texted(bands, style)...), "Asia/Ho_Chi_Minh", zone, 1) + "holidays: [2003-10-17, 2003-03-31]\n"
		r := rater(t, text)
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for range 30 {
			from := at(t, noon).Add(time.Duration(random.Int64N(60*36_000)-30*36_000) * tick)
			length := time.Duration(random.Int64N(1+1<<random.IntN(17))) * tick
			if random.IntN(3) == 0 {
				from = from.Add(-from.Sub(at(t, noon)) % time.Hour) // at a border, as likely
			}
			c := answered(from, length)
			want := simulate(bands, style, from.Std().In(loc), length)
			if g := r.Rate(&c); g.Status != Rated || g.Money != want {
				t.Fatalf("%s%v for %v: got %v %d, want %d", text, from.Std().In(loc), length, g.Status, g.Money, want)
			}
		}
	}
}

// week makes bands that cover each type of day.
func week(random *rand.Rand) []simpleBand {
	var bands []simpleBand
	for day := range dayTypes {
		borders := []int{0, dayMinutes}
		for range random.IntN(5) {
			borders = append(borders, random.IntN(48)*30)
		}
		slices.Sort(borders)
		borders = slices.Compact(borders)
		for i, to := range borders[1:] {
			b := simpleBand{day: day, from: borders[i], to: to, setup: random.Int64N(3) * 100, price: random.Int64N(50) * 10}
			if random.IntN(5) > 0 {
				b.length = [...]int64{10, 60, 600, 1, 7, 3000}[random.IntN(6)]
			}
			bands = append(bands, b)
		}
	}
	return bands
}

// texted writes bands as a book has them.
func texted(bands []simpleBand, s style) []string {
	var list []string
	for _, b := range bands {
		line := fmt.Sprintf("{days: %s, hours: %s-%s, ", dayNames[b.day], minuteText(b.from), minuteText(b.to))
		switch {
		case s == begun && b.length == 0:
			line += fmt.Sprintf("blocks: {setup: %d}}", b.setup)
		case s == begun:
			line += fmt.Sprintf("blocks: {setup: %d, next: %dms, next_price: %d}}", b.setup, b.length*100, b.price)
		default: // a unit is 100
			line += fmt.Sprintf("cai: {e4: %d, e1: %d.%d, e2: %d.%d}}", b.setup/100, b.price/100, b.price/10%10, b.length/10, b.length%10)
		}
		list = append(list, line)
	}
	return list
}

// simulate gives the money of a call: an interval belongs to the band in which it begins; a block costs when it has begun,
// an interval when it is over.
func simulate(bands []simpleBand, s style, answer time.Time, length time.Duration) int64 {
	bandAt := func(at time.Time) *simpleBand {
		day := weekday
		switch at.Weekday() {
		case time.Saturday, time.Sunday:
			day = weekend
		}
		if d := at.Format(time.DateOnly); d == "2003-10-17" || d == "2003-03-31" {
			day = holiday
		}
		for i := range bands {
			if b := &bands[i]; b.day == day && at.Hour()*60+at.Minute() >= b.from && at.Hour()*60+at.Minute() < b.to {
				return b
			}
		}
		return nil
	}
	sum := bandAt(answer).setup
	for begin := time.Duration(0); ; {
		b := bandAt(answer.Add(begin))
		if b.length == 0 { // nothing is timed until a border: those are at half hours
			begin += 30*time.Minute - time.Duration(answer.Add(begin).UnixNano())%(30*time.Minute)
			if begin >= length {
				return sum
			}
			continue
		}
		end := begin + time.Duration(b.length)*tick
		switch {
		case s == begun && begin > 0 && begin >= length, s == completed && end > length:
			return sum
		}
		sum += b.price
		begin = end
	}
}

// TestExplainSum holds that the steps of a call end with what it costs.
func TestExplainSum(t *testing.T) {
	r, last := exampleRater(t), []charge.Step(nil)
	for _, c := range varied(t) {
		steps, g := r.Explain(last[:0], &c)
		if g != r.Rate(&c) || g.Status != Rated || len(steps) == 0 || steps[len(steps)-1].Sum != g.Units {
			t.Fatalf("%+v, explained as %+v by %v", r.Rate(&c), g, steps)
		}
		for i := 1; i < len(steps); i++ {
			if steps[i].Sum < steps[i-1].Sum || steps[i].At < steps[i-1].At {
				t.Fatalf("%v after %v", steps[i], steps[i-1])
			}
		}
		last = steps
	}
}

// FuzzParse holds that no octets make the reader, the check or the rating of a book panic.
func FuzzParse(f *testing.F) {
	f.Add([]byte(Example()), int64(1_066_000_000_000_000_000), int64(time.Hour))
	f.Add([]byte(oneTariff("{hours: 23:00-07:00, blocks: {setup: 1, first: 6s, first_price: 10, next: 0.1s, next_price: 10}}")), int64(0), int64(1)<<62)
	f.Add([]byte(head+"networks: [{name: V, e3: 0.01}]\ntariffs: [{name: T, network: V, direction: incoming, bands: [{cai: {e1: 8, e2: 1}}]}]\n"+
		"destinations: [{prefix: ['', +], service: MOBILE, operator: x, tariff: T}]\n"), int64(-1)<<62, int64(1e18))
	f.Fuzz(func(t *testing.T, data []byte, from, length int64) {
		b, err := Parse("f", data)
		if err != nil {
			return
		}
		b.Check(nil)
		b.Check(networkOfTwo(t))
		b.Valid()
		r, err := NewRater([]*Book{b}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, digits := range []string{"", "84912345678", "0A"} {
			for _, answer := range []wire.Time{at(t, monday), wire.Time(from)} {
				c := answered(answer, time.Duration(length%int64(100*24*time.Hour)))
				c.Called = correlate.ParseNumber(digits, uint8(len(data)&7), 0)
				rateBoth(t, r, &c)
			}
		}
	})
}
