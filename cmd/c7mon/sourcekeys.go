package main

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"c7mon/config"
)

// What the reader of YAML says of a key that the driver does not have, and of a value of another kind.
var (
	unknownKey = regexp.MustCompile(`unknown field "([^"]*)"`)
	otherKind  = regexp.MustCompile(`cannot unmarshal \S.* into Go struct field (?:\w+\.)?(\w+) of type (\S+)`)
	noList     = regexp.MustCompile(`\w+ was used where sequence is expected`)
	noKeys     = regexp.MustCompile(`\w+ was used where mapping is expected`)
)

// explainKeys says of an error in the keys of a source what to do: which keys the driver has, which kind of value is needed.
func explainKeys(err error, driver reflect.Type) error {
	place, placed := config.Error{}, false
	text := err.Error()
	if placed = errors.As(err, &place); placed {
		text = place.Text
	}
	tags := map[string]string{}
	keys := yamlKeys(driver, tags)
	text = unknownKey.ReplaceAllStringFunc(text, func(s string) string {
		return fmt.Sprintf("there is no key %s: one of %s is needed", unknownKey.FindStringSubmatch(s)[1], strings.Join(keys, ", "))
	})
	text = otherKind.ReplaceAllStringFunc(text, func(s string) string {
		m := otherKind.FindStringSubmatch(s)
		if key, ok := tags[m[1]]; ok {
			return fmt.Sprintf("%s: %s is needed", key, kindInWords(m[2]))
		}
		return s
	})
	text = noList.ReplaceAllString(text, "a list is needed, such as [16]")
	text = noKeys.ReplaceAllString(text, "keys with values are needed, such as {name: a}")
	if !placed {
		return errors.New(text)
	}
	place.Text = text
	return place
}

// yamlKeys gives the keys of a driver in the order of its fields, and adds the key of each field to tags, those of parts too.
func yamlKeys(t reflect.Type, tags map[string]string) (keys []string) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		field := t.Field(i)
		key, rest, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		below := yamlKeys(field.Type, tags)
		switch {
		case strings.Contains(rest, "inline"):
			keys = append(keys, below...)
		case key != "" && key != "-":
			keys = append(keys, key)
			tags[field.Name] = key
		}
	}
	return keys
}

// kindInWords says what kind of value a Go type takes.
func kindInWords(name string) string {
	switch {
	case strings.HasPrefix(name, "[]"):
		return "a list, such as [a, b],"
	case strings.HasPrefix(name, "int"), strings.HasPrefix(name, "uint"):
		return "a whole number"
	case strings.HasPrefix(name, "float"):
		return "a number"
	case strings.HasSuffix(name, "bool"):
		return "true or false"
	case name == "string":
		return "one text"
	}
	return "a value of another kind"
}
