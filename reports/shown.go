package reports

import (
	"strings"
	"time"
	"unicode"
)

// labels are the few words that the formats for readers put beside a table.
type labels struct {
	group    string // heading of the column that tells the groups of a divided table apart
	contents string // name of the list of groups
}

var labelTexts = [...]labels{
	English:    {group: "Group", contents: "Contents"},
	Vietnamese: {group: "Nhóm", contents: "Mục lục"},
}

// labels gives those of the language, English for one that there is not.
func (l Lang) labels() *labels {
	if int(l) < len(labelTexts) {
		return &labelTexts[l]
	}
	return &labelTexts[English]
}

// shown gives a text as the formats for readers have it. Control characters, which a name in a configuration may have, and
// what is no character or no UTF-8 become U+FFFD: no such octet comes into markup.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// A part is rows under their headings: the whole table, or one of its groups.
type part struct {
	title, note string // "" where the table is not divided
	rows        []Row
}

// parts gives the table as a reader meets it. A divided table without groups has no parts.
func (t *Table) parts() []part {
	if t.Groups == nil {
		return []part{{rows: t.Rows}}
	}
	list := make([]part, len(t.Groups))
	for i := range t.Groups {
		g := &t.Groups[i]
		list[i] = part{shown(g.Title), shown(g.Note), g.Rows}
	}
	return list
}

// headingRoom gives the width of a line, to a step, that words need to take no more than some lines, as they have these widths
// and a space between them; never less than the widest word has, and no more than most for the sake of lines.
func headingRoom(words []float64, space, step float64, lines int, most float64) float64 {
	room := 0.0
	for _, w := range words {
		room = max(room, w)
	}
	for ; room < most; room += step {
		taken, used := 1, 0.0
		for i, w := range words {
			switch {
			case i == 0:
				used = w
			case used+space+w <= room:
				used += space + w
			default:
				taken, used = taken+1, w
			}
		}
		if taken <= lines {
			break
		}
	}
	return room
}

// moment gives the time that documents carry as that of their making: the end of the last day that the table is about, by
// its field "to". It is no time of the machine, so that the same table gives the same octets.
func (t *Table) moment() time.Time {
	for _, f := range t.Fields {
		if s, ok := f.Value.(string); ok && f.Key == "to" {
			if day, err := ParseDay(s); err == nil {
				return (day + 1).date()
			}
		}
	}
	return Day(0).date()
}
