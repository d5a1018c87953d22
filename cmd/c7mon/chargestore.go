package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"c7mon/charge/tariff"
	"c7mon/reports"
	"c7mon/store"
)

// chargeBatch is how many charges are stored in one transaction.
const chargeBatch = 1 << 14

// stored counts what --store did.
type stored struct {
	store.ChargeResult
	calls    int64
	statuses [tariff.Failed + 1]int64
}

// storeCharges rates the calls that f lets through and stores their charges, a batch in a transaction.
func (a *app) storeCharges(ctx context.Context, rater *tariff.Rater, f store.Filter, asJSON bool) error {
	db, err := a.openStore(ctx, store.Write)
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := putCharges(ctx, db, rater, f)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			err = errInterrupted
		}
		return fmt.Errorf("%w: the charges of %d calls are stored: run it again to complete them", err, s.New+s.Changed+s.Same)
	}
	return a.printStored(&s, asJSON)
}

// putCharges rates the calls that f lets through and stores their charges.
func putCharges(ctx context.Context, db store.Store, rater *tariff.Rater, f store.Filter) (s stored, err error) {
	batch := make([]store.Charge, 0, chargeBatch)
	put := func() error {
		n, err := db.PutCharges(ctx, batch)
		s.Add(n)
		batch = batch[:0]
		return err
	}
	err = db.Calls(ctx, f, func(r *store.Row) error {
		g := rater.Rate(&r.Call)
		s.calls++
		s.statuses[g.Status]++
		if batch = append(batch, reports.ChargeOf(r, &g)); len(batch) < cap(batch) {
			return nil
		}
		return put()
	})
	if err == nil {
		err = put()
	}
	return s, err
}

// printStored prints what --store did.
func (a *app) printStored(s *stored, asJSON bool) error {
	statuses := map[string]int64{}
	var words []string
	for _, status := range tariff.Statuses() {
		if n := s.statuses[status]; n > 0 {
			statuses[status.String()] = n
			words = append(words, fmt.Sprintf("%d %s", n, strings.ReplaceAll(status.String(), "_", " ")))
		}
	}
	if asJSON {
		return json.NewEncoder(a.stdout).Encode(struct {
			Calls     int64            `json:"calls"`
			Statuses  map[string]int64 `json:"statuses"`
			New       int64            `json:"new"`
			Changed   int64            `json:"changed"`
			Same      int64            `json:"same"`
			NotStored int64            `json:"not_stored"` // their calls were changed meanwhile
		}{s.calls, statuses, s.New, s.Changed, s.Same, s.NoCall})
	}
	text := count(int(s.calls), "call")
	if len(words) > 0 {
		text += ": " + strings.Join(words, ", ")
	}
	text += fmt.Sprintf("\ncharges: %d new, %d changed, %d as they were", s.New, s.Changed, s.Same)
	if s.NoCall > 0 {
		text += fmt.Sprintf(", %d not stored as their calls were changed meanwhile", s.NoCall)
	}
	_, err := fmt.Fprintln(a.stdout, text)
	return err
}
