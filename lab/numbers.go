package lab

// The numbering plan of Vietnam in 2003, as far as it is needed here. The subscribers are invented.

// homeArea is the area code of the province.
const homeArea = "58"

// A destination is how its numbers begin and how many digits follow.
type destination struct {
	prefix string
	digits int
}

// countries are what people of the province call. None begins as the VoIP prefixes 171, 177, 178 and 179 do, which a
// number of the United States in some areas would.
var countries = [...]destination{
	{"1408", 7}, {"1415", 7}, {"1510", 7}, {"1281", 7}, {"1703", 7}, {"1626", 7}, {"33", 9}, {"61", 9}, {"49", 10},
	{"44", 10}, {"81", 9}, {"82", 9}, {"86", 10}, {"886", 9}, {"852", 8}, {"65", 8}, {"66", 8}, {"60", 9}, {"7095", 7},
	{"420", 9}, {"855", 8}, {"41", 9},
}

// areas are other provinces and cities: area code and length of their numbers.
var areas = [...]destination{
	{"88", 6}, {"89", 6}, {"48", 6}, {"45", 6}, {"5118", 5}, {"318", 5}, {"548", 5}, {"568", 5}, {"578", 5}, {"618", 5},
	{"718", 5}, {"38", 6}, {"638", 5}, {"688", 5},
}

// append adds a number of the destination; its first free digit is no 0 or 1.
func (d *destination) append(ch chance, dst []byte) []byte {
	dst = append(append(dst, d.prefix...), '2'+byte(ch.below(8)))
	return ch.digits(dst, d.digits-1)
}

// subscriber adds a number of the home area without its area code.
func subscriber(ch chance, dst []byte) []byte {
	return ch.digits(append(dst, '8'), 5)
}

// mobile adds a mobile number without trunk prefix.
func mobile(ch chance, dst []byte, prefix string) []byte {
	return ch.digits(append(append(dst, prefix...), '1'+byte(ch.below(9))), 6)
}

// dialIDD sets an international number, as the exchange before had analysed it or as it was dialled.
func dialIDD(ch chance, c *call) {
	d := &countries[ch.below(uint64(len(countries)))]
	c.CalledNOA = noaInternational
	if ch.percent(30) {
		c.CalledNOA = noaUnknown
		c.digits = append(c.digits, "00"...)
	}
	c.digits = d.append(ch, c.digits)
	if ch.percent(6) {
		c.digits = append(c.digits, 'F')
	}
}

// dialVoIP gives what sets a number behind the prefix of a VoIP operator, in the country or abroad.
func dialVoIP(prefix string) func(chance, *call) {
	return func(ch chance, c *call) {
		c.CalledNOA = noaUnknown
		if ch.percent(20) {
			c.CalledNOA = noaNational
		}
		c.digits = append(append(c.digits, prefix...), '0')
		switch n := ch.below(100); {
		case n < 25:
			c.digits = countries[ch.below(uint64(len(countries)))].append(ch, append(c.digits, '0'))
		case n < 40:
			c.digits = mobile(ch, c.digits, "90")
		default:
			c.digits = areas[ch.below(uint64(len(areas)))].append(ch, c.digits)
		}
	}
}

// dialNational sets a number of another province, sometimes with the trunk prefix before it.
func dialNational(ch chance, c *call) {
	c.CalledNOA = noaNational
	if ch.percent(15) {
		c.CalledNOA = noaUnknown
		c.digits = append(c.digits, '0')
	}
	c.digits = areas[ch.below(uint64(len(areas)))].append(ch, c.digits)
}

// dialMobile gives what sets a mobile number of an operator.
func dialMobile(prefix string) func(chance, *call) {
	return func(ch chance, c *call) {
		c.CalledNOA = noaNational
		if ch.percent(20) {
			c.CalledNOA = noaUnknown
			c.digits = append(c.digits, '0')
		}
		c.digits = mobile(ch, c.digits, prefix)
	}
}

// dialHome sets a number of the home area, as it comes from outside.
func dialHome(ch chance, c *call) {
	c.CalledNOA = noaNational
	c.digits = subscriber(ch, append(c.digits, homeArea...))
}

// dialLocal sets a number of the home area, as it is dialled inside.
func dialLocal(ch chance, c *call) {
	c.CalledNOA = noaSubscriber
	c.digits = subscriber(ch, c.digits)
}

// dialShort sets the number of a special service: 108 information, 116 directory, 119 faults.
func dialShort(ch chance, c *call) {
	c.CalledNOA = noaUnknown
	c.digits = append(c.digits, [...]string{"108", "116", "119"}[ch.below(3)]...)
}

// fromHome sets a calling number of the home area.
func fromHome(ch chance, c *call) {
	c.CallingNOA, c.Calling = noaNational, string(subscriber(ch, append(c.scratch[:0], homeArea...)))
}

// fromAreas sets a calling number of another province, or of none: a call from abroad.
func fromAreas(ch chance, c *call) {
	if ch.percent(8) {
		c.CallingNOA, c.Calling = noaInternational, string(countries[ch.below(uint64(len(countries)))].append(ch, c.scratch[:0]))
		return
	}
	c.CallingNOA, c.Calling = noaNational, string(areas[ch.below(uint64(len(areas)))].append(ch, c.scratch[:0]))
}

// fromMobile gives what sets a calling number of a mobile operator.
func fromMobile(prefix string) func(chance, *call) {
	return func(ch chance, c *call) {
		c.CallingNOA, c.Calling = noaNational, string(mobile(ch, c.scratch[:0], prefix))
	}
}
