package isup

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the .golden files")

// readHex reads octets in hex with # comments.
func readHex(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var digits strings.Builder
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		for _, f := range strings.Fields(line) {
			digits.WriteString(f)
		}
	}
	return unhex(t, digits.String())
}

// tablesOf tells the variant of a vector by the front of its name.
func tablesOf(name string) *Tables {
	front, _, _ := strings.Cut(filepath.Base(name), "-")
	switch front {
	case "ansi":
		return &ANSI
	case "bicc":
		return &BICC
	case "japan":
		return &Japan
	}
	return &ITU
}

func vectors(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.hex")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors:", err)
	}
	return files
}

// TestGolden decodes every testdata/*.hex and compares what Dump writes with the .golden file beside it.
func TestGolden(t *testing.T) {
	for _, in := range vectors(t) {
		t.Run(filepath.Base(in), func(t *testing.T) {
			var m Message
			m.Decode(tablesOf(in), readHex(t, in))
			var got bytes.Buffer
			if err := m.Dump(&got); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(in, ".hex") + ".golden"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("got\n%s\nwant\n%s", &got, want)
			}
		})
	}
}
