package tariff

import (
	"cmp"
	"slices"
	"strings"

	"c7mon/yamlfile"
)

// An entry of the book gives calls that fit all its conditions a tariff. A condition without values fits every call.
type entry struct {
	name      string
	prefixes  []string // as written; of the normal form of the called number, see config.Numbering
	services  []named
	groups    []named
	operators []named
	tariff    int
	line      int
}

// A named condition is one name with its line.
type named struct {
	text string
	line int
}

// weight says which of two entries of one prefix decides: the one with more conditions, and among as many the trunk group
// before the operator before the service.
func (e *entry) weight() int {
	w := 0
	if len(e.services) > 0 {
		w += 8 + 1
	}
	if len(e.operators) > 0 {
		w += 8 + 2
	}
	if len(e.groups) > 0 {
		w += 8 + 4
	}
	return w
}

// destination reads one entry.
func (p *sections) destination(n yamlfile.Node) {
	o := p.object(n, "destination", "name", "prefix", "service", "trunk_group", "operator", "tariff")
	if o == nil {
		return
	}
	e := entry{line: lineOf(n), services: conditions(o, "service"), groups: conditions(o, "trunk_group"),
		operators: conditions(o, "operator")}
	if o.Has("name") {
		e.name = p.name(o)
		o.What = "destination " + e.name
	}
	p.prefixes(o, &e)
	if s := o.Needed("tariff"); s != "" {
		if e.tariff = p.tariffOf(s); e.tariff < 0 {
			o.Errorf("tariff", "there is no tariff %q: add it under tariffs", s)
		}
	}
	p.b.entries = append(p.b.entries, e)
	p.entries = append(p.entries, n)
}

func conditions(o *yamlfile.Object, key string) []named {
	var list []named
	for _, s := range o.Scalars(key) {
		if has(list, s.Text) {
			o.Errorf(key, "%s stands twice: take one away", s.Text)
		}
		list = append(list, named{s.Text, lineOf(s.Node)})
	}
	return list
}

func lineOf(n yamlfile.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 1
}

// prefixes reads the prefixes: one or a list. None, and an empty one, is the beginning of every number.
func (p *sections) prefixes(o *yamlfile.Object, e *entry) {
	if !o.Has("prefix") {
		e.prefixes = []string{""}
		return
	}
	nodes := []yamlfile.Node{o.Values["prefix"]}
	if _, one := yamlfile.Plain(nodes[0]); !one {
		nodes = o.List("prefix")
		if len(nodes) == 0 && yamlfile.Describe(o.Values["prefix"]) == "a list" {
			o.Errorf("prefix", "an empty list: take the key away for every number")
		}
	}
	for _, n := range nodes {
		s, ok := yamlfile.Plain(n)
		switch {
		case !ok:
			p.Errorf(n, "%s: prefix: %s where a prefix is needed, such as +8491 or 116", o.What, yamlfile.Describe(n))
		case len(s) > maxPrefix || !isPrefix(s):
			p.Errorf(n, "%s: prefix: %q: at most %d digits, 0-9 and A-E, are needed, behind a + for international ones", o.What, s,
				maxPrefix-1)
		case slices.Contains(e.prefixes, s):
			p.Errorf(n, "%s: prefix: %q stands twice: take one away", o.What, s)
		default:
			e.prefixes = append(e.prefixes, s)
		}
	}
}

// maxPrefix is how long a prefix may be: E.164 numbers have 15 digits behind the +.
const maxPrefix = 21

func isPrefix(s string) bool {
	for _, c := range []byte(strings.TrimPrefix(s, "+")) {
		if symbol(c) < 0 || c == '+' {
			return false
		}
	}
	return true
}

// symbol gives 0 to 14 for 0-9 and A-E, 15 for +, -1 for anything else.
func symbol(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'E':
		return int(c-'A') + 10
	case c == '+':
		return 15
	}
	return -1
}

// A prefixTree finds the entries whose prefix a number begins with: a walk along the number ends at the longest prefix that
// there is, and from there shorter ones follow.
type prefixTree []node

type node struct {
	next    [16]int32 // node of one symbol more, 0 for none
	shorter int32     // node of the longest shorter prefix with entries, -1 for none
	refs    []ref     // the heaviest first, else in the order of the book
}

// A ref is an entry at one of its prefixes.
type ref struct {
	*entry
	prefix string
}

// plant makes the tree of a book's entries, which it keeps.
func plant(entries []entry) prefixTree {
	t := prefixTree{{shorter: -1}}
	for i := range entries {
		e := &entries[i]
		for _, prefix := range e.prefixes {
			at := t.node(prefix)
			t[at].refs = append(t[at].refs, ref{e, prefix})
		}
	}
	for i := range t {
		slices.SortStableFunc(t[i].refs, func(a, b ref) int { return cmp.Compare(b.weight(), a.weight()) })
	}
	t.link(0, -1)
	return t
}

// node gives the node of a prefix, and makes those on the way that are not there.
func (t *prefixTree) node(prefix string) int32 {
	at := int32(0)
	for i := range len(prefix) {
		v := symbol(prefix[i])
		if (*t)[at].next[v] == 0 {
			*t = append(*t, node{})
			(*t)[at].next[v] = int32(len(*t) - 1)
		}
		at = (*t)[at].next[v]
	}
	return at
}

// link tells the nodes at and below one of the next shorter prefix with entries.
func (t prefixTree) link(at, shorter int32) {
	t[at].shorter = shorter
	if len(t[at].refs) > 0 {
		shorter = at
	}
	for _, next := range t[at].next {
		if next != 0 {
			t.link(next, shorter)
		}
	}
}

// longest gives the node of the longest prefix of a number in normal form.
func (t prefixTree) longest(number []byte) int32 {
	at := int32(0)
	for _, c := range number {
		v := symbol(c)
		if v < 0 || t[at].next[v] == 0 {
			break
		}
		at = t[at].next[v]
	}
	return at
}

// find gives the entry that decides for a call, nil where none fits. The number is in normal form.
func (r *Rater) find(b *Book, number []byte, q *question) *ref {
	for at := b.tree.longest(number); at >= 0; at = b.tree[at].shorter {
		refs := b.tree[at].refs
		for i := range refs {
			if r.fits(refs[i].entry, q) {
				return &refs[i]
			}
		}
	}
	return nil
}

// A question is what the conditions of entries look at.
type question struct {
	service, group, network string
	opc                     uint32
}

// fits tells the conditions of an entry but its prefix.
func (r *Rater) fits(e *entry, q *question) bool {
	return (e.services == nil || has(e.services, q.service)) &&
		(e.groups == nil || has(e.groups, q.group)) &&
		(e.operators == nil || has(e.operators, r.operator(q)))
}

func has(list []named, name string) bool {
	for i := range list {
		if list[i].text == name {
			return true
		}
	}
	return false
}

// operator gives the operator of the point that the IAM came from, "" where it is not known.
func (r *Rater) operator(q *question) string {
	if p := r.config.Point(q.network, q.opc); p != nil {
		return p.Operator
	}
	return ""
}
