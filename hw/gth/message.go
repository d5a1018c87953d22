package gth

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A message is one element that the probe sends on the control connection: an answer or an event, with those inside it.
type message struct {
	name     string
	attrs    []attribute
	children []message
	text     string
}

// Bounds of what a probe sends. What it is asked for here is far below them.
const (
	maxHeaderLine = 200
	maxHeaders    = 10
	maxBody       = 256 << 10
	maxDepth      = 8
)

// attr gives the value of an attribute, "" where there is none.
func (m *message) attr(name string) string {
	for _, a := range m.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// child gives the first element inside, an empty one where there is none.
func (m *message) child() *message {
	if len(m.children) == 0 {
		return new(message)
	}
	return &m.children[0]
}

// err gives what an answer complains of.
func (m *message) err() error {
	if m.name == "error" {
		return fmt.Errorf("the probe answers %s", strings.TrimSpace(m.attr("reason")+" "+m.text))
	}
	return nil
}

// String gives the element as text on one line.
func (m *message) String() string {
	var b strings.Builder
	b.WriteString(m.name)
	for _, a := range m.attrs {
		b.WriteString(" " + a.name + "=" + strconv.Quote(a.value))
	}
	if m.text != "" {
		b.WriteString(": " + m.text)
	}
	for i := range m.children {
		b.WriteString(" (" + m.children[i].String() + ")")
	}
	return b.String()
}

// readMessage reads header lines, an empty line, and as many octets as they announce:
//
//	Content-type: text/xml
//	Content-length: 5
//
//	<ok/>
//
// What is not XML is left out: ok is false.
func readMessage(r *bufio.Reader) (m message, ok bool, err error) {
	length, kind := -1, ""
	for n := 0; ; n++ {
		line, err := readLine(r)
		if err != nil {
			return m, false, err
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "content-type":
			kind = strings.ToLower(value)
		case "content-length":
			if length, err = strconv.Atoi(value); err != nil || length < 0 || length > maxBody {
				return m, false, fmt.Errorf("content length %q", value)
			}
		}
		if n == maxHeaders {
			return m, false, errors.New("header does not end")
		}
	}
	if length < 0 {
		return m, false, errors.New("header without a content length")
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		return m, false, fmt.Errorf("body: %w", noEOF(err))
	}
	if kind != "text/xml" {
		return m, false, nil
	}
	m, err = parseMessage(body)
	return m, err == nil, err
}

// noEOF makes the end of the connection in the middle of something an error of its own.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readLine reads a header line without its end.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		o, err := r.ReadByte()
		switch {
		case err == io.EOF && len(line) == 0:
			return "", err
		case err != nil:
			return "", fmt.Errorf("header: %w", noEOF(err))
		case o == '\n':
			return string(bytes.TrimSuffix(line, []byte("\r"))), nil
		case len(line) == maxHeaderLine:
			return "", errors.New("header line too long")
		}
		line = append(line, o)
	}
}

// parseMessage reads one XML element.
func parseMessage(b []byte) (message, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	stack := []message{{}} // the first holds the element
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return message{}, fmt.Errorf("XML: %w", err)
		}
		top := len(stack) - 1
		switch t := t.(type) {
		case xml.StartElement:
			if len(stack) > maxDepth {
				return message{}, errors.New("XML nested too deep")
			}
			m := message{name: t.Name.Local}
			for _, a := range t.Attr {
				m.attrs = append(m.attrs, attribute{a.Name.Local, a.Value})
			}
			stack = append(stack, m)
		case xml.EndElement:
			if top == 0 || stack[top].name != t.Name.Local {
				return message{}, fmt.Errorf("XML: </%s> without its beginning", t.Name.Local)
			}
			stack[top-1].children = append(stack[top-1].children, stack[top])
			stack = stack[:top]
		case xml.CharData:
			stack[top].text += strings.TrimSpace(string(t))
		}
	}
	if len(stack) > 1 || len(stack[0].children) != 1 || stack[0].text != "" {
		return message{}, errors.New("XML: one whole element is needed")
	}
	return stack[0].children[0], nil
}
