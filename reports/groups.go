package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"c7mon/store"
)

// dimensionNames are what a table may be divided by, as --by names them.
var dimensionNames = [...]string{store.ByNothing: "", store.ByService: "service", store.ByDPC: "dpc",
	store.ByTrunkGroup: "trunk_group", store.ByLocation: "location", store.ByDay: "day"}

// ParseBy gives the dimension of that name; "" divides by nothing.
func ParseBy(name string) (store.Dimension, error) {
	for d, n := range dimensionNames {
		if n == name {
			return store.Dimension(d), nil
		}
	}
	return store.ByNothing, fmt.Errorf("--by %q: one of %s is needed", name, strings.Join(dimensionNames[1:], ", "))
}

// groups writes a group for each value: days in their order, others by calls, most first, then by value; the calls
// without a value are the last.
func (in *CausesInput) groups(byKey map[string]tallies, total int64) []Group {
	list := []Group{}
	sum := map[string]int64{}
	for key, t := range byKey {
		n := t.total()
		sum[key] = n
		list = append(list, Group{
			Key:    key,
			Title:  in.groupTitle(key),
			Rows:   in.rows(t),
			Fields: []Field{{"total", n}},
			Note:   fmt.Sprintf(in.Style.Lang.texts().ofAll, n, in.Style.Lang.decimal(share(n, total))+"%"),
		})
	}
	slices.SortFunc(list, func(a, b Group) int {
		switch {
		case (a.Key == "") != (b.Key == ""):
			return cmp.Compare(b.Key, a.Key)
		case in.By == store.ByDay:
			return cmp.Compare(a.Key, b.Key)
		}
		return cmp.Or(cmp.Compare(sum[b.Key], sum[a.Key]), cmp.Compare(len(a.Key), len(b.Key)), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// groupTitle gives the heading of a group in the text: "DPC 2-66-1".
func (in *CausesInput) groupTitle(key string) string {
	x := in.Style.Lang.texts()
	name := [...]string{store.ByNothing: "", store.ByService: x.byService, store.ByDPC: x.dpc,
		store.ByTrunkGroup: x.trunkGroup, store.ByLocation: x.location, store.ByDay: x.day}[in.By]
	if key == "" {
		return capital(fmt.Sprintf(x.none, name))
	}
	switch in.By {
	case store.ByDPC:
		if pc, err := strconv.ParseUint(key, 10, 32); err == nil {
			key = in.Style.pointCode(uint32(pc))
		}
	case store.ByDay:
		key = in.Style.Lang.date(key)
	}
	return capital(name) + " " + key
}

// capital writes the first letter large.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
