package c7mon_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// link finds the target of a link in Markdown, without the place in the page.
var link = regexp.MustCompile(`\]\(([^)#\s]*)(#[^)]*)?\)`)

// TestLinks holds that every page which a page links to is there, and that the index of docs has every page of it.
func TestLinks(t *testing.T) {
	linked := map[string]bool{}
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		pages, err := filepath.Glob(pattern)
		if err != nil || len(pages) == 0 {
			t.Fatalf("no pages %s: %v", pattern, err)
		}
		for _, page := range pages {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range link.FindAllStringSubmatch(string(text), -1) {
				if m[1] == "" || strings.Contains(m[1], "://") {
					continue
				}
				target := filepath.Join(filepath.Dir(page), m[1])
				if _, err := os.Stat(target); err != nil {
					t.Errorf("%s links to %s, which is not there", page, m[1])
				}
				if filepath.Base(page) == "README.md" && filepath.Dir(page) == "docs" {
					linked[target] = true
				}
			}
		}
	}
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if !linked[page] && page != filepath.Join("docs", "README.md") {
			t.Errorf("%s is not in the index docs/README.md", page)
		}
	}
}
