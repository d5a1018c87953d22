package tariff

import (
	"math/big"
	"strings"
	"time"

	"c7mon/charge"
	"c7mon/yamlfile"
)

// tick is the resolution of the time elements, table 1.
const tick = 100 * time.Millisecond

// blocks is a band in a carrier's terms, whose prices wait until all prices of the book are known: an error then says which
// price of a unit would do for all of them.
type blocks struct {
	o            *yamlfile.Object
	tariff, band int
	first, next  int64    // lengths of blocks in ticks, 0 for none
	begin        *big.Rat // the set-up fee and the price of the first block
	each         *big.Rat // price of each further block, nil for none
}

// inBlocks reads a band that is written in blocks. Without a first block all are as the next ones; with neither the set-up
// fee is the price of the call.
func (p *sections) inBlocks(o *yamlfile.Object, t *tariff) {
	v := p.object(o.Values["blocks"], o.What+": blocks", "setup", "first", "first_price", "next", "next_price")
	if v == nil {
		return
	}
	w := blocks{o: v, tariff: len(p.b.tariffs), band: len(t.bands) - 1}
	before := len(p.Errs)
	w.first, w.next = p.blockLength(v, "first", charge.E7), p.blockLength(v, "next", charge.E2)
	setup, first, next := p.amount(v, "setup"), p.amount(v, "first_price"), p.amount(v, "next_price")
	p.pair(v, "first", "first_price")
	p.pair(v, "next", "next_price")
	if v.Has("first") && !v.Has("next") {
		v.Errorf("next", "is missing: add next and next_price: a call that is longer than the first block needs them")
	}
	if len(p.Errs) > before {
		return
	}
	if !v.Has("first") {
		w.first, first = w.next, next
	}
	w.begin = new(big.Rat).Add(setup, first)
	if v.Has("next") {
		w.each = next
	}
	p.blocks = append(p.blocks, w)
}

// pair holds that a length of a block and its price are both there or both not.
func (p *sections) pair(o *yamlfile.Object, length, price string) {
	switch {
	case o.Has(length) && !o.Has(price):
		o.Errorf(price, "is missing: add it beside %s", length)
	case o.Has(price) && !o.Has(length):
		o.Errorf(length, "is missing: add it beside %s, such as 60s", price)
	}
}

// blockLength reads a length of time in ticks; 0 where it is not there.
func (p *sections) blockLength(o *yamlfile.Object, key string, e charge.Element) int64 {
	s := o.Text(key)
	if s == "" {
		return 0
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil || d <= 0:
		o.Errorf(key, "%q: a length of time above 0 is needed, such as 6s, 60s or 0.5s", s)
		return 0
	case d%tick != 0:
		o.Errorf(key, "%s is finer than a tenth of a second (%v, table 1 of TS 22.024): round it", s, e)
		return 0
	}
	if _, err := (charge.CAI{}).With(e, int64(d/tick)); err != nil {
		o.Errorf(key, "%v: table 1 of TS 22.024", err)
		return 0
	}
	return int64(d / tick)
}

// amount reads a price, which may be zero; zero where it is not there.
func (p *sections) amount(o *yamlfile.Object, key string) *big.Rat {
	s := o.Text(key)
	if s == "" {
		return new(big.Rat)
	}
	d, err := charge.ParseDecimal(s)
	if err != nil {
		o.Errorf(key, "%v: a price is needed, such as 1200 or 0.15", err)
	}
	return ratOf(d)
}

func ratOf(d charge.Decimal) *big.Rat {
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Decimals)), nil)
	return new(big.Rat).SetFrac(big.NewInt(d.Mantissa), ten)
}

// unitOf gives the network whose units the elements of a tariff are in: that of the tariff (5.1), for incoming calls the home
// network (5.2).
func (p *sections) unitOf(w *blocks) int {
	if t := &p.b.tariffs[w.tariff]; !t.inward {
		return t.network
	}
	return 0
}

// convert makes the prices of all blocks elements: e4 is the set-up fee with the first block, e7 the first block, e1 the price
// of a next block, e2 the next block.
func (p *sections) convert() {
	for i := range p.blocks {
		w := &p.blocks[i]
		unit := p.b.networks[p.unitOf(w)].unit
		if unit.Mantissa == 0 {
			if n := &p.b.networks[p.unitOf(w)]; !n.told {
				p.Errorf(w.o.Node, "%s: network %s has no unit_price: add it to the network, or write the tariff in cai", w.o.What, n.name)
			}
			continue // what the file has there has its error already
		}
		before := len(p.Errs)
		var c charge.CAI
		c = p.units(w, c, charge.E4, w.begin, "setup and first_price")
		if w.each != nil {
			c = p.units(w, c, charge.E1, w.each, "next_price")
			c, _ = c.With(charge.E2, w.next) // both in range, see blockLength
			c, _ = c.With(charge.E7, w.first)
		}
		if len(p.Errs) == before {
			p.elements(w.o, &p.b.tariffs[w.tariff], w.band, c)
		}
	}
}

// units sets an element to the units that a price is worth, and notes an error where they are not exact or too many.
func (p *sections) units(w *blocks, c charge.CAI, e charge.Element, amount *big.Rat, what string) charge.CAI {
	unit := p.b.networks[p.unitOf(w)].unit
	tenths := new(big.Rat).Quo(amount, ratOf(unit))
	tenths.Mul(tenths, big.NewRat(10, 1))
	reason := "is no whole number of tenths of"
	if tenths.IsInt() {
		var err error
		steps := int64(-1)
		if n := tenths.Num(); n.IsInt64() {
			steps = n.Int64()
		}
		if c, err = c.With(e, steps); err == nil {
			return c
		}
		reason = "is more than 819.1 times"
	}
	p.Errorf(w.o.Node, "%s: %s: %s %s unit_price %v, as %v has to be (table 1 of TS 22.024): %s", w.o.What, what,
		decimalText(amount), reason, unit, e, p.advice(p.unitOf(w)))
	return c
}

// advice says which price of a unit would do for all prices in units of a network.
func (p *sections) advice(unit int) string {
	step, most := new(big.Rat), new(big.Rat)
	for i := range p.blocks {
		w := &p.blocks[i]
		if p.unitOf(w) != unit {
			continue
		}
		for _, a := range [...]*big.Rat{w.begin, w.each} {
			if a == nil {
				continue
			}
			step = commonDivisor(step, a)
			if a.Cmp(most) > 0 {
				most = a
			}
		}
	}
	price := decimalText(new(big.Rat).Mul(step, big.NewRat(10, 1)))
	_, err := charge.ParseDecimal(price)
	if err != nil || step.Sign() == 0 || new(big.Rat).Quo(most, step).Cmp(big.NewRat(8191, 1)) > 0 {
		return "no unit_price does for all prices of the book, round them to a common multiple"
	}
	return "unit_price: " + price + " does for all prices that are written in blocks"
}

// commonDivisor gives the greatest number of which both are multiples.
func commonDivisor(a, b *big.Rat) *big.Rat {
	x, y := new(big.Int).Mul(a.Num(), b.Denom()), new(big.Int).Mul(b.Num(), a.Denom())
	return new(big.Rat).SetFrac(new(big.Int).GCD(nil, nil, x, y), new(big.Int).Mul(a.Denom(), b.Denom()))
}

// decimalText writes a decimal fraction as people do.
func decimalText(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	n, _ := r.FloatPrec() // exact: its denominator divides a power of ten
	s := r.FloatString(n)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
