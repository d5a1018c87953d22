package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A reader walks the tree of a YAML file and collects what is wrong, so that all of it is told at once. Scalars are
// taken as they are written: 00 and 0171 are digits here, not numbers.
type reader struct {
	file string
	errs Errors
}

// An object is a mapping whose keys have been checked.
type object struct {
	r      *reader
	node   ast.Node
	what   string // what it describes, for errors
	values map[string]ast.Node
}

// errorf notes an error at the line of a node.
func (r *reader) errorf(n ast.Node, format string, args ...any) {
	line := 1
	if n != nil {
		if t := n.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
	}
	r.errs = append(r.errs, Error{r.file, line, fmt.Sprintf(format, args...)})
}

// parse gives the top of the tree, nil for a file with nothing in it or one that is not YAML.
func (r *reader) parse(data []byte) ast.Node {
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
		r.errs = append(r.errs, Error{r.file, line, "not YAML: " + text + "; look at the indentation and the quotes of this line"})
		return nil
	}
	var top ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.DirectiveType {
			continue
		}
		if top != nil {
			r.errorf(doc.Body, "a second document: a configuration is one, take the --- away")
			break
		}
		top = doc.Body
	}
	return top
}

// object reads a mapping that may have the given keys.
func (r *reader) object(n ast.Node, what string, keys ...string) *object {
	o := &object{r: r, node: n, what: what, values: make(map[string]ast.Node)}
	var pairs []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		pairs = m.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{m}
	case nil:
		return o
	default:
		r.errorf(n, "%s: %s where keys are needed: one of %s, each with a colon", what, describe(n), strings.Join(keys, ", "))
		return nil
	}
	for _, p := range pairs {
		key, ok := plain(p.Key)
		switch {
		case !ok || !slices.Contains(keys, key):
			r.errorf(p.Key, "%s: unknown key %q: one of %s", what, p.Key.GetToken().Value, strings.Join(keys, ", "))
		case o.values[key] != nil:
			r.errorf(p.Key, "%s: %s stands twice: take one away", what, key)
		default:
			o.values[key] = p.Value
		}
	}
	return o
}

// has reports whether the key is there with a value.
func (o *object) has(key string) bool {
	v := o.values[key]
	return v != nil && v.Type() != ast.NullType
}

// at gives the node of a key for the place of an error, the object itself without one.
func (o *object) at(key string) ast.Node {
	if v := o.values[key]; v != nil {
		return v
	}
	return o.node
}

// text gives a scalar as written, "" where the key is not there.
func (o *object) text(key string) string {
	if !o.has(key) {
		return ""
	}
	s, ok := plain(o.values[key])
	if !ok {
		o.errorf(key, "%s where one value is needed", describe(o.values[key]))
	}
	return s
}

// needed is text that has to be there.
func (o *object) needed(key string) string {
	if !o.has(key) {
		o.errorf(key, "is missing: add %s: VALUE", key)
	}
	return o.text(key)
}

// errorf notes an error of a key.
func (o *object) errorf(key, format string, args ...any) {
	o.r.errorf(o.at(key), "%s: %s: %s", o.what, key, fmt.Sprintf(format, args...))
}

// A scalar is one value as it is written, and where.
type scalar struct {
	text string
	node ast.Node
}

// scalars gives the values of a key that is a list of scalars, or one scalar.
func (o *object) scalars(key string) []scalar {
	if !o.has(key) {
		return nil
	}
	nodes := []ast.Node{o.values[key]}
	if list, ok := o.values[key].(*ast.SequenceNode); ok {
		nodes = list.Values
	}
	values := make([]scalar, 0, len(nodes))
	for _, n := range nodes {
		s, ok := plain(n)
		if !ok || s == "" {
			o.r.errorf(n, "%s: %s: %s where one value or a list of values is needed", o.what, key, describe(n))
			continue
		}
		values = append(values, scalar{s, n})
	}
	return values
}

// list gives the entries of a key that is a list of mappings.
func (o *object) list(key string) []ast.Node {
	if !o.has(key) {
		return nil
	}
	list, ok := o.values[key].(*ast.SequenceNode)
	if !ok {
		o.errorf(key, "%s where a list is needed: start each entry with a hyphen", describe(o.values[key]))
		return nil
	}
	return list.Values
}

// plain gives a scalar as it is written, without its quotes.
func plain(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// describe names what a node is, for errors.
func describe(n ast.Node) string {
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
	if s, ok := plain(n); ok {
		return fmt.Sprintf("%q", s)
	}
	return "something else"
}
