// Package charge is the arithmetic of advice of charge: it takes the seven CAI elements and the events of calls with their
// times, and gives the units and the money that the calls cost, as 3GPP TS 22.024 defines them. It knows nothing of
// signalling, stored calls or tariffs, and reads no clock.
//
// A [Meter] counts one call, an [MS] is the whole mobile station with its call meters CCM and ACM. Times are a
// [time.Duration] since any moment that is the same for all events of a Meter or an MS. The clauses that the comments name
// are those of TS 22.024.
package charge
