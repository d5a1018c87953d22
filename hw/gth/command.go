package gth

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// A command is what may be said to the probe. The constructors below are all there are, so nothing that sends on a line
// (a player, a layer, a pcm_sink, a connection) can be asked for.
type command struct {
	xml string
}

// attribute is a name and a value.
type attribute struct {
	name, value string
}

// element writes an XML element; inside is elements already written.
func element(name string, attributes []attribute, inside string) string {
	var b strings.Builder
	b.WriteString("<" + name)
	for _, a := range attributes {
		b.WriteString(" " + a.name + "='" + escape.Replace(a.value) + "'")
	}
	if inside == "" {
		b.WriteString("/>")
	} else {
		b.WriteString(">" + inside + "</" + name + ">")
	}
	return b.String()
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&apos;", `"`, "&quot;")

// settings writes the attributes of a resource.
func settings(attributes []attribute) string {
	var b strings.Builder
	for _, a := range attributes {
		b.WriteString(element("attribute", []attribute{{"name", a.name}, {"value", a.value}}, ""))
	}
	return b.String()
}

// bye takes leave.
func bye() command { return command{element("bye", nil, "")} }

// nop asks for a sign of life.
func nop() command { return command{element("nop", nil, "")} }

// supervise makes the probe end our jobs when it hears nothing from us for so many milliseconds.
func supervise(ms int64) command {
	return command{element("update", nil, element("controller", []attribute{{"timeout", strconv.FormatInt(ms, 10)}}, ""))}
}

// enableInput takes a span into use. Its transmitter stays off.
func enableInput(resource string, attributes []attribute) command {
	return command{element("enable", []attribute{{"name", resource}}, settings(receiveOnly(resource, attributes)))}
}

// setInput is enableInput for probes of before the command enable.
func setInput(resource string, attributes []attribute) command {
	attributes = append([]attribute{{"status", "enabled"}}, attributes...)
	return command{element("set", []attribute{{"name", resource}}, settings(receiveOnly(resource, attributes)))}
}

// receiveOnly adds that the transmitter is off. Spans out of an SDH ("pcm55") have none.
func receiveOnly(resource string, attributes []attribute) []attribute {
	if sdh(resource) {
		return attributes
	}
	return append([]attribute{{"tx_enabled", "false"}}, attributes...)
}

// sdh tells a span that is mapped out of an SDH or SONET, which is pcm and a number, from an E1 socket, which is pcm, a
// number and a letter.
func sdh(resource string) bool {
	_, err := strconv.Atoi(strings.TrimPrefix(resource, "pcm"))
	return err == nil
}

// queryInput asks for the state of a span.
func queryInput(resource string) command {
	return command{element("query", nil, element("resource", []attribute{{"name", resource}}, ""))}
}

// listenTo starts a job that listens to a link and sends its signal units to an address of ours.
func listenTo(w *way, tag int, address string, port int, all, errored bool) command {
	a := []attribute{{"ip_addr", address}, {"ip_port", strconv.Itoa(port)}, {"tag", strconv.Itoa(tag)}}
	if w.esnf {
		a = append(a, attribute{"esnf", "yes"})
	}
	if all {
		a = append(a, attribute{"dup_fisu", "yes"}, attribute{"dup_lssu", "yes"})
	}
	if errored {
		a = append(a, attribute{"esu", "yes"})
	}
	var sources strings.Builder
	for _, t := range w.port.timeslots {
		sources.WriteString(element("pcm_source", []attribute{{"span", w.port.span}, {"timeslot", strconv.Itoa(t)}}, ""))
	}
	return command{element("new", nil, element("mtp2_monitor", a, sources.String()))}
}

// remove ends a job.
func remove(job string) command { return command{element("delete", []attribute{{"id", job}}, "")} }

// append writes the command as it goes over the control connection.
func (c command) append(dst []byte) []byte {
	return fmt.Appendf(dst, "Content-type: text/xml\r\nContent-length: %d\r\n\r\n%s", len(c.xml), c.xml)
}

// give says commands to the probe. This is the one place where anything is sent to it.
func give(probe net.Conn, within time.Duration, list ...command) error {
	var b []byte
	for _, c := range list {
		b = c.append(b)
	}
	if err := probe.SetWriteDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	_, err := probe.Write(b)
	return err
}
