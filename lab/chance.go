package lab

import (
	"hash/fnv"
	"math/bits"
	"math/rand/v2"
	"time"
)

// chance is where a scenario gets its random numbers: PCG with a fixed increment for each purpose. Everything is worked out in
// whole numbers, because floating point may round otherwise on another machine, and the octets must not differ.
type chance struct{ pcg *rand.PCG }

// newChance gives the numbers of one purpose ("oct2003", "oct2003 line"); purposes do not disturb each other.
func newChance(purpose string, seed uint64) chance {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return chance{rand.NewPCG(seed, h.Sum64())}
}

// below gives a number from 0 to n-1.
func (c chance) below(n uint64) uint64 {
	hi, _ := bits.Mul64(c.pcg.Uint64(), n)
	return hi
}

// percent is true p times in a hundred.
func (c chance) percent(p int) bool { return int(c.below(100)) < p }

// between gives a time from lo to hi, in whole microseconds.
func (c chance) between(lo, hi time.Duration) time.Duration {
	return lo + time.Duration(c.below(uint64((hi-lo)/time.Microsecond)+1))*time.Microsecond
}

// fixed is the number of fraction bits of the whole-number arithmetic here.
const fixed = 16

// exponential gives a time with the given mean, at most about 40 times the mean, in whole microseconds. A time is
// mean * -ln(u) with u even between 0 and 1.
func (c chance) exponential(mean time.Duration) time.Duration {
	const ln2 = 45426 // ln 2, 16 fraction bits
	u := c.pcg.Uint64() | 1
	zeros := bits.LeadingZeros64(u)
	log := uint64(zeros+1)<<fixed - log2(uint32(u<<zeros>>32))
	hi, lo := bits.Mul64(uint64(mean/time.Microsecond), log*ln2)
	return time.Duration(hi<<(64-2*fixed)|lo>>(2*fixed)) * time.Microsecond
}

// log2 gives the binary logarithm of m / 2^31, m with its top bit set, with 16 fraction bits: squaring doubles the logarithm,
// and each time the square passes 2 a bit of it is known.
func log2(m uint32) (log uint64) {
	for range fixed {
		square := uint64(m) * uint64(m)
		log <<= 1
		if square>>63 != 0 {
			log |= 1
			m = uint32(square >> 32)
		} else {
			m = uint32(square >> 31)
		}
	}
	return log
}

// lognormal gives a time around median whose logarithm is normal: sigma is its standard deviation in thousandths of a
// doubling, so that with 1000 two calls in three are between half and twice the median.
func (c chance) lognormal(median time.Duration, sigma int64) time.Duration {
	return scale(median, c.normal()*sigma/1000)
}

// normal gives a number of mean 0 and standard deviation 1, with 16 fraction bits: the sum of twelve even ones.
func (c chance) normal() int64 {
	sum := int64(-6 << fixed)
	for range 3 {
		u := c.pcg.Uint64()
		sum += int64(u&0xffff) + int64(u>>16&0xffff) + int64(u>>32&0xffff) + int64(u>>48)
	}
	return sum
}

// roots are 2^(1/2), 2^(1/4), 2^(1/8) and so on with 30 fraction bits.
var roots = [fixed]uint64{1518500250, 1276901417, 1170923762, 1121280436, 1097253708, 1085434106, 1079572136, 1076653033,
	1075196443, 1074468888, 1074105294, 1073923544, 1073832680, 1073787251, 1073764537, 1073753181}

// scale gives d times 2 to the power of e, which has 16 fraction bits, in whole microseconds.
func scale(d time.Duration, e int64) time.Duration {
	factor := uint64(1 << 30)
	for i, root := range roots {
		if e>>(fixed-1-i)&1 != 0 {
			factor = factor * root >> 30
		}
	}
	hi, lo := bits.Mul64(uint64(d/time.Microsecond), factor)
	us := hi<<34 | lo>>30
	if whole := e >> fixed; whole >= 0 {
		us <<= uint(min(whole, 8))
	} else {
		us >>= uint(min(-whole, 63))
	}
	return time.Duration(us) * time.Microsecond
}

// pick gives an index of weights, each as often as its weight says; the sum of the weights must not be 0.
func (c chance) pick(weights []uint32) int {
	sum := uint64(0)
	for _, w := range weights {
		sum += uint64(w)
	}
	n := c.below(sum)
	for i, w := range weights {
		if n < uint64(w) {
			return i
		}
		n -= uint64(w)
	}
	return len(weights) - 1
}

// digits appends n decimal digits.
func (c chance) digits(dst []byte, n int) []byte {
	for u := c.pcg.Uint64(); n > 0; n-- {
		hi, lo := bits.Mul64(u, 10)
		dst, u = append(dst, '0'+byte(hi)), lo
	}
	return dst
}
