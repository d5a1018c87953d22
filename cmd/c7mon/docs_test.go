package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// yamlBlock matches an example of configuration in a page.
var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestDocumentedSources holds that every example of sources in the documentation is one that the program takes.
func TestDocumentedSources(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages:", err)
	}
	n := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(m[1], "driver:") {
				continue
			}
			n++
			file := filepath.Join(t.TempDir(), "c7mon.yaml")
			if err := os.WriteFile(file, []byte(m[1]), 0o600); err != nil {
				t.Fatal(err)
			}
			var out, errs strings.Builder
			if status := Execute([]string{"config", "check", file}, strings.NewReader(""), &out, &errs); status != exitDone {
				t.Errorf("%s: this example is wrong: %s\n%s", page, errs.String(), m[1])
			}
		}
	}
	if n < 10 {
		t.Errorf("%d examples with sources found in the pages", n)
	}
}
