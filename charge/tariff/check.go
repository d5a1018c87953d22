package tariff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"c7mon/config"
	"c7mon/yamlfile"
)

// Check says what is wrong with a book that could be read, in the order of its lines. By a book with errs nobody should rate
// calls: bands or destinations overlap, so that the choice between them would be an accident, or a condition names what the
// configuration does not have, so that the calls it means go elsewhere. Doubts may be meant: hours that no band covers, a
// tariff that no destination uses, a holiday outside the validity, elements that charge nothing, a prefix as it is dialled. Without a configuration (nil) its names are not looked at.
func (b *Book) Check(c *config.Config) (errs, doubts yamlfile.Errors) {
	errs, doubts = slices.Clone(b.errs), slices.Clone(b.warnings)
	if c != nil {
		errs, doubts = b.names(c, errs, doubts)
	}
	errs.Sort()
	doubts.Sort()
	return errs, doubts
}

// names holds the conditions against the names of a configuration. Where it has none of a kind it may be that nobody wrote
// them down, so that is a doubt.
func (b *Book) names(c *config.Config, errs, doubts yamlfile.Errors) (yamlfile.Errors, yamlfile.Errors) {
	services, groups, operators := []string{config.Other}, []string{}, []string{}
	for i := range c.Services {
		services = append(services, c.Services[i].Service)
	}
	for i := range c.TrunkGroups {
		groups = append(groups, c.TrunkGroups[i].Key)
	}
	for i := range c.Points {
		if s := c.Points[i].Operator; s != "" {
			operators = append(operators, s)
		}
	}
	look := func(what string, conditions []named, known []string, section string) {
		for _, n := range conditions {
			text := "destination: " + what + ": the configuration has no " + strings.ReplaceAll(what, "_", " ") + " " + n.text
			switch {
			case slices.Contains(known, n.text):
			case len(known) == 0:
				doubts = append(doubts, yamlfile.Error{File: b.File, Line: n.line, Text: text + ", it names none: no call will fit"})
			default:
				errs = append(errs, yamlfile.Error{File: b.File, Line: n.line, Text: text + ": add it under " + section +
					" there, or write one of " + list(known)})
			}
		}
	}
	for i := range b.entries {
		e := &b.entries[i]
		look("service", e.services, services, "services")
		look("trunk_group", e.groups, groups, "trunk_groups")
		look("operator", e.operators, operators, "points")
		for _, prefix := range e.prefixes {
			if what := asDialled(&c.Numbering, prefix); what != "" {
				doubts = append(doubts, yamlfile.Error{File: b.File, Line: e.line, Text: "destination" + space(e.name) + ": prefix " +
					prefix + ": " + what})
			}
		}
	}
	return errs, doubts
}

// asDialled says why a prefix fits no number in normal form, or hardly any, "" where it may.
func asDialled(n *config.Numbering, prefix string) string {
	for _, code := range n.AccessCodes {
		if code != "" && strings.HasPrefix(prefix, code) {
			return "access code " + code + " is taken off numbers: write what follows it, with a service that tells the code"
		}
	}
	if rest, ok := strings.CutPrefix(prefix, n.InternationalPrefix); ok && n.InternationalPrefix != "" {
		return "numbers dialled so begin with a + in their normal form: write +" + rest
	}
	rest, ok := strings.CutPrefix(prefix, n.TrunkPrefix)
	if ok && n.TrunkPrefix != "" && n.CountryCode != "" && (rest == "" || rest[0] <= '9') {
		return "national numbers begin with +" + n.CountryCode + " in their normal form: write +" + n.CountryCode + rest
	}
	return ""
}

// Gaps says between which books there is a time in which none is valid. It is a doubt: nobody may have called then.
func Gaps(books []*Book) []string {
	books = slices.Clone(books)
	slices.SortStableFunc(books, func(a, b *Book) int { return cmp.Compare(a.from, b.from) })
	var gaps []string
	for i := 1; i < len(books); i++ {
		a, b := books[i-1], books[i]
		if a.to >= b.from {
			continue
		}
		const layout = "2006-01-02 15:04 -07:00"
		gaps = append(gaps, fmt.Sprintf("no book is valid from %s to %s, between %s (%s) and %s (%s): calls of that time cannot be rated",
			time.Unix(0, a.to).In(a.Zone).Format(layout), time.Unix(0, b.from).In(b.Zone).Format(layout), a.Name, a.File, b.Name, b.File))
	}
	return gaps
}

// list gives names for an error, each once and not too many.
func list(names []string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 12 {
		names = append(names[:12], "...")
	}
	return strings.Join(names, ", ")
}

// examine makes the week of each tariff, and notes what is doubtful or wrong with a book that could be read.
func (p *sections) examine() {
	for i := range p.b.tariffs {
		t := &p.b.tariffs[i]
		for kind := range dayTypes {
			p.cover(t, i, kind)
		}
		if !slices.ContainsFunc(p.b.entries, func(e entry) bool { return e.tariff == i }) {
			p.doubts.Errorf(p.heads[i], "tariff %s: no destination uses it", t.name)
		}
	}
	p.overlaps()
}

// cover tells which band each minute of a type of day has. Where two have it, it is the first one's.
func (p *sections) cover(t *tariff, i, kind int) {
	var owner [dayMinutes]int
	for m := range owner {
		owner[m] = noBand
	}
	for j := range t.bands {
		b := &t.bands[j]
		if !b.days[kind] {
			continue
		}
		if kind == holiday && len(p.b.holidays) == 0 && b.days == [dayTypes]bool{holiday: true} {
			p.doubts.Errorf(p.nodes[i][j], "tariff %s: band for holidays, but the book lists none: add holidays: [2003-01-01]", t.name)
		}
		p.claim(t, i, j, kind, &owner)
	}
	for from := 0; from < dayMinutes; {
		to := from + 1
		for to < dayMinutes && owner[to] == owner[from] {
			to++
		}
		t.week[kind] = append(t.week[kind], stretch{int64(to) * minute, owner[from]})
		if owner[from] == noBand && (kind != holiday || len(p.b.holidays) > 0) {
			p.doubts.Errorf(p.heads[i], "tariff %s: %s %s-%s has no band: add one, calls of that time cannot be rated", t.name,
				dayNames[kind], minuteText(from), minuteText(to))
		}
		from = to
	}
}

// claim gives a band its minutes, and notes those that another one has.
func (p *sections) claim(t *tariff, i, j, kind int, owner *[dayMinutes]int) {
	for _, s := range t.bands[j].hours {
		for m := s.from; m < s.to; m++ {
			other := owner[m]
			if other == noBand {
				owner[m] = j
				continue
			}
			from := m
			for m+1 < s.to && owner[m+1] == other {
				m++
			}
			if other != j {
				p.found.Errorf(p.nodes[i][j], "tariff %s: %s %s-%s has the band of line %d already: a time has one band", t.name,
					dayNames[kind], minuteText(from), minuteText(m+1), lineOf(p.nodes[i][other]))
			}
		}
	}
}

// overlaps finds destinations that tie for the same calls: of one prefix, with the same kinds of conditions, none of which
// tells them apart.
func (p *sections) overlaps() {
	for i := range p.b.tree {
		refs := p.b.tree[i].refs
		for j := range refs {
			for _, other := range refs[:j] {
				if e := refs[j].entry; e.weight() == other.weight() && meet(e.services, other.services) &&
					meet(e.groups, other.groups) && meet(e.operators, other.operators) {
					text := fmt.Sprintf("destination%s: %s is that of line %d too, and no condition tells their calls apart: "+
						"take one away or add a condition", space(e.name), prefixText(refs[j].prefix), other.line)
					p.found.Errs = append(p.found.Errs, yamlfile.Error{File: p.b.File, Line: e.line, Text: text})
					break
				}
			}
		}
	}
}

// meet reports whether a value fits both lists; both are empty or both are not.
func meet(a, b []named) bool {
	return len(a) == 0 && len(b) == 0 || slices.ContainsFunc(a, func(n named) bool { return has(b, n.text) })
}

func space(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

func prefixText(prefix string) string {
	if prefix == "" {
		return "every number"
	}
	return "prefix " + prefix
}
