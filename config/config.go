// Package config reads what the operator says of the network: a YAML file becomes networks, points, link sets, trunk
// groups and service rules, and answers to which of them a link, a circuit or a called number belongs.
package config

import (
	_ "embed"
	"fmt"
	"os"
	"time"

	"c7mon/yamlfile"
)

// An Error is one thing that is wrong with a configuration file, and what to do about it; Errors is all of them.
type (
	Error  = yamlfile.Error
	Errors = yamlfile.Errors
)

// A Config is the whole configuration. It is made by Default, Load or Parse and does not change afterwards, so that
// several goroutines may ask it at once.
type Config struct {
	TimeZone    string         // IANA name as written, "" where the file has none
	Zone        *time.Location // its location, nil where the file has none
	MaxCall     time.Duration  // a call up for longer without a message is closed
	Numbering   Numbering
	Networks    []Network
	Points      []Point
	LinkSets    []LinkSet
	TrunkGroups []TrunkGroup
	Services    []Rule // in order: the first that matches wins
	Sources     []Source
	Charge      Charge

	fallback Network // what is in no configured network
	byNI     [4]*Network
	niAlone  [4]bool                        // the indicator alone tells the network
	byPoint  map[niPoint][]*Network         // only of indicators that more than one network has
	points   map[Address]*Point             // by network and code
	circuits map[circuitPair][]circuitRange // by network and codes, in order of circuit code
	links    map[string]*LinkSet            // by name of the line
	prefixes []linkPrefix                   // names of lines that end in *
	rules    ruleTree
}

// A Network is a set of points that share a numbering of point codes.
type Network struct {
	Key     string  // as in records
	Variant string  // "itu", "ansi", "china", "japan"; "" in the network of what is not configured
	Form    string  // how its point codes are written, "" for the custom of the variant
	NI      []uint8 // its network indicators, none for all
}

// An Address is a point code in its network.
type Address struct {
	Network string
	PC      uint32
}

// A Point is an exchange or another signalling point.
type Point struct {
	Address
	Name     string
	Operator string
}

// A LinkSet says which captured lines or associations are links between two points.
type LinkSet struct {
	Name    string
	Network string    // "" where it is told by network indicator and points
	Variant string    // "" where nothing says it
	Points  []Address // two, or none
	Links   []string  // names of lines as decode shows them; one that ends in * stands for all that start so
}

// A TrunkGroup is the speech circuits between two points that are counted together.
type TrunkGroup struct {
	Key       string
	Points    [2]Address
	NI        []uint8 // none for all
	CIC       []CICRange
	Direction string // "both", "forth" (seized by the first point alone), "back"; "" not said
}

// A CICRange is a range of circuit identification codes, both ends included.
type CICRange struct{ From, To uint32 }

// A Rule gives calls that fit all its conditions a service. A condition without values fits every call.
type Rule struct {
	Service     string
	Called      []string // the called number starts with one of these, after the trunk prefix
	Nature      []uint8  // nature of address is one of these, Q.763 3.9
	MinDigits   int      // number of digits after the trunk prefix; 0 and 0 for any
	MaxDigits   int
	Networks    []string
	TrunkGroups []string
	From, To    []Address // the points that the IAM came from and went to
}

// Other is the service of a call that no rule matches.
const Other = "OTHER"

// DefaultNetwork is the key of the network of what is in no configured one.
const DefaultNetwork = "default"

// Natures of address that rules name, Q.763 3.9 c.
const (
	natureSubscriber      = 1
	natureUnknown         = 2
	natureNational        = 3
	natureInternational   = 4
	natureNetworkSpecific = 5
)

//go:embed example.yaml
var example string

// Example is the file that says the same as Default, with samples of everything else as comments: it is there to be
// changed.
func Example() string { return example }

// Default is the configuration without a file: no networks, and the services of Vietnam in 2003. Prefixes of voice over
// IP stand before IDD; an international number is none of them, for +1 71 is in America.
func Default() *Config {
	c := &Config{
		MaxCall: 24 * time.Hour,
		Numbering: Numbering{TrunkPrefix: "0", InternationalPrefix: "00", CountryCode: "84",
			AccessCodes: []string{"171", "177", "178", "179"}},
		Services: []Rule{
			{Service: "VOIP", Called: []string{"171", "177", "178", "179"},
				Nature: []uint8{natureSubscriber, natureUnknown, natureNational, natureNetworkSpecific}},
			{Service: "IDD", Nature: []uint8{natureInternational}},
			{Service: "IDD", Called: []string{"00"}},
			{Service: "MOBILE", Called: []string{"90", "91"}, Nature: []uint8{natureNational}},
			{Service: "NATIONAL", Nature: []uint8{natureNational}},
			{Service: "LOCAL", Nature: []uint8{natureSubscriber}},
		},
	}
	c.build()
	return c
}

// PointCodes reads a point code as text in a variant and a form, both by name; an empty form is the custom of the
// variant, and with an empty text only the names are checked. mtp.ParsePointCode is one.
type PointCodes func(variant, form, text string) (uint32, error)

// Load reads a configuration file. An error that the file has is an Errors with all of them.
func Load(name string, pc PointCodes) (*Config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w: --config needs a file that can be read", err)
	}
	return Parse(name, data, pc)
}
