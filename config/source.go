package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"c7mon/yamlfile"
)

// A Source is a live source of frames as the file describes it: its name, which driver hears it, and keys that only the
// driver understands.
type Source struct {
	Name   string
	Driver string
	file   string
	line   int
	keys   *ast.MappingNode // those of the driver
}

// Decode fills v, a pointer to the driver's configuration, whose fields have yaml tags. A key that it does not have and a
// value of another kind are an Error with the line.
func (s *Source) Decode(v any) error {
	if s.keys == nil || len(s.keys.Values) == 0 {
		return nil
	}
	err := yaml.NodeToValue(s.keys, v, yaml.Strict())
	if err == nil {
		return nil
	}
	e := Error{File: s.file, Line: s.line, Text: fmt.Sprintf("source %s: %v", s.Name, err)}
	if known := yaml.Error(nil); errors.As(err, &known) {
		e.Text = fmt.Sprintf("source %s: %s", s.Name, known.GetMessage())
		if t := known.GetToken(); t != nil && t.Position != nil && s.file != "" {
			e.Line = t.Position.Line
		}
	}
	return s.place(e)
}

// Wrap gives an error of the driver its place in the file.
func (s *Source) Wrap(err error) error {
	if err == nil {
		return nil
	}
	return s.place(Error{File: s.file, Line: s.line, Text: fmt.Sprintf("source %s: %v", s.Name, err)})
}

// place leaves the place out of errors of a source that is in no file.
func (s *Source) place(e Error) error {
	if s.file == "" {
		return errors.New(e.Text)
	}
	return e
}

// ParseSource reads a source that is written on one line: the driver, a colon, and keys with values with commas between,
// "raw:forth=a.bin,links=[16]". Values are YAML. Its name is that of the driver.
func ParseSource(text string) (*Source, error) {
	driver, rest, _ := strings.Cut(text, ":")
	s := &Source{Name: driver, Driver: driver}
	if rest == "" {
		return s, nil
	}
	s.keys = &ast.MappingNode{}
	for _, pair := range splitOutside(rest) {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("source %s: %q: key=value is needed", driver, pair)
		}
		file, err := parser.ParseBytes([]byte(key+": "+value), 0)
		if err != nil || len(file.Docs) != 1 {
			return nil, fmt.Errorf("source %s: %s: %q is no value", driver, key, value)
		}
		switch n := file.Docs[0].Body.(type) {
		case *ast.MappingValueNode:
			s.keys.Values = append(s.keys.Values, n)
		case *ast.MappingNode:
			s.keys.Values = append(s.keys.Values, n.Values...)
		default:
			return nil, fmt.Errorf("source %s: %s: %q is no value", driver, key, value)
		}
	}
	if len(s.keys.Values) > 0 {
		s.keys.Start = s.keys.Values[0].GetToken()
	}
	return s, nil
}

// splitOutside splits at the commas that stand in no brackets or braces.
func splitOutside(s string) (parts []string) {
	depth, from := 0, 0
	for i, c := range s {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, s[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, s[from:])
}

func (p *sections) source(n yamlfile.Node) {
	all, ok := n.(*ast.MappingNode)
	if one, alone := n.(*ast.MappingValueNode); alone {
		all, ok = &ast.MappingNode{BaseNode: &ast.BaseNode{}, Start: one.GetToken(), Values: []*ast.MappingValueNode{one}}, true
	}
	if !ok {
		p.Errorf(n, "source: %s where keys are needed: name, driver, and those of the driver", yamlfile.Describe(n))
		return
	}
	keys := &ast.MappingNode{BaseNode: &ast.BaseNode{}, Start: all.Start}
	own := &ast.MappingNode{BaseNode: &ast.BaseNode{}, Start: all.Start}
	for _, v := range all.Values {
		if key, _ := yamlfile.Plain(v.Key); key == "name" || key == "driver" {
			own.Values = append(own.Values, v)
		} else {
			keys.Values = append(keys.Values, v)
		}
	}
	o := p.Object(own, "source", "name", "driver")
	if o == nil {
		return
	}
	s := Source{Name: p.key(o, "name"), Driver: o.Needed("driver"), file: p.File, keys: keys}
	if t := all.GetToken(); t != nil && t.Position != nil {
		s.line = t.Position.Line
	}
	if v := o.Values["name"]; v != nil && v.GetToken().Position != nil {
		s.line = v.GetToken().Position.Line
	}
	if strings.ContainsAny(s.Name, ":/") {
		o.Errorf("name", "%q: no colons or slashes: the names of its lines begin with it", s.Name)
	}
	if s.Name != "" && slices.ContainsFunc(p.c.Sources, func(x Source) bool { return x.Name == s.Name }) {
		o.Errorf("name", "%q stands twice: give each source its own", s.Name)
	}
	p.c.Sources = append(p.c.Sources, s)
}
