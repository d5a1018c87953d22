package hw

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// sizes are the powers of 1024 that a size may be given in.
var sizes = [...]struct {
	name  string
	shift int
}{{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}

// Octets reads a size of memory: "64MiB", "65536"; 0 for none.
func Octets(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	number, shift := strings.TrimSpace(text), 0
	for _, u := range sizes {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, shift = strings.TrimSpace(rest), u.shift
			break
		}
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > math.MaxInt32>>shift {
		return 0, fmt.Errorf("%q: a number of octets is needed, with KiB, MiB or GiB behind it: 64MiB", text)
	}
	return n << shift, nil
}
