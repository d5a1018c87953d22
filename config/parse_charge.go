package config

import (
	"path/filepath"

	"c7mon/yamlfile"
)

// Charge names the files that say what calls cost.
type Charge struct {
	Books []string // books of tariffs, as they can be opened; none where none are named
	Map   string   // of the columns of a switch's or biller's records, "" for none
}

// charge reads where the files of charging are. A relative path is one from the folder of the configuration, so that it holds
// wherever the program is started.
func (p *sections) charge(top *yamlfile.Object) {
	if !top.Has("charge") {
		return
	}
	o := p.Object(top.Values["charge"], "charge", "books", "map")
	if o == nil {
		return
	}
	for _, s := range o.Scalars("books") {
		book := p.beside(s.Text)
		for _, other := range p.c.Charge.Books {
			if other == book {
				p.Errorf(s.Node, "charge: books: %q stands twice: take one away", s.Text)
			}
		}
		p.c.Charge.Books = append(p.c.Charge.Books, book)
	}
	if m := o.Text("map"); m != "" {
		p.c.Charge.Map = p.beside(m)
	}
}

// beside gives the path of a file that the configuration names.
func (p *sections) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(p.File), path)
}
