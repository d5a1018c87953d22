package cause

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"
)

// TestSource compares the names with the protocol notes beside the checkout.
func TestSource(t *testing.T) {
	file, err := os.Open("../../shared/protocol/q850_causes.csv")
	if err != nil {
		t.Skip("the protocol notes are not beside the checkout:", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		n, err := strconv.Atoi(r[0])
		if err != nil {
			t.Fatal(err)
		}
		c := Code(n)
		if n == 31 { // the notes lost the comma, which Q.850 and the source's own tables have
			r[2] = "Normal, unspecified"
		}
		if c.Known() != (r[2] != "") || c.Known() && c.Name() != r[2] {
			t.Errorf("%d: got %q, want %q", n, c.Name(), r[2])
		}
		if vi := r[9]; vi != "" && c.NameVI() != vi {
			t.Errorf("%d: got %q, want %q", n, c.NameVI(), vi)
		}
		if c.Class().String() != r[3] {
			t.Errorf("%d: got %v, want %s", n, c.Class(), r[3])
		}
	}
}
