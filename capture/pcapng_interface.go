package capture

import (
	"fmt"
	"strings"
)

// describe reads an interface description.
func (p *pcapngReader) describe(h []byte) error {
	n, err := p.block(h)
	if err != nil {
		return err
	}
	if n < 20 {
		return fmt.Errorf("interface description of %d octets", n)
	}
	b, _ := p.s.need(n)
	i := iface{link: LinkType(p.u16(b[8:])), snap: p.u32(b[12:]), clock: clock{res: clockMicro}}
	p.options(b[16:n-4], func(code uint16, v []byte) {
		switch {
		case code == optName:
			i.name = cleanName(v)
		case code == optResolution && len(v) >= 1:
			i.clock.res = v[0]
		case code == optFCSLength && len(v) >= 1:
			i.fcs = v[0]
		case code == optTimeOffset && len(v) >= 8:
			i.clock.offset = int64(p.u64(v))
		}
	})
	p.s.pos += n
	return p.add(i)
}

// add gives the next interface of the section its index in the file.
func (p *pcapngReader) add(i iface) error {
	if len(p.ids) == maxInterfaces {
		return fmt.Errorf("more than %d interfaces in one section", maxInterfaces)
	}
	index := len(*p.ifaces)
	if at := len(p.ids); at < index && p.free(at, i) {
		index = at
	} else {
		for at := range *p.ifaces {
			if p.free(at, i) {
				index = at
				break
			}
		}
	}
	if index == maxInterfaces {
		return fmt.Errorf("more than %d interfaces", maxInterfaces)
	}
	if index == len(*p.ifaces) {
		*p.ifaces = append(*p.ifaces, i)
		p.used = append(p.used, 0)
	}
	p.used[index] = p.sections
	p.ids = append(p.ids, uint32(index))
	return nil
}

// free tells that the interface at an index is described as i is, by an earlier section.
func (p *pcapngReader) free(at int, i iface) bool {
	return p.used[at] != p.sections && (*p.ifaces)[at] == i
}

// cleanName makes an interface name fit to be printed and bounded in length.
func cleanName(b []byte) string {
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return -1
		}
		return r
	}, string(b[:min(len(b), maxName)]))
	return strings.TrimSpace(s)
}
