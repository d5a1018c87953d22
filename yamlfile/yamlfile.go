// Package yamlfile reads a YAML file as a tree of keys, lists and scalars, and collects everything that is wrong with it, each
// error with its line.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A Reader walks the tree of a YAML file and collects what is wrong, so that all of it is told at once. Scalars are
// taken as they are written: 00 and 0171 are digits here, not numbers.
type Reader struct {
	File string // its name, for the errors
	Errs Errors // what was wrong so far
}

// A Node is a part of the tree, which knows its line.
type Node = ast.Node

// An Object is a mapping whose keys have been checked.
type Object struct {
	r      *Reader
	Node   Node
	What   string // what it describes, for errors
	Values map[string]Node
}

// Errorf notes an error at the line of a node.
func (r *Reader) Errorf(n Node, format string, args ...any) {
	line := 1
	if n != nil {
		if t := n.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
	}
	r.Errs = append(r.Errs, Error{r.File, line, fmt.Sprintf(format, args...)})
}

// Parse gives the top of the tree, nil for a file with nothing in it or one that is not YAML.
func (r *Reader) Parse(data []byte) Node {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // some editors begin a file with it
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line, text := 1, err.Error()
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) {
			text = syntax.Message
			if syntax.Token != nil && syntax.Token.Position != nil {
				line = syntax.Token.Position.Line
			}
		}
		text, _, _ = strings.Cut(text, "\n")
		advice := "; look at the indentation and the quotes of this line"
		if tabbed(data, line) {
			text, advice = "a tab stands before the text of this line", ": put blanks in its place"
		}
		r.Errs = append(r.Errs, Error{r.File, line, "not YAML: " + text + advice})
		return nil
	}
	var top Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.DirectiveType {
			continue
		}
		if top != nil {
			r.Errorf(doc.Body, "a second document: a file has one, take the --- away")
			break
		}
		top = doc.Body
	}
	return top
}

// tabbed tells whether a line, from 1, has a tab in its indentation.
func tabbed(data []byte, line int) bool {
	for l := range bytes.Lines(data) {
		if line--; line == 0 {
			return bytes.IndexByte(l[:len(l)-len(bytes.TrimLeft(l, " \t"))], '\t') >= 0
		}
	}
	return false
}

// Object reads a mapping that may have the given keys.
func (r *Reader) Object(n Node, what string, keys ...string) *Object {
	o := &Object{r: r, Node: n, What: what, Values: make(map[string]Node)}
	var pairs []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		pairs = m.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{m}
	case nil:
		return o
	default:
		r.Errorf(n, "%s: %s where keys are needed: one of %s, each with a colon", what, Describe(n), strings.Join(keys, ", "))
		return nil
	}
	for _, p := range pairs {
		key, ok := Plain(p.Key)
		switch {
		case !ok || !slices.Contains(keys, key):
			r.Errorf(p.Key, "%s: unknown key %q: one of %s", what, p.Key.GetToken().Value, strings.Join(keys, ", "))
		case o.Values[key] != nil:
			r.Errorf(p.Key, "%s: %s stands twice: take one away", what, key)
		default:
			o.Values[key] = p.Value
		}
	}
	return o
}

// Has reports whether the key is there with a value.
func (o *Object) Has(key string) bool {
	v := o.Values[key]
	return v != nil && v.Type() != ast.NullType
}

// At gives the node of a key for the place of an error, the object itself without one.
func (o *Object) At(key string) Node {
	if v := o.Values[key]; v != nil {
		return v
	}
	return o.Node
}

// Text gives a scalar as written, "" where the key is not there.
func (o *Object) Text(key string) string {
	if !o.Has(key) {
		return ""
	}
	s, ok := Plain(o.Values[key])
	if !ok {
		o.Errorf(key, "%s where one value is needed", Describe(o.Values[key]))
	}
	return s
}

// Needed is text that has to be there, and not empty.
func (o *Object) Needed(key string) string {
	if !o.Has(key) {
		o.Errorf(key, "is missing: add %s: VALUE", key)
		return ""
	}
	before := len(o.r.Errs)
	s := o.Text(key)
	if s == "" && len(o.r.Errs) == before {
		o.NoValue(key)
	}
	return s
}

// NoValue notes, once, that a key is there and says nothing.
func (o *Object) NoValue(key string) {
	o.Errorf(key, "has no value: write one")
	if n := len(o.r.Errs) - 1; slices.Contains(o.r.Errs[:n], o.r.Errs[n]) {
		o.r.Errs = o.r.Errs[:n] // another reader of the key found it
	}
}

// Errorf notes an error of a key.
func (o *Object) Errorf(key, format string, args ...any) {
	o.r.Errorf(o.At(key), "%s: %s: %s", o.What, key, fmt.Sprintf(format, args...))
}

// A Scalar is one value as it is written, and where.
type Scalar struct {
	Text string
	Node Node
}

// Scalars gives the values of a key that is a list of scalars, or one scalar.
func (o *Object) Scalars(key string) []Scalar {
	if !o.Has(key) {
		return nil
	}
	nodes := []Node{o.Values[key]}
	if list, ok := o.Values[key].(*ast.SequenceNode); ok {
		nodes = list.Values
	}
	values := make([]Scalar, 0, len(nodes))
	for _, n := range nodes {
		s, ok := Plain(n)
		if !ok || s == "" {
			o.r.Errorf(n, "%s: %s: %s where one value or a list of values is needed", o.What, key, Describe(n))
			continue
		}
		values = append(values, Scalar{s, n})
	}
	return values
}

// List gives the entries of a key that is a list of mappings.
func (o *Object) List(key string) []Node {
	if !o.Has(key) {
		return nil
	}
	list, ok := o.Values[key].(*ast.SequenceNode)
	if !ok {
		o.Errorf(key, "%s where a list is needed: start each entry with a hyphen", Describe(o.Values[key]))
		return nil
	}
	return list.Values
}

// Plain gives a scalar as it is written, without its quotes.
func Plain(n Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// Describe names what a node is, for errors.
func Describe(n Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode:
		return "an anchor, alias or tag"
	case *ast.LiteralNode:
		return "a block of text"
	case nil, *ast.NullNode:
		return "nothing"
	}
	if s, ok := Plain(n); ok {
		return fmt.Sprintf("%q", s)
	}
	return "something else"
}
