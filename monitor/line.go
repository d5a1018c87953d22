package monitor

import (
	"fmt"

	"c7mon/capture"
	"c7mon/mtp"
	"c7mon/wire"
)

// A line is one signalling link as the captures name it, with what has to be remembered from one signal unit to the next.
type line struct {
	link  mtp.Link
	fcs   mtp.FCSFinder
	forth *mtp.Sequence // by direction; where the capture has none, the OPC stands in for it
	back  *mtp.Sequence
	byOPC map[uint32]*mtp.Sequence
	used  [4]usedSequence // of byOPC, those used last
	doubt [2]bool

	variant    mtp.Variant // valid when hasVariant
	hasVariant bool
}

// usedSequence remembers one entry of byOPC.
type usedSequence struct {
	opc uint32
	s   *mtp.Sequence
}

// lines finds the line of a frame. A line that several files hear has one name and is one line; but interface 0 of a file
// that has no names is not line 0 of another, whose frames tell their line.
type lines struct {
	names  []string // by mtp.Link
	all    []*line
	byName map[lineName]*line
	byKey  map[lineKey]*line
	used   [64]usedLine // of byKey, those used last
}

// usedLine remembers one entry of byKey.
type usedLine struct {
	key lineKey
	l   *line
}

type lineName struct {
	text  string
	named bool
}

type lineKey struct {
	file  int
	iface uint32
	line  uint32
	named bool
}

func newLines() lines {
	return lines{byName: map[lineName]*line{}, byKey: map[lineKey]*line{}}
}

// of gives the line of f; opt says what is to be known of one that is new.
func (ls *lines) of(f *capture.Frame, opt *Options) *line {
	k := lineKey{f.File, f.Interface, f.Line, f.HasLine}
	used := &ls.used[(f.Interface*7+f.Line)%uint32(len(ls.used))]
	if used.l != nil && used.key == k {
		return used.l
	}
	l := ls.byKey[k]
	if l == nil {
		name := lineName{nameOf(f), f.HasLine}
		if opt.LineName != nil {
			name.text = opt.LineName(f)
		}
		if l = ls.byName[name]; l == nil {
			l = &line{link: ls.add(name.text)}
			if opt.LineVariant != nil {
				l.variant, l.hasVariant = opt.LineVariant(name.text)
			}
			ls.byName[name] = l
			ls.all = append(ls.all, l)
		}
		ls.byKey[k] = l
	}
	*used = usedLine{k, l}
	return l
}

// nameOf names a line of a source that has no names of its own.
func nameOf(f *capture.Frame) string {
	if f.HasLine {
		return fmt.Sprint(f.Line)
	}
	return fmt.Sprint(f.Interface)
}

// add gives the number of a new link.
func (ls *lines) add(name string) mtp.Link {
	ls.names = append(ls.names, name)
	return mtp.Link(len(ls.names) - 1)
}

// sequence gives the sequence numbers that an MSU of this line belongs to.
func (l *line) sequence(dir wire.Direction, opc uint32, annexA bool) *mtp.Sequence {
	var s **mtp.Sequence
	switch dir {
	case wire.Forth:
		s = &l.forth
	case wire.Back:
		s = &l.back
	default:
		return l.mixed(opc, annexA)
	}
	if *s == nil {
		*s = mtp.NewSequence(annexA, false)
	}
	return *s
}

// maxMixed bounds what a line of unknown direction remembers, against captures of noise.
const maxMixed = 4096

func (l *line) mixed(opc uint32, annexA bool) *mtp.Sequence {
	used := &l.used[opc%uint32(len(l.used))]
	if used.s != nil && used.opc == opc {
		return used.s
	}
	s := l.byOPC[opc]
	if s == nil {
		if l.byOPC == nil || len(l.byOPC) >= maxMixed {
			l.byOPC = map[uint32]*mtp.Sequence{}
			l.used = [len(l.used)]usedSequence{}
		}
		s = mtp.NewSequence(annexA, true)
		l.byOPC[opc] = s
	}
	*used = usedSequence{opc, s}
	return s
}
