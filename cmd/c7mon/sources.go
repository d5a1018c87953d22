package main

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"c7mon/config"
	"c7mon/hw"
	"c7mon/hw/dahdi"
	"c7mon/hw/dsi"
	"c7mon/hw/e1cap"
	"c7mon/hw/e1d"
	"c7mon/hw/gth"
	"c7mon/hw/m3ua"
	"c7mon/hw/pseudowire"
	"c7mon/hw/raw"
	"c7mon/hw/tap"
	"c7mon/monitor"
)

// drivers are the kinds of sources there are. Open of each checks its configuration and touches no device.
var drivers = map[string]func(*config.Source) (hw.Source, error){
	"dahdi":      opened(dahdi.Open),
	"dsi":        opened(dsi.Open),
	"e1cap":      opened(e1cap.Open),
	"e1d":        opened(e1d.Open),
	"gth":        opened(gth.Open),
	"m3ua":       opened(m3ua.Open),
	"pseudowire": opened(pseudowire.Open),
	"raw":        opened(raw.Open),
	"tap":        opened(tap.Open),
}

// opened makes an entry of drivers: the keys of a source become the driver's own configuration.
func opened[C any](open func(C) (hw.Source, error)) func(*config.Source) (hw.Source, error) {
	return func(s *config.Source) (hw.Source, error) {
		var c C
		if err := s.Decode(&c); err != nil {
			return nil, explainKeys(err, reflect.TypeFor[C]())
		}
		src, err := open(c)
		return src, s.Wrap(err)
	}
}

// openSource opens one source.
func openSource(s *config.Source) (hw.Source, error) {
	open := drivers[s.Driver]
	if open == nil {
		return nil, s.Wrap(fmt.Errorf("driver: there is no %q: one of %s is needed", s.Driver, driverNames()))
	}
	return open(s)
}

func driverNames() string { return strings.Join(slices.Sorted(maps.Keys(drivers)), ", ") }

// openSources opens all sources of a configuration, or none and says all that is wrong.
func openSources(list []config.Source) ([]monitor.NamedSource, error) {
	var sources []monitor.NamedSource
	var errs []error
	for i := range list {
		s, err := openSource(&list[i])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		sources = append(sources, monitor.NamedSource{Name: list[i].Name, Source: s})
	}
	if len(errs) > 0 {
		return nil, closeSources(sources, errors.Join(errs...))
	}
	return sources, nil
}

// closeSources closes sources that are not listened to, and passes err on.
func closeSources(sources []monitor.NamedSource, err error) error {
	for _, s := range sources {
		s.Source.Close()
	}
	return err
}

// findSource finds a source by its name in the configuration, or reads it from the argument, "DRIVER:key=value,...".
func findSource(c *config.Config, arg string) (*config.Source, error) {
	for i := range c.Sources {
		if c.Sources[i].Name == arg {
			return &c.Sources[i], nil
		}
	}
	s, err := config.ParseSource(arg)
	if err != nil {
		return nil, err
	}
	if drivers[s.Driver] == nil {
		return nil, fmt.Errorf("%s: no source of the configuration has this name, and it is no DRIVER:key=value,... with one of %s",
			arg, driverNames())
	}
	return s, nil
}
