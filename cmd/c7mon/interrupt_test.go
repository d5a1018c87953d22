package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"c7mon/lab"
)

// A program is c7mon as a process of its own, with a pipe as its standard input.
type program struct {
	*exec.Cmd
	stdin          io.WriteCloser
	stdout, stderr bytes.Buffer
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{Cmd: exec.Command(self)}
	p.Args = append([]string{"c7mon"}, args...) // TestMain goes by this name
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	if p.stdin, err = p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill() })
	return p
}

// interrupt sends a signal and waits for the end, which must come although standard input stays open.
func (p *program) interrupt(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- p.Wait() }()
	select {
	case err := <-done:
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
			t.Fatalf("%v, exit status %d is wanted; %s", err, exitInterrupted, p.stderr.String())
		}
	case <-time.After(20 * time.Second):
		t.Fatal("goes on after the signal")
	}
}

// output runs the program in this process and gives what it prints.
func output(t *testing.T, stdin []byte, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if status := Execute(args, bytes.NewReader(stdin), &out, &errs); status != exitDone {
		t.Fatalf("%q: exit status %d: %s", args, status, errs.String())
	}
	return out.String()
}

// TestInterruptReplay holds that an interrupted replay stores the calls that had ended, says how far it came, and that
// a whole replay afterwards makes the database that one without interrupt makes. The pipe is silent when the signal
// comes: the program must not wait for it.
func TestInterruptReplay(t *testing.T) {
	var capture bytes.Buffer
	if _, err := lab.Write(&capture, lab.Options{Scenario: "load", Seed: 1, Calls: 8000}); err != nil {
		t.Fatal(err)
	}
	octets := capture.Bytes()
	dir := t.TempDir()
	whole, cut := "sqlite:"+filepath.Join(dir, "whole.db"), "sqlite:"+filepath.Join(dir, "cut.db")

	p := start(t, "--db", cut, "replay", "-")
	if _, err := p.stdin.Write(octets[:len(octets)/2]); err != nil { // ends when most of it has been taken
		t.Fatal(err)
	}
	p.interrupt(t, os.Interrupt)
	said := regexp.MustCompile(`(?m)^c7mon: interrupted at 2003-10-12 \S+ \+\d\d after (\d+) frames: (\d+) calls that had ended are stored, those still up are not: ` +
		`replay again to complete them$`).FindStringSubmatch(p.stderr.String())
	if said == nil || strings.Count(p.stderr.String(), "\n") != 1 {
		t.Fatalf("said %q", p.stderr.String())
	}
	if !strings.Contains(p.stdout.String(), said[1]+" frames, ") || !strings.Contains(p.stdout.String(), said[2]+" stored") {
		t.Errorf("the summary is not of %s frames and %s calls: %s", said[1], said[2], p.stdout.String())
	}
	all := output(t, nil, "--db", cut, "calls", "--limit", "0", "--format", "csv")
	if n := strings.Count(all, "\n") - 1; strconv.Itoa(n) != said[2] || n == 0 || n >= 8000 {
		t.Errorf("%d calls are stored, it says %s", n, said[2])
	}
	if strings.Contains(all, "capture_end") {
		t.Error("a call that was still up is stored")
	}

	output(t, octets, "--db", whole, "replay", "-")
	output(t, octets, "--db", cut, "replay", "-")
	f := func(args ...string) {
		t.Helper()
		have, want := output(t, nil, append([]string{"--db", cut}, args...)...), output(t, nil, append([]string{"--db", whole}, args...)...)
		if have != want {
			t.Errorf("%q differs", args)
		}
	}
	f("calls", "--limit", "0", "--format", "csv")
	f("report", "causes", "--from", "2003-10-12", "--to", "2003-10-12", "--calls", "all", "--format", "json")
}

// TestInterruptSilence holds that commands which wait for a pipe end by a signal.
func TestInterruptSilence(t *testing.T) {
	f := func(s os.Signal, octets string, args ...string) {
		t.Helper()
		p := start(t, args...)
		if _, err := io.WriteString(p.stdin, octets); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond) // until it listens to signals
		p.interrupt(t, s)
		if lines := strings.Count(p.stderr.String(), "\n"); lines != 1 || !strings.HasPrefix(p.stderr.String(), "c7mon: interrupted") {
			t.Errorf("%q says %q", args, p.stderr.String())
		}
	}
	f(os.Interrupt, "", "--db", "none", "replay", "-")
	f(syscall.SIGTERM, "", "--db", "none", "replay", "-")
	f(os.Interrupt, "\xa1\xb2\xc3\xd4\x00\x02\x00\x04", "decode", "-")
	f(os.Interrupt, "\xa1\xb2\xc3\xd4\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00\x8d", "decode", "-")
}
