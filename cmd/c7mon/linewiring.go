package main

import (
	"fmt"
	"slices"
	"strings"

	"c7mon/mtp"
)

// tied is the part of the messages of a direction that the other has too, from which on both are thought to hear one wire.
const tied = 0.5

// warnings says which directions look wrong: by what crosses them, for nothing on a wire says which way it goes.
func (t *lineTest) warnings(form mtp.PointCodeForm) (list []string) {
	var right []*testedLine // lines with one pair of points, each way the other way round
	for _, name := range sortedNames(t.lines) {
		l := t.lines[name]
		switch w := l.wiring(form); {
		case w != "":
			list = append(list, w)
		case len(l.dirs[0].points) > 0 && len(l.dirs[1].points) > 0:
			right = append(right, l)
		}
	}
	return append(list, swapped(right, form)...)
}

// wiring says what is wrong with the directions of one line, "" when nothing shows it.
func (l *testedLine) wiring(form mtp.PointCodeForm) string {
	forth, back := &l.dirs[0], &l.dirs[1]
	if same := l.same(); same > tied {
		return fmt.Sprintf("line %s: the directions look tied together: %.0f %% of the messages of one are heard in the other too",
			l.name, same*100)
	}
	if (forth.units == 0) != (back.units == 0) && l.dirs[2].units == 0 {
		return fmt.Sprintf("line %s: one direction alone is heard", l.name)
	}
	f, b := forth.ends(), back.ends()
	if len(f) == 0 || len(b) == 0 {
		return ""
	}
	for _, x := range f {
		if slices.ContainsFunc(b, func(y testedPoints) bool { return y.opc == x.dpc && y.dpc == x.opc && y.ni == x.ni }) {
			return ""
		}
	}
	for _, x := range f {
		if slices.Contains(b, x) {
			return fmt.Sprintf("line %s: both directions carry %s -> %s: they look like two links tapped the same way, or tied together",
				l.name, form.Format(x.opc), form.Format(x.dpc))
		}
	}
	return fmt.Sprintf("line %s: the directions look like those of different links: %s -> %s one way, %s -> %s the other",
		l.name, form.Format(f[0].opc), form.Format(f[0].dpc), form.Format(b[0].opc), form.Format(b[0].dpc))
}

// same is the part of the messages of the quieter direction that are in the other one too.
func (l *testedLine) same() float64 {
	few, many := l.hash[0], l.hash[1]
	if len(few) > len(many) {
		few, many = many, few
	}
	if len(few) < 3 {
		return 0
	}
	n := 0
	for h := range few {
		if many[h] > 0 {
			n++
		}
	}
	return float64(n) / float64(len(few))
}

// swapped finds lines between the same two points whose directions are not those of most of them.
func swapped(lines []*testedLine, form mtp.PointCodeForm) (list []string) {
	type pair struct {
		low, high uint32
		ni        uint8
	}
	groups := map[pair][2][]string{}
	var order []pair
	for _, l := range lines {
		p := l.dirs[0].ends()[0]
		k, way := pair{p.opc, p.dpc, p.ni}, 0
		if p.opc > p.dpc {
			k, way = pair{p.dpc, p.opc, p.ni}, 1
		}
		g := groups[k]
		if len(g[0])+len(g[1]) == 0 {
			order = append(order, k)
		}
		g[way] = append(g[way], l.name)
		groups[k] = g
	}
	for _, k := range order {
		g := groups[k]
		few, many := g[0], g[1]
		if len(few) > len(many) {
			few, many = many, few
		}
		if len(few) == 0 {
			continue
		}
		list = append(list, fmt.Sprintf("between %s and %s the directions of %s are the other way round from those of %s: one of them looks swapped",
			form.Format(k.low), form.Format(k.high), strings.Join(few, ", "), strings.Join(many, ", ")))
	}
	return list
}
