package charge

// Outgoing gives the CAI of a call that a visited network charges: its own elements, and e3, in hundredths (5.1). Unity is
// the e3 of the home network itself. An *ElementError tells that e3 is out of range.
func Outgoing(local CAI, e3 int64) (CAI, error) { return local.With(E3, e3) }

// Incoming gives the CAI with which a visited network charges an incoming call by the tariff of the home network: e1, e4 and e5
// divided by e3, in hundredths, each rounded half up to its resolution; e2, e6, e7 as they are (5.2), and e3 itself. What is
// missing stays missing. An *ElementError tells that e3 is 0 or a quotient out of range.
func Incoming(home CAI, e3 int64) (CAI, error) {
	c, err := home.With(E3, e3)
	if err != nil {
		return home, err
	}
	if e3 == 0 {
		return home, &ElementError{E3, "0", "zero, and so no divisor"}
	}
	for _, e := range [...]Element{E1, E4, E5} {
		steps, ok := home.Get(e)
		if !ok {
			continue
		}
		// steps/10 divided by e3/100 is 100*steps/e3 tenths.
		if c, err = c.With(e, (2*100*steps+e3)/(2*e3)); err != nil {
			return home, err
		}
	}
	return c, nil
}
