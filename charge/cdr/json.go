package cdr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A jsonKey is a key on the way to a column: a tree, whose top is the first of a list.
type jsonKey struct {
	name   string
	column int // -1 for none
	below  []int
}

// jsonKeys makes the tree of the columns. One whose name has points is found both as nested keys and as a key with points.
func jsonKeys(m *Map) []jsonKey {
	if m.format != jsonl {
		return nil
	}
	keys := []jsonKey{{column: -1}}
	add := func(column int, path ...string) {
		at := 0
		for _, name := range path {
			i := slices.IndexFunc(keys[at].below, func(i int) bool { return keys[i].name == name })
			if i < 0 {
				keys = append(keys, jsonKey{name: name, column: -1})
				keys[at].below = append(keys[at].below, len(keys)-1)
				at = len(keys) - 1
			} else {
				at = keys[at].below[i]
			}
		}
		keys[at].column = column
	}
	for i, c := range m.columns {
		add(i, c.octets)
		add(i, strings.Split(c.octets, ".")...)
	}
	return keys
}

// jsonCells fills the cells from a line. The reason is "" where it is an object.
func (r *Reader) jsonCells(line []byte) string {
	clear(r.cells)
	clear(r.odd)
	r.found = 0
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] != '{' {
		return "no JSON object"
	}
	if !json.Valid(line) {
		return "not JSON: " + fault(line)
	}
	r.object(line, 0, 0)
	return ""
}

// fault says what is wrong with JSON.
func fault(line []byte) string {
	var v json.RawMessage
	if err := json.Unmarshal(line, &v); err != nil {
		return err.Error()
	}
	return ""
}

// object walks the object that begins at an offset and fills the cells of the keys below one of the tree. It gives what follows.
// The text is valid JSON, so every value has its end.
func (r *Reader) object(text []byte, at, key int) int {
	for at++; ; {
		at = blank(text, at)
		switch text[at] {
		case '}':
			return at + 1
		case ',':
			at = blank(text, at+1)
		}
		name, next := r.str(text, at)
		at = blank(text, blank(text, next)+1) // behind the colon
		below := r.below(key, name)
		switch {
		case below < 0:
			at = skip(text, at)
		case text[at] == '{' && len(r.m.keys[below].below) > 0:
			at = r.object(text, at, below)
		default:
			at = r.fillJSON(text, at, r.m.keys[below].column)
		}
	}
}

// below finds a key below another by its name, -1 where the map has none.
func (r *Reader) below(key int, name []byte) int {
	for _, i := range r.m.keys[key].below {
		if r.m.keys[i].name == string(name) {
			return i
		}
	}
	return -1
}

// fillJSON fills the cell of a column with the value at an offset and gives what follows it.
func (r *Reader) fillJSON(text []byte, at, column int) int {
	next := skip(text, at)
	if column < 0 {
		return next
	}
	value := text[at:next]
	r.found++
	r.odd[column] = false
	switch value[0] {
	case '"':
		value, _ = r.str(text, at)
		value = bytes.TrimSpace(value)
	case 'n': // null
		value = nil
	case '{', '[':
		r.odd[column] = true
	}
	r.cells[column] = value
	return next
}

// blank skips white space.
func blank(text []byte, at int) int {
	for text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n' {
		at++
	}
	return at
}

// skip gives what follows the value at an offset.
func skip(text []byte, at int) int {
	for depth := 0; at < len(text); at++ {
		switch c := text[at]; {
		case c == '"':
			for at++; text[at] != '"'; at++ {
				if text[at] == '\\' {
					at++
				}
			}
			if depth == 0 {
				return at + 1
			}
		case c == '{' || c == '[':
			depth++
		case depth > 0 && (c == '}' || c == ']'):
			if depth--; depth == 0 {
				return at + 1
			}
		case depth == 0 && (c == ',' || c == '}' || c == ']' || c <= ' '): // behind a number, true, false or null
			return at
		}
	}
	return at
}

// str gives the string at an offset, without its quotes, and what follows it.
func (r *Reader) str(text []byte, at int) (value []byte, next int) {
	next = skip(text, at)
	value = text[at+1 : next-1]
	if bytes.IndexByte(value, '\\') < 0 {
		return value, next
	}
	begin := len(r.text)
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' {
			r.text = append(r.text, value[i])
			continue
		}
		i++
		if value[i] != 'u' {
			r.text = append(r.text, unescaped(value[i]))
			continue
		}
		c := hex(value[i+1:])
		i += 4
		if utf16.IsSurrogate(c) && i+6 < len(value) && value[i+1] == '\\' && value[i+2] == 'u' {
			if pair := utf16.DecodeRune(c, hex(value[i+3:])); pair != utf8.RuneError {
				c = pair
				i += 6
			}
		}
		r.text = utf8.AppendRune(r.text, c)
	}
	return r.text[begin:], next
}

// unescaped gives the octet that a letter behind a backslash stands for.
func unescaped(c byte) byte {
	if i := strings.IndexByte("bfnrt", c); i >= 0 {
		return "\b\f\n\r\t"[i]
	}
	return c
}

// hex gives the value of four hexadecimal digits.
func hex(digits []byte) rune {
	n, _ := strconv.ParseUint(string(digits[:4]), 16, 16)
	return rune(n)
}

// noneFound says that no column of the map is in a row, and which keys there are.
func (r *Reader) noneFound(line []byte) error {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(line, &top); err != nil {
		return fmt.Errorf("%s:%d: %w", r.file, r.lines.line, err)
	}
	var keys, columns []string
	for name := range top {
		keys = append(keys, strconv.Quote(name))
	}
	slices.Sort(keys)
	for _, c := range r.m.columns {
		columns = append(columns, c.name)
	}
	return fmt.Errorf("%s:%d: the first record has no column of the map (%s); its keys are %s", r.file, r.lines.line,
		strings.Join(columns, ", "), strings.Join(keys, ", "))
}
