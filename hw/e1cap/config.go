// Package e1cap takes the recordings of the e1-tracer and of osmo-e1-recorder, which bear the same name, and gives their
// frames at the times that the records have.
package e1cap

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"c7mon/hw"
)

// Config is what the configuration says of a source.
type Config struct {
	File  string        `yaml:"file"`      // the recording, as it is or compressed by gzip, or a FIFO that one is written to
	Name  string        `yaml:"line_name"` // of an e1-tracer, default "0"
	Pairs []string      `yaml:"pairs"`     // lines of osmo-e1-recorder that are the two directions of one: "0+1"; default: each even one and the next
	Line  hw.LineConfig `yaml:",inline"`
}

// Open makes a Source of a recording. It opens no file: the first Next does. The error names the key that is wrong.
//
// A line of the e1-tracer is an E1 whose links are "0/16"; end-point 0x81 is the direction forth, 0x82 back. A timeslot of
// osmo-e1-recorder is "0/16" too, where 0 is the line of the direction forth.
//
// A file ends with io.EOF, and in a note when its end is that of no record. A FIFO whose writer has gone is waited for.
func Open(c Config) (hw.Source, error) {
	if c.File == "" {
		return nil, errors.New("file: the path of a recording is needed")
	}
	if c.Name == "" {
		c.Name = "0"
	}
	if err := c.Line.Check(); err != nil {
		return nil, err
	}
	if c.Line.Clock == "stream" {
		return nil, errors.New("clock: machine is needed, which here is that of the recording: its records have times")
	}
	pairs, err := parsePairs(c.Pairs)
	if err != nil {
		return nil, err
	}
	links, err := c.Line.LinkList()
	if err != nil {
		return nil, err
	}
	lines := &hw.Lines{}
	return hw.Keep(lines, func(context.Context) (*session, error) {
		in, err := hw.OpenInput(c.File, time.Second)
		if err != nil {
			return nil, err
		}
		r, err := hw.NewReceiver(lines, c.Line)
		if err != nil {
			in.Close()
			return nil, err
		}
		return newSession(&c, pairs, links, r, in), nil
	}), nil
}

// A pair is the lines of the recorder that hear the two directions of one.
type pair struct{ forth, back int }

func parsePairs(texts []string) (all []pair, err error) {
	seen := map[int]bool{}
	for _, text := range texts {
		var p pair
		var rest string
		n, _ := fmt.Sscanf(strings.TrimSpace(text), "%d+%d%s", &p.forth, &p.back, &rest)
		if n != 2 || p.forth < 0 || p.back < 0 || p.forth > 255 || p.back > 255 {
			return nil, fmt.Errorf("pairs: %q: two lines from 0 to 255 joined by + are needed", text)
		}
		if p.forth == p.back || seen[p.forth] || seen[p.back] {
			return nil, fmt.Errorf("pairs: %q: a line stands twice", text)
		}
		seen[p.forth], seen[p.back] = true, true
		all = append(all, p)
	}
	return all, nil
}
