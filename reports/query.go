package reports

import (
	"context"

	"c7mon/charge/tariff"
	"c7mon/store"
)

// QueryCauses fills Counts and Coverage of in from the store; everything else has to be set.
func QueryCauses(ctx context.Context, s store.Store, in *CausesInput) error {
	from, to := in.Period.Bounds()
	f := store.Filter{From: from, To: to, Service: in.Select.Service, TrunkGroup: in.Select.TrunkGroup, OPC: in.Select.OPC,
		DPC: in.Select.DPC}
	var err error
	if f.Service == "" || in.By != store.ByNothing {
		in.Counts, err = s.Causes(ctx, f, store.By{Dimension: in.By, Zone: in.Period.Zone})
	}
	if err == nil && f.Service != "" {
		err = in.queryService(ctx, s, f)
	}
	if err != nil {
		return err
	}
	rows, err := s.Coverage(ctx, from, to)
	in.Coverage = CoverageOf(rows)
	return err
}

// queryService asks for the partial calls, which have no service, and in the same question for those of the selected
// service where the table is not divided.
func (in *CausesInput) queryService(ctx context.Context, s store.Store, f store.Filter) error {
	f.Service = ""
	all, err := s.Causes(ctx, f, store.By{Dimension: store.ByService})
	for _, n := range all {
		if n.Partial || n.Key == in.Select.Service && in.By == store.ByNothing {
			in.Counts = append(in.Counts, n)
		}
	}
	return err
}

// QueryCharges adds the calls of the period with their charges to in, and fills Coverage; everything else has to be set. The
// rater rates the calls; of a Stored report it is not used and the charges of the store are taken.
func QueryCharges(ctx context.Context, s store.Store, in *ChargesInput, rater *tariff.Rater) error {
	from, to := in.Period.Bounds()
	f := store.Filter{From: from, To: to, Service: in.Select.Service, TrunkGroup: in.Select.TrunkGroup, OPC: in.Select.OPC,
		DPC: in.Select.DPC}
	var err error
	if in.Stored {
		err = s.Charges(ctx, f, func(r *store.Row, c *store.Charge) error {
			in.Add(r, c)
			return nil
		})
	} else {
		err = s.Calls(ctx, f, func(r *store.Row) error {
			g := rater.Rate(&r.Call)
			c := ChargeOf(r, &g)
			in.Add(r, &c)
			return nil
		})
	}
	if err != nil {
		return err
	}
	rows, err := s.Coverage(ctx, from, to)
	in.Coverage = CoverageOf(rows)
	return err
}
