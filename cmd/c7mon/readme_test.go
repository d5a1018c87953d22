package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

// seconds are the only part of the README's output that may differ from run to run.
var seconds = regexp.MustCompile(`in \d+\.\d\d s`)

// TestReadme runs the commands of the README and of the page on charging in their order and holds that they print what
// stands there.
func TestReadme(t *testing.T) {
	for _, page := range []string{"README.md", "docs/charging.md"} {
		t.Run(page, func(t *testing.T) {
			text, err := os.ReadFile("../../" + page)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			runPage(t, string(text))
		})
	}
}

// runPage runs the commands of a page, lines of four blanks and a dollar sign, with what they print below them.
func runPage(t *testing.T, text string) {
	ran := 0
	for _, block := range strings.Split(text, "\n    $ ")[1:] {
		command, rest, _ := strings.Cut(block, "\n")
		var want strings.Builder
		for line := range strings.Lines(rest) {
			body, indented := strings.CutPrefix(line, "    ")
			if !indented && strings.TrimSpace(line) != "" {
				break
			}
			want.WriteString(strings.TrimLeft(body, "\n"))
			if strings.TrimSpace(line) == "" {
				want.WriteByte('\n')
			}
		}
		if set, ok := strings.CutPrefix(command, "export "); ok {
			name, value, _ := strings.Cut(set, "=")
			t.Setenv(name, value)
			continue
		}
		ran++
		command, file, redirected := strings.Cut(command, " > ")
		args, ok := strings.CutPrefix(command, "c7mon ")
		if !ok {
			t.Errorf("%s: only c7mon and export can be held", command)
			continue
		}
		var stdout, stderr bytes.Buffer
		if status := Execute(words(args), strings.NewReader(""), &stdout, &stderr); status != 0 {
			t.Fatalf("%s: exit status %d: %s", command, status, &stderr)
		}
		if redirected {
			if err := os.WriteFile(file, stdout.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			stdout.Reset()
		}
		got := seconds.ReplaceAllString(strings.TrimSpace(stdout.String()), "in 0.00 s")
		if w := seconds.ReplaceAllString(strings.TrimSpace(want.String()), "in 0.00 s"); got != w {
			t.Errorf("%s: prints\n%s\nthe page has\n%s", command, got, w)
		}
	}
	if ran < 5 {
		t.Errorf("%d commands found in the page", ran)
	}
}

// words splits a command line as a shell does, as far as the README goes: blanks, and single quotes.
func words(line string) (list []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}
