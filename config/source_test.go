package config

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// lineConfig and driverConfig are what a driver has.
type lineConfig struct {
	Links []string `yaml:"links"`
}

type driverConfig struct {
	Path  string        `yaml:"path"`
	Wait  time.Duration `yaml:"wait"`
	Port  int           `yaml:"port"`
	Gain  bool          `yaml:"gain"`
	Pairs []struct {
		Name string `yaml:"name"`
	} `yaml:"pairs"`
	Line lineConfig `yaml:",inline"`
}

func TestSources(t *testing.T) {
	c, err := Parse("f.yaml", []byte(`
sources:
  - name: a
    driver: raw
    path: /tmp/x
    wait: 2s
    links: [16, 1-3]
    pairs: [{name: "0"}]
  - driver: other
    name: b
  - {name: c, driver: raw, port: 7, gain: true, links: [16]}
`), testPointCodes)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Sources) != 3 || c.Sources[0].Name != "a" || c.Sources[1].Driver != "other" {
		t.Fatalf("%+v", c.Sources)
	}
	var got driverConfig
	if err := c.Sources[0].Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := driverConfig{Path: "/tmp/x", Wait: 2 * time.Second, Line: lineConfig{[]string{"16", "1-3"}}}
	want.Pairs = append(want.Pairs, struct {
		Name string `yaml:"name"`
	}{"0"})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if err := c.Sources[1].Decode(&driverConfig{}); err != nil {
		t.Error(err)
	}
	got = driverConfig{}
	if err := c.Sources[2].Decode(&got); err != nil || got.Port != 7 || !got.Gain {
		t.Errorf("%+v %v", got, err)
	}
}

func TestSources_Errors(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		c, err := Parse("f.yaml", []byte(text), testPointCodes)
		if err == nil {
			for i := range c.Sources {
				if err = c.Sources[i].Decode(&driverConfig{}); err != nil {
					break
				}
			}
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	f("sources:\n  - name: a\n", "f.yaml:2: source: driver: is missing")
	f("sources:\n  - driver: raw\n    path: x\n", "source: name: is missing")
	f("sources:\n  - x\n", "f.yaml:2: source: \"x\" where keys are needed")
	f("sources:\n  - name: a\n    driver: raw\n  - name: a\n    driver: raw\n", "f.yaml:4: source: name: \"a\" stands twice")
	f("sources:\n  - name: a:b\n    driver: raw\n", "no colons")
	f("sources:\n  - name: a\n    driver: raw\n    pth: x\n", "f.yaml:4: source a: unknown field \"pth\"")
	f("sources:\n  - name: a\n    driver: raw\n    path: x\n    port: many\n", "f.yaml:5: source a: ")
	f("sources:\n  - name: a\n    driver: raw\n    wait: long\n", "source a: ")
}

func TestParseSource(t *testing.T) {
	s, err := ParseSource("raw:path=a.bin,links=[16,1-3],port=5,gain=true")
	if err != nil {
		t.Fatal(err)
	}
	var got driverConfig
	if err := s.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if want := (driverConfig{Path: "a.bin", Port: 5, Gain: true, Line: lineConfig{[]string{"16", "1-3"}}}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if s.Driver != "raw" || s.Name != "raw" {
		t.Errorf("%+v", s)
	}
	for _, bad := range []string{"raw:x", "raw:=1", "raw:a=[1"} {
		if _, err := ParseSource(bad); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
	if s, err = ParseSource("raw:nothing=1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Decode(&got); err == nil || !strings.Contains(err.Error(), `source raw: unknown field "nothing"`) {
		t.Error(err)
	}
}
