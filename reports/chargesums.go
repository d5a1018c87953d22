package reports

import (
	"cmp"
	"slices"
	"time"

	"c7mon/charge"
	"c7mon/charge/tariff"
	"c7mon/store"
)

// A keySum is the calls of one value of the key, each counted once.
type keySum struct {
	calls, rated, free, notAnswered, notRated int64
	money                                     map[charge.Currency]*moneySum
}

// A moneySum is the rated calls of one currency. Sums stop at the ends of 64 bits.
type moneySum struct {
	calls int64
	talk  time.Duration
	units charge.Units
	money int64
}

func (s *keySum) add(status tariff.Status, r *store.Row, c *store.Charge) {
	s.calls++
	switch status {
	case tariff.Rated:
		s.rated++
	case tariff.Free:
		s.free++
		return
	case tariff.NotAnswered:
		s.notAnswered++
		return
	default:
		s.notRated++
		return
	}
	currency := charge.Currency{Code: c.Currency, Decimals: c.Decimals}
	if s.money == nil {
		s.money = map[charge.Currency]*moneySum{}
	}
	m := s.money[currency]
	if m == nil {
		m = &moneySum{}
		s.money[currency] = m
	}
	m.calls++
	talk, _ := lasting(r)
	m.talk = time.Duration(capped(int64(m.talk), int64(talk)))
	m.units = charge.Units(capped(int64(m.units), c.Units))
	m.money = capped(m.money, c.Money)
}

// currencies gives those of a sum, the one with most calls first.
func (s *keySum) currencies() []charge.Currency {
	list := make([]charge.Currency, 0, len(s.money))
	for c := range s.money {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b charge.Currency) int {
		return cmp.Or(cmp.Compare(s.money[b].calls, s.money[a].calls), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Decimals, b.Decimals))
	})
	return list
}
