package hw

import (
	"reflect"
	"strings"
	"testing"
)

func TestLineConfig(t *testing.T) {
	f := func(texts []string, want ...link) {
		t.Helper()
		got, err := parseLinks(texts)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v %v, want %v", texts, got, err, want)
		}
	}
	f(nil)
	f([]string{"16"}, link{"16", []int{16}})
	f([]string{"1-3", "31"}, link{"1", []int{1}}, link{"2", []int{2}}, link{"3", []int{3}}, link{"31", []int{31}})
	f([]string{"3+1+2"}, link{"3+1+2", []int{1, 2, 3}})
	f([]string{"1-2+4-5", "16"}, link{"1-2+4-5", []int{1, 2, 4, 5}}, link{"16", []int{16}})
}

func TestLineConfig_Errors(t *testing.T) {
	f := func(c LineConfig, want string) {
		t.Helper()
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", c, err, want)
		}
	}
	f(LineConfig{Links: []string{"0"}}, `links: "0": a timeslot from 1 to 31`)
	f(LineConfig{Links: []string{"32"}}, "links")
	f(LineConfig{Links: []string{"5-3"}}, "links")
	f(LineConfig{Links: []string{"x"}}, "links")
	f(LineConfig{Links: []string{"1+"}}, "links")
	f(LineConfig{Links: []string{"1-3", "2"}}, "timeslot 2 stands twice")
	f(LineConfig{Sequence: "long"}, `sequence: "long": one of auto, basic, extended`)
	f(LineConfig{BitOrder: "up"}, "bit_order")
	f(LineConfig{CRC4: "yes"}, "crc4")
	f(LineConfig{Clock: "wall"}, "clock")
	f(LineConfig{Clock: "stream", Start: "noon"}, "start")
	f(LineConfig{Start: "2003-10-18T10:00:00Z"}, "start: is for clock: stream alone")
	if err := (&LineConfig{Clock: "stream", Start: "2003-10-18T10:00:00Z", CRC4: "on", BitOrder: "lsb", Sequence: "extended"}).Check(); err != nil {
		t.Error(err)
	}
}
