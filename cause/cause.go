// Package cause holds what Q.850 says of a release: the cause values with their names in English and Vietnamese, their
// classes, and the locations. It takes codes and gives texts; it decodes nothing.
package cause

import "strconv"

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
