package hw

// A Device is something that a driver found attached, as "c7mon hw list" shows it.
type Device struct {
	Driver string // its name in the configuration: "e1d", "dahdi"
	Name   string // what the configuration calls it, in the form that the driver's keys take: "0.1" is line 1 of interface 0
	Detail string // in words: mode, alarms, channels
}
