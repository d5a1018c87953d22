package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"c7mon/capture"
	"c7mon/monitor"
)

// A progress is the source of a replay with a bar on the terminal that shows octets, MSU/s and the time left.
type progress struct {
	capture.Source
	files *capture.Files
	m     *monitor.Monitor
	bar   *progressbar.ProgressBar // nil where stderr is no terminal
	began time.Time
	drawn time.Time
	n     uint
}

// progressEvery is how many frames go by between two looks at the clock, progressPause how long a bar stands.
const (
	progressEvery = 1024
	progressPause = 200 * time.Millisecond
)

// progress puts a bar around files when stderr is a terminal.
func (a *app) progress(files *capture.Files, m *monitor.Monitor) *progress {
	p := &progress{Source: files, files: files, m: m, began: time.Now()}
	if f, ok := a.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		_, total := files.Progress()
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(f), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription("replay"), progressbar.OptionThrottle(progressPause),
			progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine that draws by itself
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth())
	}
	return p
}

// Next gives the next frame.
func (p *progress) Next(f *capture.Frame) error {
	if p.n++; p.n%progressEvery == 0 && p.bar != nil {
		if now := time.Now(); now.Sub(p.drawn) >= progressPause {
			p.drawn = now
			p.draw(now)
		}
	}
	return p.Source.Next(f)
}

func (p *progress) draw(now time.Time) {
	read, _ := p.files.Progress()
	p.bar.Describe(fmt.Sprintf("replay %.0f MSU/s", float64(p.m.MSUs())/now.Sub(p.began).Seconds()))
	_ = p.bar.Set64(read) // a bar that cannot be drawn stops nothing
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
