package isup

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
)

// rows reads a table of the protocol notes beside the checkout; the first row names the columns.
func rows(t *testing.T, name string) []map[string]string {
	t.Helper()
	file, err := os.Open("../../shared/protocol/" + name)
	if err != nil {
		t.Skip("the protocol notes are not beside the checkout:", err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range all[1:] {
		m := map[string]string{}
		for i, v := range r {
			m[all[0][i]] = v
		}
		out = append(out, m)
	}
	return out
}

// TestMessageNames holds that the tables name what the protocol notes name, each national code in the table of its
// nation alone.
func TestMessageNames(t *testing.T) {
	nations := map[string]*Tables{"ANSI": &ANSI, "national FR": &France, "national IL": &Israel, "national JP": &Japan,
		"national RU": &Russia, "national SG": &Singapore, "national ES": &Spain}
	for _, r := range rows(t, "isup_messages.csv") {
		n, err := strconv.Atoi(r["code_dec"])
		if err != nil {
			t.Fatal(err)
		}
		c, want := Type(n), r["abbr"]
		if strings.HasPrefix(want, "reserved") {
			if ITU.Known(c) {
				t.Errorf("%d is reserved and named %s", n, ITU.Name(c))
			}
			continue
		}
		own := nations[r["standard"]]
		for _, v := range variants {
			got := v.Name(c)
			switch {
			case own != nil && v == own && got != want, own == nil && got != want:
				t.Errorf("%d: got %s, want %s", n, got, want)
			case own != nil && (v == &ITU || v == &BICC || v == &UK) && v.Known(c):
				t.Errorf("%d: ITU knows %s", n, got)
			}
		}
		if back, ok := ITU.TypeOf(want); own == nil && (!ok || back != c) {
			t.Errorf("%s gives %d", want, back)
		}
	}
}

// TestLayouts holds that every layout has the sizes and the number of parts that the protocol notes give.
func TestLayouts(t *testing.T) {
	for _, r := range rows(t, "isup_message_formats.csv") {
		v := &ITU
		if r["standard"] == "ANSI" {
			v = &ANSI
		}
		c, ok := v.TypeOf(r["abbr"])
		if !ok {
			t.Errorf("no %s", r["abbr"])
			continue
		}
		l := v.messages[c].layout
		if fixed := r["mandatory_fixed"]; strings.HasPrefix(fixed, "(") {
			if l != nil {
				t.Errorf("%s has a layout", r["abbr"])
			}
			continue
		}
		var sizes, want []string
		for _, f := range l.fixed {
			sizes = append(sizes, strconv.Itoa(int(f.size)))
		}
		for _, f := range strings.FieldsFunc(r["mandatory_fixed"], func(c rune) bool { return c == ';' }) {
			_, size, _ := strings.Cut(f, ":")
			want = append(want, size)
		}
		variable := strings.FieldsFunc(r["mandatory_variable"], func(c rune) bool { return c == ';' })
		if strings.Join(sizes, " ") != strings.Join(want, " ") || len(l.variable) != len(variable) ||
			l.optional != strings.HasPrefix(r["optional_part"], "yes") {
			t.Errorf("%s: fixed %v, %d variable, optional %v; want %v", r["abbr"], sizes, len(l.variable), l.optional, r)
		}
	}
}

// TestParameters holds that every parameter of the protocol notes has a name, and that fixed sizes agree with theirs.
func TestParameters(t *testing.T) {
	sizes := map[Code]uint8{}
	for _, v := range variants {
		for i := range v.messages {
			if l := v.messages[i].layout; l != nil {
				for _, f := range l.fixed {
					sizes[f.code] = f.size
				}
			}
		}
	}
	for _, r := range rows(t, "isup_parameters.csv") {
		n, err := strconv.Atoi(r["code_dec"])
		if err != nil {
			t.Fatal(err)
		}
		c := Code(n)
		named := 0
		for _, v := range variants {
			if v.params[c].name != "" {
				named++
			}
		}
		if own := r["standard"] == "ITU" || r["standard"] == "old/ANSI"; own && named != len(variants) || named == 0 {
			t.Errorf("parameter %d has a name in %d variants", n, named)
		}
		if size, err := strconv.Atoi(r["content_length_octets"]); err == nil && sizes[c] != 0 && int(sizes[c]) != size {
			t.Errorf("parameter %d has %d octets, want %d", n, sizes[c], size)
		}
	}
}
