// Package cause holds what Q.850 says of a release: the cause values with their names in English and Vietnamese, their
// classes, and the locations. It takes codes and gives texts; it decodes nothing.
package cause

import (
	"strconv"
	"strings"
)

// Code is a cause value, 0 to 127, Q.850 2.2.5.
type Code uint8

// Location is where in the network the cause came from, 0 to 15, Q.850 2.2.3.
type Location uint8

var locations = [16]string{0: "U", 1: "LPN", 2: "LN", 3: "TN", 4: "RLN", 5: "RPN", 7: "INTL", 10: "BI"}

// String gives the abbreviation of Q.850, or the number of a location without one.
func (l Location) String() string {
	if int(l) < len(locations) && locations[l] != "" {
		return locations[l]
	}
	return strconv.Itoa(int(l))
}

// LocationOf is the inverse of String.
func LocationOf(s string) (Location, bool) {
	for i, n := range locations {
		if n == s && n != "" {
			return Location(i), true
		}
	}
	n, err := strconv.Atoi(s)
	return Location(n), err == nil && n >= 0 && n < len(locations)
}

// Name gives the name of a location in words; a location without one has only its number.
func (l Location) Name() string {
	if int(l) < len(locationNames) && locationNames[l] != "" {
		return locationNames[l]
	}
	return "Location " + strconv.Itoa(int(l))
}

var locationNames = [16]string{
	0:  "User",
	1:  "Private network serving the local user",
	2:  "Public network serving the local user",
	3:  "Transit network",
	4:  "Public network serving the remote user",
	5:  "Private network serving the remote user",
	7:  "International network",
	10: "Network beyond interworking point",
}

// The names of a code that the tables do not have.
const (
	unknown   = "Unknown cause"
	unknownVI = "Không rõ nguyên nhân"
)

// Known reports whether Q.850 names the code.
func (c Code) Known() bool { return int(c) < len(names) && names[c] != "" }

// Name gives the name of Q.850 in English, "Normal call clearing"; "Unknown cause" where it has none.
func (c Code) Name() string {
	if c.Known() {
		return names[c]
	}
	return unknown
}

// NameVI gives the Vietnamese name, which is not official. A code without one has its English name, a code without any
// "Không rõ nguyên nhân".
func (c Code) NameVI() string {
	switch {
	case int(c) < len(namesVI) && namesVI[c] != "":
		return namesVI[c]
	case c.Known():
		return names[c]
	}
	return unknownVI
}

// NameANSI gives the meaning of T1.113 under its own coding standard (coding 2): its name where it differs, else that of
// Q.850.
func (c Code) NameANSI() string {
	if int(c) < len(namesANSI) && namesANSI[c] != "" {
		return namesANSI[c]
	}
	return c.Name()
}

// NameIn gives the name in the language lang, "vi" or English for any other.
func (c Code) NameIn(lang string) string {
	if lang == "vi" {
		return c.NameVI()
	}
	return c.Name()
}

// String gives number and name as a dump shows them: "16 normal call clearing".
func (c Code) String() string { return c.numbered(c.Name()) }

// StringANSI is as String with the names of T1.113.
func (c Code) StringANSI() string { return c.numbered(c.NameANSI()) }

func (c Code) numbered(name string) string { return strconv.Itoa(int(c)) + " " + lower(name) }

// lower gives a name without the capital of a sentence; an abbreviation in front keeps its own.
func lower(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' && !strings.HasPrefix(s, "QoR") {
		return string(s[0]+'a'-'A') + s[1:]
	}
	return s
}
