package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"c7mon/e1"
)

// A slotRow is what one timeslot carries, or several that are idle.
type slotRow struct {
	line  string // with the slash
	first int    // timeslot
	dir   int
	cells []string
}

// timeslots prints what each timeslot carries, and how that shows. Those that are idle share a row.
func (t *lineTest) timeslots(b *strings.Builder) {
	if len(t.found) == 0 {
		return
	}
	idle := map[string]*[3]idleSlots{}
	var lines []string
	var rows []slotRow
	for _, name := range sortedNames(t.found) {
		line, slot := slotOf(name)
		if idle[line] == nil {
			idle[line] = new([3]idleSlots)
			lines = append(lines, line)
		}
		texts := *t.found[name]
		for i := range texts {
			if idle[line][i].add(slot, texts[i]) {
				texts[i] = ""
			}
		}
		for i, text := range texts {
			which := directionNames[i]
			switch {
			case text == "", i == 1 && text == texts[0]:
				continue
			case i == 0 && text == texts[1]:
				which = "0, 1"
			}
			carries, evidence, _ := strings.Cut(text, ": ")
			rows = append(rows, slotRow{line, slot, i, []string{name, which, carries, evidence}})
		}
	}
	for _, line := range lines {
		rows = append(rows, idleRows(line, idle[line])...)
	}
	slices.SortStableFunc(rows, func(x, y slotRow) int {
		return cmp.Or(naturally(x.line, y.line), cmp.Compare(x.first, y.first), cmp.Compare(x.dir, y.dir))
	})
	table := [][]string{{"TIMESLOT", "DIRECTION", "CARRIES", "EVIDENCE"}}
	for _, r := range rows {
		table = append(table, r.cells)
	}
	writeColumns(b, table, "llll")
}

// slotOf takes the name of a timeslot apart: the E1 with the slash, and the number; 0 where it is none of an E1.
func slotOf(name string) (line string, slot int) {
	i := strings.LastIndexByte(name, '/') + 1
	if _, err := fmt.Sscanf(name[i:], "%d", &slot); i == 0 || err != nil || fmt.Sprint(slot) != name[i:] {
		return name, 0
	}
	return name[:i], slot
}

// idleSlots are the idle timeslots of one direction of an E1.
type idleSlots struct {
	slots   []int
	octets  []int // idle patterns, in the order met
	matched map[int]int
	heard   map[int]int
}

// add takes what a timeslot carries. It reports whether that is an idle pattern.
func (s *idleSlots) add(slot int, text string) bool {
	rest, ok := strings.CutPrefix(text, e1.Idle.String()+": ")
	var octet, n, of int
	if read, _ := fmt.Sscanf(rest, "0x%X in %d of %d octets", &octet, &n, &of); !ok || slot == 0 || read < 3 {
		return false
	}
	if s.heard[octet] == 0 {
		if s.heard == nil {
			s.matched, s.heard = map[int]int{}, map[int]int{}
		}
		s.octets = append(s.octets, octet)
	}
	s.slots = append(s.slots, slot)
	s.matched[octet] += n
	s.heard[octet] += of
	return true
}

// evidence says which octets were heard in them, and how often.
func (s *idleSlots) evidence() string {
	var parts []string
	for _, o := range s.octets {
		parts = append(parts, fmt.Sprintf("0x%02X in %d of %d octets", o, s.matched[o], s.heard[o]))
	}
	return strings.Join(parts, ", ")
}

// idleRows gives a row for the idle timeslots of an E1, one a direction where they are not the same.
func idleRows(line string, idle *[3]idleSlots) (rows []slotRow) {
	both := len(idle[0].slots) > 0 && slices.Equal(idle[0].slots, idle[1].slots)
	for i := range idle {
		s := &idle[i]
		if len(s.slots) == 0 || both && i == 1 {
			continue
		}
		which, evidence := directionNames[i], s.evidence()
		if both {
			which = "0, 1"
			if other := idle[1].evidence(); other != evidence {
				evidence += "; " + other
			}
		}
		rows = append(rows, slotRow{line, s.slots[0], i, []string{line + spans(s.slots), which, e1.Idle.String(), evidence}})
	}
	return rows
}

// spans writes numbers in their order: "1-15, 17-29".
func spans(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if j > i {
			parts = append(parts, fmt.Sprintf("%d-%d", numbers[i], numbers[j]))
		} else {
			parts = append(parts, fmt.Sprint(numbers[i]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
