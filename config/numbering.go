package config

import "strings"

// Numbering is how numbers are dialled in the country.
type Numbering struct {
	TrunkPrefix         string   // one of it is skipped at the head of national and unknown numbers; "" for none
	InternationalPrefix string   // a number that starts with it has no trunk prefix; "" for none
	CountryCode         string   // of the country's own numbers, E.164 6; "" where it is not known
	AreaCode            string   // of the subscriber numbers, without trunk prefix; "" where it is not known
	AccessCodes         []string // dialled before the number of the party that is wanted, as to choose a carrier
}

// Normal appends the form in which one number is the same wherever it was written: + and the international digits (E.164)
// where its nature of address (Q.763 3.9 c) and its head tell them, and else the digits as they are. An access code at its
// head is left out. A number of digits alone stays one: digits may be anything that is not a +.
func (n *Numbering) Normal(dst []byte, digits string, nature uint8) []byte {
	if nature != natureInternational {
		if rest, ok := n.afterAccessCode(digits); ok {
			digits, nature = rest, natureUnknown
		}
	}
	if n.InternationalPrefix != "" {
		if rest, ok := strings.CutPrefix(digits, n.InternationalPrefix); ok {
			return append(append(dst, '+'), rest...)
		}
	}
	switch nature {
	case natureInternational:
		return append(append(dst, '+'), digits...)
	case natureNational, natureUnknown:
		rest, trunk := digits, false
		if n.TrunkPrefix != "" {
			rest, trunk = strings.CutPrefix(digits, n.TrunkPrefix)
		}
		if digits == "" || n.CountryCode == "" || nature == natureUnknown && !trunk {
			break
		}
		return append(append(append(dst, '+'), n.CountryCode...), rest...)
	case natureSubscriber:
		if digits == "" || n.CountryCode == "" || n.AreaCode == "" {
			break
		}
		return append(append(append(append(dst, '+'), n.CountryCode...), n.AreaCode...), digits...)
	}
	return append(dst, digits...)
}

// afterAccessCode gives what follows an access code, which may stand behind a trunk prefix.
func (n *Numbering) afterAccessCode(digits string) (rest string, ok bool) {
	if n.TrunkPrefix != "" {
		digits = strings.TrimPrefix(digits, n.TrunkPrefix)
	}
	for _, code := range n.AccessCodes {
		if rest, ok := strings.CutPrefix(digits, code); ok && rest != "" {
			return rest, true
		}
	}
	return "", false
}
