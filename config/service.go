package config

import "slices"

// An Attempt is what the service rules look at: the fields of a call's IAM and SAMs.
type Attempt struct {
	Network    string
	TrunkGroup string
	OPC, DPC   uint32 // the direction of the IAM
	Called     []byte // digits as text, 0-9 and A-E, without the end-of-dialling digit
	NOA        uint8  // nature of address of the called number
}

// Service gives the service of a call: that of the first rule that fits, Other where none does. It does not keep a.
func (c *Config) Service(a *Attempt) string {
	digits, nature := c.Numbering.skip(a.Called, a.NOA)
	for _, r := range c.rules.candidates(digits) {
		if r.natures[nature>>6&1]>>(nature&63)&1 != 0 && (r.numberOnly || c.fits(r, a, len(digits))) {
			return r.rule.Service
		}
	}
	return Other
}

// skip takes one trunk prefix away from a national or unknown number, which is then national.
func (n *Numbering) skip(digits []byte, nature uint8) ([]byte, uint8) {
	if nature != natureNational && nature != natureUnknown {
		return digits, nature
	}
	t := n.TrunkPrefix
	if t == "" || !startsWith(digits, t) || n.InternationalPrefix != "" && startsWith(digits, n.InternationalPrefix) {
		return digits, nature
	}
	return digits[len(t):], natureNational
}

func startsWith(digits []byte, prefix string) bool {
	return len(digits) >= len(prefix) && string(digits[:len(prefix)]) == prefix
}

// fits tells the conditions of a rule other than prefix and nature.
func (c *Config) fits(r *compiledRule, a *Attempt, digits int) bool {
	u := r.rule
	return (u.MaxDigits == 0 || digits >= u.MinDigits && digits <= u.MaxDigits) &&
		(u.Networks == nil || slices.Contains(u.Networks, a.Network)) &&
		(u.TrunkGroups == nil || slices.Contains(u.TrunkGroups, a.TrunkGroup)) &&
		(u.From == nil || slices.Contains(u.From, Address{a.Network, a.OPC})) &&
		(u.To == nil || slices.Contains(u.To, Address{a.Network, a.DPC}))
}

// A compiledRule is a rule made ready to be asked.
type compiledRule struct {
	rule       *Rule
	natures    [2]uint64 // a bit for each nature of address that fits
	numberOnly bool      // it has no conditions but prefix and nature
}

// A ruleTree finds the rules whose prefix a number has: a walk along its digits ends at a node with all of them, in the
// order of the file. So hundreds of prefixes cost no more than a few.
type ruleTree []ruleNode

type ruleNode struct {
	next  [15]int32       // node of one digit more, 0 for none
	rules []*compiledRule // whose prefix ends here or before, or that have none
}

// candidates gives the rules that fit the digits, in order.
func (t ruleTree) candidates(digits []byte) []*compiledRule {
	if len(t) == 0 {
		return nil
	}
	at := int32(0)
	for _, d := range digits {
		v := digitValue(d)
		if v < 0 || t[at].next[v] == 0 {
			break
		}
		at = t[at].next[v]
	}
	return t[at].rules
}

// digitValue gives 0 to 14 for 0-9 and A-E, -1 for anything else.
func digitValue(d byte) int {
	switch {
	case d >= '0' && d <= '9':
		return int(d - '0')
	case d >= 'A' && d <= 'E':
		return int(d-'A') + 10
	}
	return -1
}

// compile makes the tree of rules: first the nodes of all prefixes, then each rule into every node at or below one of
// its prefixes. Rules go in one after the other, so that every list keeps their order.
func compile(rules []Rule) ruleTree {
	t := make(ruleTree, 1)
	for i := range rules {
		for _, p := range rules[i].Called {
			t.node(p)
		}
	}
	for i := range rules {
		u := &rules[i]
		r := &compiledRule{rule: u, numberOnly: u.MaxDigits == 0 && u.Networks == nil && u.TrunkGroups == nil &&
			u.From == nil && u.To == nil}
		for _, n := range u.Nature {
			r.natures[n>>6&1] |= 1 << (n & 63)
		}
		if len(u.Nature) == 0 {
			r.natures = [2]uint64{^uint64(0), ^uint64(0)}
		}
		if len(u.Called) == 0 {
			t.add(0, r)
		}
		for _, p := range u.Called {
			t.add(t.node(p), r)
		}
	}
	return t
}

// node gives the node of a prefix, and makes those on the way that are not there.
func (t *ruleTree) node(prefix string) int32 {
	at := int32(0)
	for i := range len(prefix) {
		v := digitValue(prefix[i])
		if v < 0 {
			break // Parse lets no such prefix through
		}
		if (*t)[at].next[v] == 0 {
			*t = append(*t, ruleNode{})
			(*t)[at].next[v] = int32(len(*t) - 1)
		}
		at = (*t)[at].next[v]
	}
	return at
}

// add puts a rule into a node and everything below it, once.
func (t ruleTree) add(at int32, r *compiledRule) {
	n := &t[at]
	if len(n.rules) == 0 || n.rules[len(n.rules)-1] != r {
		n.rules = append(n.rules, r)
	}
	for _, next := range n.next {
		if next != 0 {
			t.add(next, r)
		}
	}
}
