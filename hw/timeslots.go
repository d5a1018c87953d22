package hw

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"c7mon/e1"
)

// Timeslots reads timeslots of an E1: "16", "1-15", or several such joined by +, as "1-15+17-31". They come in their order, and
// each once; timeslot 0 is none of them. The error names the text, not the key that it belongs to.
func Timeslots(text string) (slots []int, err error) {
	for part := range strings.SplitSeq(text, "+") {
		from, to, ok := span(part)
		if !ok || from < 1 || to >= e1.FrameOctets || from > to {
			return nil, fmt.Errorf("%q: a timeslot from 1 to 31, a range such as 1-15, or several joined by + are needed", text)
		}
		for t := from; t <= to; t++ {
			slots = append(slots, t)
		}
	}
	slices.Sort(slots) // as they are sent
	for i := range len(slots) - 1 {
		if slots[i] == slots[i+1] {
			return nil, fmt.Errorf("%q: timeslot %d stands twice", text, slots[i])
		}
	}
	return slots, nil
}

// span reads a number, or two with a hyphen between.
func span(s string) (from, to int, ok bool) {
	a, b, two := strings.Cut(strings.TrimSpace(s), "-")
	from, err := strconv.Atoi(a)
	to = from
	if two && err == nil {
		to, err = strconv.Atoi(b)
	}
	return from, to, err == nil
}
