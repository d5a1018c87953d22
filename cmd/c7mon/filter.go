package main

import (
	"fmt"
	"strconv"
	"strings"

	"c7mon/mtp"
)

// A filter is the conditions of decode --filter: all must fit.
type filter []condition

// A condition is one word of a filter: a field and the values that it may have.
type condition struct {
	field  string
	get    func(*message) string
	values []string
}

// filterFields are the fields that a filter may ask for.
var filterFields = map[string]func(*message) string{
	"message":   func(m *message) string { return m.Message },
	"protocol":  func(m *message) string { return m.Protocol },
	"link":      func(m *message) string { return m.Link },
	"direction": func(m *message) string { return m.Direction },
	"frame":     func(m *message) string { return strconv.FormatUint(m.Frame, 10) },
	"ni":        func(m *message) string { return decimal(m.NI) },
	"si":        func(m *message) string { return decimal(m.SI) },
	"opc":       func(m *message) string { return decimal(m.OPC) },
	"dpc":       func(m *message) string { return decimal(m.DPC) },
	"cic":       func(m *message) string { return decimal(m.CIC) },
	"cause":     func(m *message) string { return decimal(m.Cause) },
	"called":    func(m *message) string { return text(m.Called) },
	"calling":   func(m *message) string { return text(m.Calling) },
}

func decimal[T uint8 | uint32](v *T) string {
	if v == nil {
		return ""
	}
	return strconv.FormatUint(uint64(*v), 10)
}

func text(v *string) string {
	if v == nil {
		return ""
	}
	return *v
}

// parseFilter reads words of the form field=value,value*. Point codes are numbers or have the form.
func parseFilter(expr string, form mtp.PointCodeForm) (filter, error) {
	var f filter
	for _, word := range strings.Fields(expr) {
		name, values, ok := strings.Cut(word, "=")
		if !ok {
			return nil, fmt.Errorf("%s: a word of the form field=value is needed", word)
		}
		get := filterFields[name]
		if get == nil {
			return nil, fmt.Errorf("%s: there is no such field; message, protocol, link, direction, frame, ni, si, opc, dpc, cic, cause, called, calling are", name)
		}
		c := condition{name, get, strings.Split(values, ",")}
		for i, v := range c.values {
			if (name == "opc" || name == "dpc") && strings.Contains(v, "-") {
				pc, err := form.Parse(v)
				if err != nil {
					return nil, err
				}
				c.values[i] = strconv.FormatUint(uint64(pc), 10)
			}
		}
		f = append(f, c)
	}
	return f, nil
}

// fits reports whether m has one of the values of every condition.
func (f filter) fits(m *message) bool {
	for _, c := range f {
		if !c.fits(c.get(m)) {
			return false
		}
	}
	return true
}

func (c *condition) fits(have string) bool {
	for _, v := range c.values {
		if prefix, ok := strings.CutSuffix(v, "*"); ok && strings.HasPrefix(have, prefix) || have == v {
			return true
		}
	}
	return false
}
