package reports

import (
	"fmt"
	"io"

	"c7mon/charge"
	"c7mon/store"
)

// WriteCharge prints a stored charge as WriteCall prints its call, a line for each thing that is known.
func WriteCharge(w io.Writer, c *store.Charge) error {
	units, book := "", line(c.Book)
	if c.HasMoney {
		units = charge.Units(c.Units).String()
	}
	if c.Fingerprint != "" {
		book += " (" + c.Fingerprint + ")"
	}
	for _, f := range [...]struct{ name, text string }{
		{"rating", c.Status}, {"units", units}, {"price", price(c)}, {"currency", c.Currency}, {"tariff", line(c.Tariff)},
		{"prefix", line(c.Prefix)}, {"destination", line(c.Destination)}, {"book", book},
	} {
		if f.text == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%-21s %s\n", f.name, f.text); err != nil {
			return err
		}
	}
	return nil
}
