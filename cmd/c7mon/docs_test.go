package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// yamlBlock matches an example of configuration in a page.
var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// examples are the kinds of file that a page shows, each with a key that tells it, and the command that checks it.
var examples = []struct {
	key  string
	args []string
}{
	{"driver:", []string{"config", "check"}},
	{"destinations:", []string{"charge", "check"}},
	{"columns:", []string{"charge", "check", "--map"}},
}

// TestDocumentedFiles holds that every example of a configuration with sources, of a book of tariffs and of a map of call
// records in the documentation is one that the program takes.
func TestDocumentedFiles(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages:", err)
	}
	found := make([]int, len(examples))
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
			for i, e := range examples {
				if !strings.Contains(m[1], e.key) {
					continue
				}
				found[i]++
				file := filepath.Join(t.TempDir(), "example.yaml")
				if err := os.WriteFile(file, []byte(m[1]), 0o600); err != nil {
					t.Fatal(err)
				}
				var out, errs strings.Builder
				if status := Execute(append(slices.Clone(e.args), file), strings.NewReader(""), &out, &errs); status != exitDone || errs.Len() > 0 {
					t.Errorf("%s: this example is wrong: %s\n%s", page, errs.String(), m[1])
				}
			}
		}
	}
	if found[0] < 10 || found[1] < 1 || found[2] < 2 {
		t.Errorf("%d examples with sources, %d books and %d maps found in the pages", found[0], found[1], found[2])
	}
}
