package config

import (
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// testPointCodes is enough of mtp.ParsePointCode for this package, which stands beside mtp and does not import it.
func testPointCodes(variant, form, text string) (uint32, error) {
	bits, ok := map[string]int{"itu": 14, "ansi": 24, "china": 24, "japan": 16}[variant]
	if !ok {
		return 0, fmt.Errorf("variant %q: one of itu, ansi, china, japan is needed", variant)
	}
	if form != "" && form != "3-8-3" && form != "decimal" {
		return 0, fmt.Errorf("point code form %q: one of decimal, 3-8-3 is needed", form)
	}
	var pc uint64
	if parts := strings.Split(text, "-"); len(parts) == 3 && form != "decimal" {
		for i, width := range [...]int{3, 8, 3} {
			n, err := strconv.ParseUint(parts[i], 10, width)
			if err != nil {
				return 0, fmt.Errorf("point code %q: part %d is wrong", text, i+1)
			}
			pc = pc<<width | n
		}
	} else if text != "" {
		n, err := strconv.ParseUint(text, 0, bits)
		if err != nil {
			return 0, fmt.Errorf("point code %q: no number of %d bits", text, bits)
		}
		pc = n
	}
	return uint32(pc), nil
}

func parse(t *testing.T, text string) *Config {
	t.Helper()
	c, err := Parse("test.yaml", []byte(text), testPointCodes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestExampleIsDefault holds that the example file says exactly what is built in.
func TestExampleIsDefault(t *testing.T) {
	c := parse(t, Example())
	if !reflect.DeepEqual(c, Default()) {
		t.Errorf("example.yaml says\n%+v\nbuilt in is\n%+v", c.Services, Default().Services)
	}
}

// TestExampleSamples takes the comment signs of the samples away: they must be right, too.
func TestExampleSamples(t *testing.T) {
	lines := strings.Split(Example(), "\n")
	for i, line := range lines {
		code, ok := strings.CutPrefix(line, "# ")
		key, _, colon := strings.Cut(strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(code), "- "), " "), ":")
		if ok && colon && !strings.Contains(key, " ") && strings.ToLower(key) == key || ok && strings.HasPrefix(code, " ") {
			lines[i] = code
		}
	}
	c := parse(t, strings.Join(lines, "\n"))
	if len(c.Networks) != 1 || len(c.Points) != 2 || len(c.LinkSets) != 1 || len(c.TrunkGroups) != 1 || c.Zone == nil ||
		len(c.Charge.Books) != 1 || c.Charge.Map == "" {
		t.Fatalf("%d networks, %d points, %d link sets, %d trunk groups, zone %v, charge %v", len(c.Networks), len(c.Points),
			len(c.LinkSets), len(c.TrunkGroups), c.Zone, c.Charge)
	}
}

const sample = `
time_zone: Asia/Ho_Chi_Minh
max_call: 36h
networks:
  - {key: nat, variant: itu, ni: national, point_codes: 3-8-3}
  - {key: int, variant: itu, ni: [0, 1]}
  - {key: viettel, variant: itu, ni: 2}
points:
  - {pc: 2-0-1, name: Host, operator: VNPT, network: nat}
  - {pc: 0x1002, name: Toll, network: nat}
  - {pc: 4097, name: VHost, operator: Viettel, network: viettel}
  - {pc: 77, name: Gateway, network: int}
link_sets:
  - name: host-toll
    points: [Host, Toll]
    network: nat
    links: ["0", "pcap0:*"]
  - {name: american, variant: ansi, links: "7"}
trunk_groups:
  - {key: TOLL-1, network: nat, points: [Host, Toll], cic: [1-15, 17-31]}
  - {key: TOLL-2, network: nat, points: [Toll, Host], cic: 33-63, direction: forth}
  - {key: INT, network: int, points: [77, 78], cic: 1, ni: 0}
services:
  - {service: TEST, called: 8, trunk_group: TOLL-2}
  - {service: TOVIETTEL, to: VHost}
  - {service: SHORT, digits: 3-4}
  - {service: INTL, network: int}
  - {service: LOCAL, nature: [subscriber, 126]}
`

func TestParse(t *testing.T) {
	c := parse(t, sample)
	if c.MaxCall != 36*time.Hour || c.TimeZone != "Asia/Ho_Chi_Minh" || c.Zone.String() != c.TimeZone {
		t.Errorf("max_call %v, zone %q %v", c.MaxCall, c.TimeZone, c.Zone)
	}
	if got := c.Point("nat", 4097); got == nil || got.Name != "Host" || got.Operator != "VNPT" {
		t.Errorf("point 2-0-1: %+v", got)
	}
	if got := c.Point("viettel", 4097); got == nil || got.Name != "VHost" {
		t.Errorf("the same code in the other network: %+v", got)
	}
	if got := c.Point("nat", 1); got != nil {
		t.Errorf("a point that there is not: %+v", got)
	}
	if g := c.TrunkGroups[1]; g.Direction != "forth" || g.Points != [2]Address{{"nat", 4098}, {"nat", 4097}} {
		t.Errorf("%+v", g)
	}
	if n := c.NetworkOf("int"); n == nil || n.Variant != "itu" || !reflect.DeepEqual(n.NI, []uint8{0, 1}) {
		t.Errorf("%+v", n)
	}
}

func TestNetwork(t *testing.T) {
	c := parse(t, sample)
	f := func(ni uint8, opc, dpc uint32, want string) {
		t.Helper()
		if got := c.Network(ni, opc, dpc).Key; got != want {
			t.Errorf("NI %d %d-%d is in %s, want %s", ni, opc, dpc, got, want)
		}
	}
	f(0, 1, 2, "int")
	f(1, 1, 2, "int")
	f(3, 1, 2, "default")
	f(2, 4097, 4098, "nat")     // both are in nat, 4097 in viettel too
	f(2, 4098, 4097, "nat")     // the other way
	f(2, 9, 4098, "nat")        // one is known
	f(2, 5000, 5001, "nat")     // none is: the first of the indicator
	f(2, 5000, 4097, "nat")     // in both: the first
	f(0x82, 5000, 5001, "nat")  // only two bits count
	f(3, 4097, 4098, "default") // known points, other indicator
	if got := Default().Network(2, 1, 2); got.Key != DefaultNetwork || got.Variant != "" {
		t.Errorf("without a configuration: %+v", got)
	}
	one := parse(t, "networks: [{key: all, variant: china}]")
	if got := one.Network(3, 1, 2).Key; got != "all" {
		t.Errorf("a network of all indicators: %s", got)
	}
}

func TestTrunkGroup(t *testing.T) {
	c := parse(t, sample)
	f := func(network string, ni uint8, a, b, cic uint32, want string) {
		t.Helper()
		if got := c.TrunkGroup(network, ni, a, b, cic); got != want {
			t.Errorf("%s %d %d-%d/%d: %q, want %q", network, ni, a, b, cic, got, want)
		}
	}
	f("nat", 2, 4097, 4098, 1, "TOLL-1")
	f("nat", 2, 4097, 4098, 15, "TOLL-1")
	f("nat", 2, 4097, 4098, 16, "")
	f("nat", 2, 4097, 4098, 17, "TOLL-1")
	f("nat", 2, 4098, 4097, 33, "TOLL-2")
	f("nat", 2, 4097, 4098, 64, "")
	f("viettel", 2, 4097, 4098, 1, "")
	f("int", 0, 77, 78, 1, "INT")
	f("int", 1, 77, 78, 1, "")
}

func TestLink(t *testing.T) {
	c := parse(t, sample)
	f := func(link, want, variant string) {
		t.Helper()
		got := ""
		if s := c.Link(link); s != nil {
			got = s.Name
		}
		if got != want || c.Variant(link) != variant {
			t.Errorf("%s: link set %q variant %q, want %q %q", link, got, c.Variant(link), want, variant)
		}
	}
	f("0", "host-toll", "itu")
	f("pcap0:3", "host-toll", "itu")
	f("7", "american", "ansi")
	f("8", "", "itu") // all networks are ITU
	if got := Default().Variant("0"); got != "" {
		t.Errorf("without a configuration: %q", got)
	}
	mixed := parse(t, "networks: [{key: a, variant: itu, ni: 2}, {key: b, variant: china, ni: 3}]")
	if got := mixed.Variant("0"); got != "" {
		t.Errorf("networks of two variants: %q", got)
	}
}

// TestQuestionsDoNotAllocate holds for all that is asked for each message or call.
func TestQuestionsDoNotAllocate(t *testing.T) {
	c := parse(t, sample)
	d := Default()
	a := &Attempt{Network: "nat", TrunkGroup: "TOLL-2", Called: []byte("0903001378"), NOA: 2}
	n := testing.AllocsPerRun(1000, func() {
		c.Service(a)
		d.Service(a)
		c.Network(2, 4097, 4098)
		c.TrunkGroup("nat", 2, 4097, 4098, 40)
		c.Link("pcap0:3")
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNetwork(b *testing.B) {
	c := Default()
	for b.Loop() {
		c.Network(2, 4097, 4098)
	}
}

func BenchmarkTrunkGroup(b *testing.B) {
	c, err := Parse("bench", []byte(sample), testPointCodes)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c.TrunkGroup("nat", 2, 4097, 4098, 40)
	}
}

// TestManual holds that the file of the manual is one that works.
func TestManual(t *testing.T) {
	manual, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(manual), "```yaml\n")
	text, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("no file in the manual")
	}
	c := parse(t, text)
	if got := c.TrunkGroup("national", 2, 1<<11|1<<3|1, 1<<11|20<<3|1, 31); got != "VIETTEL-1" {
		t.Errorf("trunk group %q", got)
	}
	a := Attempt{Network: "national", OPC: 1<<11 | 20<<3 | 1, Called: []byte("113"), NOA: natureSubscriber}
	if got := c.Service(&a); got != "VIETTEL_IN" {
		t.Errorf("service %s", got)
	}
	a.OPC = 1
	if got := c.Service(&a); got != "SPECIAL" {
		t.Errorf("service %s", got)
	}
}
