package capture

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/bpf"

	"c7mon/sigtran"
	"c7mon/wire"
)

// testPort is the UDP port that the filters of the tests let through besides 9899.
const testPort = 2142

// runFilter runs the program for Ethernet frames or for bare packets over the octets.
func runFilter(t testing.TB, b []byte, ethernet bool) bool {
	t.Helper()
	program, err := kernelFilter([]int{testPort}, 2000, ethernet)
	if err != nil {
		t.Fatal(err)
	}
	vm, err := bpf.NewVM(program)
	if err != nil {
		t.Fatal(err)
	}
	n, err := vm.Run(b)
	if err != nil {
		t.Fatal(err)
	}
	if n != 0 && n != 2000 {
		t.Fatalf("%d octets kept", n)
	}
	return n != 0
}

// Headers of the tests' packets.
const (
	testMACs   = "020000000001 020000000002"
	testVLAN   = "8100 0005"
	testOuter  = "88a8 0007"
	testQinQ   = "9100 0007"
	testIPv4   = "0800"
	testIPv6   = "86dd"
	testAddrs4 = "0a000001 0a000002"
	testAddrs6 = "20010db8000000000000000000000001 20010db8000000000000000000000002"
	testSCTP   = "0b59 0b59 00000001 00000000 03000010 00000001 00010000 00000000" // a SACK
)

// test4 gives an IPv4 header without options, test6 an IPv6 header whose length 0 leaves it to the frame.
func test4(fragment, proto string) string {
	return "4500 0040 0001" + fragment + "40" + proto + "0000" + testAddrs4
}

func test6(next string) string { return "60000000 0000" + next + "40" + testAddrs6 }

// testUDP gives a UDP header and something behind it.
func testUDP(source, destination string) string {
	return source + destination + "0024 0000" + testSCTP
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A filterCase is a packet from the EtherType on, which tells whether it is to pass.
type filterCase struct {
	frame string
	pass  bool
}

// filterCases are packets with an EtherType before them.
var filterCases = []filterCase{
	{testIPv4 + test4("0000", "84") + testSCTP, true},
	{testIPv4 + test4("4000", "84") + testSCTP, true}, // may not be fragmented
	{testIPv4 + test4("2000", "84") + testSCTP, true}, // first fragment
	{testIPv4 + test4("2010", "84") + testSCTP, true}, // one in the middle
	{testIPv4 + test4("0010", "84") + testSCTP, true}, // the last
	{testIPv4 + test4("0000", "11") + testUDP("26ab", "1000"), true},
	{testIPv4 + test4("0000", "11") + testUDP("1000", "26ab"), true},
	{testIPv4 + test4("0000", "11") + testUDP("085e", "1000"), true},
	{testIPv4 + test4("0000", "11") + testUDP("1000", "085e"), true},
	{testIPv4 + test4("2000", "11") + testUDP("1000", "085e"), true},
	{testIPv4 + test4("0001", "11") + testUDP("1000", "1000"), true}, // no ports stand there
	{testIPv4 + test4("0000", "11") + testUDP("1000", "1000"), false},
	{testIPv4 + test4("2000", "11") + testUDP("1000", "1000"), false},
	{testIPv4 + test4("0000", "11") + "1000", false},                  // cut before the ports
	{testIPv4 + test4("0000", "06") + testUDP("26ab", "26ab"), false}, // TCP
	{testIPv4 + test4("0010", "06") + testSCTP, false},
	{testIPv4 + test4("0000", "01") + testSCTP, false},
	{testIPv4 + "46000044 00010000 4011 0000" + testAddrs4 + "94040000" + testUDP("1000", "26ab"), true}, // with an option
	{testIPv4 + "46000044 00010000 4011 0000" + testAddrs4 + "100026ab" + testUDP("1000", "1000"), false},
	{testIPv6 + test6("84") + testSCTP, true},
	{testIPv6 + test6("11") + testUDP("26ab", "1000"), true},
	{testIPv6 + test6("11") + testUDP("1000", "085e"), true},
	{testIPv6 + test6("11") + testUDP("1000", "1000"), false},
	{testIPv6 + test6("06") + testUDP("26ab", "1000"), false},
	{testIPv6 + test6("3a") + testSCTP, false},                                                     // ICMPv6
	{testIPv6 + test6("2c") + "84000001 00000001" + testSCTP, true},                                // first fragment
	{testIPv6 + test6("2c") + "84000010 00000001" + testSCTP, true},                                // the last
	{testIPv6 + test6("2c") + "11000001 00000001" + testUDP("1000", "26ab"), true},                 // first
	{testIPv6 + test6("2c") + "11000001 00000001" + testUDP("1000", "1000"), false},                // first, another port
	{testIPv6 + test6("2c") + "11000009 00000001" + testUDP("1000", "1000"), true},                 // no ports stand there
	{testIPv6 + test6("2c") + "06000009 00000001" + testSCTP, false},                               // of TCP
	{testIPv6 + test6("2c") + "06000000 00000001" + testSCTP, false},                               // atomic, of TCP
	{testIPv6 + test6("00") + "8400 000000000000" + testSCTP, true},                                // hop-by-hop options
	{testIPv6 + test6("00") + "1101 0000000000000000000000000000" + testUDP("1000", "26ab"), true}, // of 16 octets
	{testIPv6 + test6("33") + "8402 0000000000000000 0000 00000000" + testSCTP, true},              // authentication, 4 words
	{testIPv6 + test6("3c") + "2b00 000000000000" + "2c00 000000000000" + "84000000 00000001" + testSCTP, true},
	{testIPv6 + test6("3b") + testSCTP, false}, // no next header
	{testIPv6 + test6("32") + testSCTP, false}, // ESP
	{"0806" + "0001080006040001", false},       // ARP
	{"0026" + "424203", false},                 // 802.2
	{"8847" + "00010140" + test4("0000", "84"), false},
}

// TestFilter holds what passes and what does not, with no VLAN tag, one and two, and bare.
func TestFilter(t *testing.T) {
	f := func(frame string, want bool) {
		t.Helper()
		if got := runFilter(t, unhex(t, frame), true); got != want {
			t.Errorf("%s: passes: %v", frame, got)
		}
	}
	for _, c := range filterCases {
		for _, tags := range []string{"", testVLAN, testOuter, testQinQ, testVLAN + testVLAN, testOuter + testVLAN, testQinQ + testVLAN} {
			f(testMACs+tags+c.frame, c.pass)
		}
		f(testMACs+testVLAN+testVLAN+testVLAN+c.frame, false)
		ip := unhex(t, c.frame)[2:]
		isIP := strings.HasPrefix(c.frame, testIPv4) || strings.HasPrefix(c.frame, testIPv6)
		if got := runFilter(t, ip, false); got != (c.pass && isIP) {
			t.Errorf("bare %x: passes: %v", ip, got)
		}
	}
	f(testMACs, false)
	f("", false)
}

// TestFilterExtensions holds that 15 extension headers are stepped over and no more, as sigtran does.
func TestFilterExtensions(t *testing.T) {
	for n := range 20 {
		first, chain := "84", ""
		for range n {
			chain = first + "00 000000000000" + chain
			first = "3c"
		}
		frame := unhex(t, testMACs+testIPv6+test6(first)+chain+testSCTP)
		if got, want := runFilter(t, frame, true), n <= maxExtensions; got != want {
			t.Errorf("%d extension headers: passes: %v", n, got)
		}
		if got, want := wanted(frame), n <= maxExtensions; got != want {
			t.Errorf("%d extension headers: sigtran takes it: %v", n, got)
		}
	}
}

// TestFilterPrefixes holds that a frame cut anywhere passes only where all that was looked at is there.
func TestFilterPrefixes(t *testing.T) {
	f := func(frame string, needs int) {
		t.Helper()
		b := unhex(t, frame)
		for n := range len(b) + 1 {
			if got := runFilter(t, b[:n], true); got != (n >= needs) {
				t.Errorf("%x: passes: %v", b[:n], got)
			}
		}
	}
	f(testMACs+testIPv4+test4("0000", "84")+testSCTP, 14+10)
	f(testMACs+testIPv4+test4("0001", "11")+testSCTP, 14+10)
	f(testMACs+testVLAN+testIPv4+test4("0000", "11")+testUDP("26ab", "1000"), 18+22)
	f(testMACs+testVLAN+testVLAN+testIPv4+test4("0000", "11")+testUDP("1000", "26ab"), 22+24)
	f(testMACs+testIPv6+test6("84")+testSCTP, 14+7)
	f(testMACs+testIPv6+test6("2c")+"84000010 00000001"+testSCTP, 14+44)
	f(testMACs+testIPv6+test6("00")+"8400 000000000000"+testSCTP, 14+42)
}

func TestFilterFailure(t *testing.T) {
	f := func(ports []int, snap int, want string) {
		t.Helper()
		_, err := kernelFilter(ports, snap, true)
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f([]int{0}, 100, "UDP port 0: 1 to 65535")
	f([]int{5000, 65536}, 100, "UDP port 65536: 1 to 65535")
	f(make([]int, 101), 100, "101 UDP ports: at most 100")
	f(nil, 0, "the filter would keep nothing of a frame")
}

// TestFilterLength holds that the longest program is one that the kernel takes: 4096 instructions, and few enough for the
// 20 KiB that kernels had for it once, at 8 octets for each of the up to 10 that one becomes there.
func TestFilterLength(t *testing.T) {
	ports := make([]int, maxPorts)
	for i := range ports {
		ports[i] = 1 + i
	}
	program, err := kernelFilter(ports, 2000, true)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		t.Fatal(err)
	}
	native := 0
	for _, p := range program {
		switch p.(type) {
		case bpf.LoadIndirect, bpf.LoadAbsolute:
			native += 10
		default:
			native++
		}
	}
	t.Logf("%d instructions, about %d in the kernel", len(raw), native)
	if native*8 > 20000 {
		t.Errorf("%d instructions", native)
	}
}

// wanted reports whether sigtran makes anything of an Ethernet frame, other than saying that it is broken.
func wanted(frame []byte) bool {
	var link linkDecoder
	f := Frame{Type: LinkEthernet, Data: frame, Direction: wire.NoDirection}
	link.decode(&f, 0)
	if f.Payload != IP {
		return false
	}
	d := sigtran.New(sigtran.Options{})
	v, err := d.Packet(0, f.Data)
	return v != sigtran.Other && (v != sigtran.Malformed || err == nil)
}

// oracle tells in plain Go what the filter is to pass.
func oracle(b []byte) bool {
	u8 := func(i int) int { return int(b[i]) }
	has := func(n int) bool { return len(b) >= n }
	u16 := func(i int) int { return int(binary.BigEndian.Uint16(b[i:])) }
	at, tags := 14, 0
	for ; has(at) && slices.Contains(tagTypes, uint32(u16(at-2))); at += 4 {
		if tags++; tags > 2 {
			return false
		}
	}
	if !has(at) {
		return false
	}
	udp := func(at int) bool {
		ours := func(port int) bool { return port == 9899 || port == testPort }
		return has(at+2) && ours(u16(at)) || has(at+4) && ours(u16(at+2))
	}
	switch u16(at - 2) {
	case 0x0800:
		if !has(at + 10) {
			return false
		}
		proto, later := u8(at+9), u16(at+6)&0x1fff != 0
		return proto == 132 || proto == 17 && (later || udp(at+u8(at)&15*4))
	case 0x86dd:
		if !has(at + 7) {
			return false
		}
		next, at := u8(at+6), at+40
		for range maxExtensions {
			size := 0
			switch next {
			case 0, 43, 60, 135, 139, 140:
				if !has(at + 2) {
					return false
				}
				size = 8 + 8*u8(at+1)
			case 51:
				if !has(at + 2) {
					return false
				}
				size = 8 + 4*u8(at+1)
			case 44:
				if !has(at + 4) {
					return false
				}
				if u16(at+2)&0xfff8 != 0 {
					return u8(at) == 132 || u8(at) == 17
				}
				size = 8
			default:
				return next == 132 || next == 17 && udp(at)
			}
			next, at = u8(at), at+size
		}
		return next == 132 || next == 17 && udp(at)
	}
	return false
}

// checkFilter holds the program against the oracle and against what sigtran takes.
func checkFilter(t testing.TB, vm *bpf.VM, frame []byte) (passes, taken bool) {
	t.Helper()
	n, err := vm.Run(frame)
	if err != nil {
		t.Fatal(err)
	}
	passes = n != 0
	if want := oracle(frame); passes != want {
		t.Fatalf("%x: passes: %v, it should: %v", frame, passes, want)
	}
	if taken = wanted(frame); taken && !passes && !threeTags(frame) {
		t.Fatalf("%x: sigtran takes it, the filter does not", frame)
	}
	return passes, taken
}

// threeTags reports whether a frame has more VLAN tags than the filter reads.
func threeTags(b []byte) bool {
	n := 0
	for at := 12; len(b) >= at+2 && slices.Contains(tagTypes, uint32(binary.BigEndian.Uint16(b[at:]))); at += 4 {
		n++
	}
	return n > 2
}

func newTestVM(t testing.TB) *bpf.VM {
	t.Helper()
	program, err := kernelFilter([]int{testPort}, 2000, true)
	if err != nil {
		t.Fatal(err)
	}
	vm, err := bpf.NewVM(program)
	if err != nil {
		t.Fatal(err)
	}
	return vm
}

// TestFilterRandom makes packets out of headers put together and octets changed at random.
func TestFilterRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	vm := newTestVM(t)
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	passed, taken := 0, 0
	for range 40000 {
		frame := testMACs
		for range r.IntN(4) {
			frame += pick(testVLAN, testOuter, testQinQ)
		}
		if r.IntN(2) == 0 {
			frame += testIPv4 + test4(pick("0000", "4000", "2000", "2001", "0003"), pick("84", "11", "06"))
		} else {
			chain, first := "", pick("84", "11", "06", "3b")
			for range r.IntN(6) {
				switch r.IntN(3) {
				case 0:
					chain, first = first+"000000 00000000"+chain, pick("00", "2b", "3c", "87", "8b", "8c")
				case 1:
					chain, first = first+"0200000000000000 0000000000000000"+chain, "33"
				default:
					chain, first = first+"00"+pick("0000", "0001", "0008")+"00000001"+chain, "2c"
				}
			}
			frame += testIPv6 + test6(first) + chain
		}
		frame += pick("", testUDP(pick("26ab", "085e", "1000"), pick("26ab", "085e", "1000"))) + testSCTP
		b := unhex(t, frame)
		for range r.IntN(3) {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
		if r.IntN(8) == 0 {
			b = b[:r.IntN(len(b)+1)]
		}
		p, w := checkFilter(t, vm, b)
		if p {
			passed++
		}
		if w {
			taken++
		}
	}
	if passed < 5000 || taken < 2000 || passed > 35000 {
		t.Errorf("%d of 40000 passed, sigtran took %d: these are no good packets for a test", passed, taken)
	}
}

func FuzzFilter(f *testing.F) {
	for _, c := range filterCases {
		for _, tags := range []string{"", testVLAN, testOuter + testVLAN} {
			f.Add(unhex(f, testMACs+tags+c.frame))
		}
	}
	vm := newTestVM(f)
	f.Fuzz(func(t *testing.T, b []byte) { checkFilter(t, vm, b) })
}
