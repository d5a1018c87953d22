package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/wire"
)

// downError says which sources are down and why, nil for none.
func downError(down map[string]string) error {
	var errs []error
	for _, name := range sortedNames(down) {
		errs = append(errs, fmt.Errorf("%s cannot be reached: %s", name, down[name]))
	}
	return errors.Join(errs...)
}

// write prints what was heard.
func (t *lineTest) write(w io.Writer, s *monitor.Summary, form mtp.PointCodeForm, moment func(wire.Time) string) error {
	var b strings.Builder
	if t.heardN == 0 {
		b.WriteString("nothing was heard\n")
	} else if t.first.Known() {
		fmt.Fprintf(&b, "%.1f s heard, from %s to %s\n", t.last.Sub(t.first).Seconds(), moment(t.first), moment(t.last))
	}
	if t.ip > 0 {
		fmt.Fprintf(&b, "%s: %s\n", count(int(t.ip), "packet"), strings.Join(countsOf(s.FramesBy), ", "))
	}
	t.links(&b, form)
	t.timeslots(&b)
	for _, warning := range t.warnings(form) {
		fmt.Fprintf(&b, "look: %s\n", warning)
	}
	t.tellEvents(&b, moment)
	if s.Dropped > 0 {
		fmt.Fprintf(&b, "%d frames were dropped before they came here\n", s.Dropped)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// links prints how much was heard of each direction of each link, how good it was, and the points that send.
func (t *lineTest) links(b *strings.Builder, form mtp.PointCodeForm) {
	if len(t.lines) == 0 {
		return
	}
	rows := [][]string{{"LINK", "DIRECTION", "SEQUENCE", "UNITS", "/S", "FILL-IN", "STATUS", "MSU", "MSU/S", "ERLANG", "ERRORED", "", "FROM -> TO"}}
	for _, name := range sortedNames(t.lines) {
		l := t.lines[name]
		for i := range l.dirs {
			d := &l.dirs[i]
			none := d.units == 0 && len(d.points) == 0
			if none && (i == 2 || l.dirs[2].units > 0 || len(l.dirs[2].points) > 0) {
				continue
			}
			rows = append(rows, append([]string{name, directionNames[i]}, d.columns()...))
			if none {
				rows[len(rows)-1][12] = "nothing heard"
			}
			for n, p := range d.ends() {
				if n > 0 {
					rows = append(rows, make([]string, 13))
				}
				rows[len(rows)-1][12] = fmt.Sprintf("%s -> %s NI %d: %d", form.Format(p.opc), form.Format(p.dpc), p.ni, d.points[p])
			}
			name = "" // stands once
		}
	}
	writeColumns(b, rows, "ll"+"l"+"rrrrrrrrr"+"l")
}

// directionNames are the directions by dirIndex.
var directionNames = [...]string{"0", "1", "-"}

// columns are the measures of a direction, without its points.
func (d *testedDirection) columns() []string {
	out := []string{"-", "-", "-", "-", "-", "-", "-", "-", "-", "", ""}
	msus, seconds := d.messages, d.last.Sub(d.first).Seconds()
	if d.units == 0 { // of an association: no units but messages
		msus, seconds = 0, 0
		for _, n := range d.points {
			msus += n
		}
	}
	if d.basic || d.annexA {
		out[0] = map[bool]string{false: "7 bits", true: "12 bits"}[d.annexA]
		out[3], out[4] = fmt.Sprint(d.fill), fmt.Sprint(d.status)
	}
	if d.units > 0 {
		out[1] = fmt.Sprint(d.units)
		out[8], out[9] = fmt.Sprint(d.errored), fmt.Sprintf("%.3g %%", float64(d.errored)*100/float64(d.units))
	}
	if d.units > 0 || msus > 0 {
		out[5] = fmt.Sprint(msus)
	}
	if seconds > 0 && d.units > 1 {
		out[2] = fmt.Sprintf("%.1f", float64(d.units-1)/seconds)
		out[6] = fmt.Sprintf("%.2f", float64(msus)/seconds)
		if d.basic || d.annexA {
			out[7] = fmt.Sprintf("%.3f", float64(d.octets)*8/64000/seconds)
		}
	}
	return out
}

// ends gives the points, those with most messages first.
func (d *testedDirection) ends() []testedPoints {
	var list []testedPoints
	for p := range d.points {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b testedPoints) int {
		return cmp.Or(cmp.Compare(d.points[b], d.points[a]), cmp.Compare(a.opc, b.opc), cmp.Compare(a.dpc, b.dpc), cmp.Compare(a.ni, b.ni))
	})
	return list[:min(len(list), 8)]
}

// fewLines is on how many lines and directions the same may happen for each to be told; more share a line.
const fewLines = 4

// tellEvents prints what happened, what happened first in front.
func (t *lineTest) tellEvents(b *strings.Builder, moment func(wire.Time) string) {
	same := map[string][]*toldEvent{}
	for _, k := range t.events {
		same[k.text] = append(same[k.text], k)
	}
	for _, k := range t.events {
		where, n, sum := k.line, k.n, k.count
		if k.dir != wire.NoDirection {
			where += ", direction " + k.dir.String()
		}
		if all := same[k.text]; len(all) > fewLines {
			if all[0] != k {
				continue
			}
			n, sum = 0, 0
			var lines []string
			for _, x := range all {
				n, sum, lines = n+x.n, sum+x.count, append(lines, x.line)
			}
			where = together(lines)
		}
		fmt.Fprintf(b, "event: %s: %s: %s", moment(k.first), where, k.text)
		if n > 1 {
			fmt.Fprintf(b, ", %d times", n)
		}
		if sum > 0 {
			fmt.Fprintf(b, ", %d in all", sum)
		}
		b.WriteByte('\n')
	}
	if t.untold > 0 {
		fmt.Fprintf(b, "event: %d others, which are not told\n", t.untold)
	}
}

// together writes names of lines in their order, the timeslots of an E1 as one: "a:0/1-15, 17".
func together(names []string) string {
	slots := map[string][]int{}
	for _, name := range names {
		line, slot := slotOf(name)
		if !slices.Contains(slots[line], slot) {
			slots[line] = append(slots[line], slot)
		}
	}
	var parts []string
	for _, line := range sortedNames(slots) {
		part := line
		if strings.HasSuffix(line, "/") {
			slices.Sort(slots[line])
			part += spans(slots[line])
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// writeColumns prints a table whose columns are as wide as what is in them. align has a letter for each: l left, r right.
func writeColumns(b *strings.Builder, rows [][]string, align string) {
	width := make([]int, len(align))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			gap := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if align[i] == 'r' {
				cell = gap + cell
			} else {
				cell += gap
			}
			line.WriteString(cell + "  ")
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func countsOf(by map[string]uint64) (list []string) {
	for _, k := range sortedNames(by) {
		list = append(list, fmt.Sprintf("%s %d", k, by[k]))
	}
	return list
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.SortFunc(names, naturally)
	return names
}

// naturally compares names in whose parts numbers are in their order: "0/2" comes before "0/16".
func naturally(a, b string) int {
	for a != "" && b != "" {
		x, y := leadingNumber(a), leadingNumber(b)
		if x > 0 && y > 0 {
			if c := cmp.Or(cmp.Compare(x, y), cmp.Compare(a[:x], b[:y])); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// leadingNumber is the number of digits at the head of s.
func leadingNumber(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
