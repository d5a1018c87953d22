package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/capture/vethtest"
	"c7mon/wire"
)

// nextFrame gives the next frame or event that is no tick.
func nextFrame(t testing.TB, l *Live, f *Frame) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		if err := l.Next(f); err != nil {
			t.Fatal(err)
		}
		if f.Payload != Tick {
			return
		}
		if time.Now().After(end) {
			t.Fatal("nothing comes")
		}
	}
}

// numbered gives a SACK over Ethernet that bears a number.
func numbered(t testing.TB, n int) []byte {
	b := unhex(t, testMACs+testIPv4+test4("0000", "84")+testSCTP)
	return binary.BigEndian.AppendUint32(b, uint32(n))
}

// TestLive holds that what is sent is heard, all of it and in order, with the octets and the times that it had.
func TestLive(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l, s := openLive(t, LiveOptions{}), newSender(t, "c7b")
		const count = 2000
		before := wire.TimeOf(time.Now())
		for n := range count {
			s.send(t, numbered(t, n))
		}
		after := wire.TimeOf(time.Now())
		var f Frame
		last := before
		for n := range count {
			nextFrame(t, l, &f)
			want := numbered(t, n)
			if f.Payload != IP || !bytes.Equal(f.Data, want[14:]) {
				t.Fatalf("frame %d: %v %x, want %x", n, f.Payload, f.Data, want[14:])
			}
			if f.Time < last || f.Time > after || f.Clock != f.Time {
				t.Fatalf("frame %d: time %v behind %v, clock %v; sent between %v and %v", n, f.Time, last, f.Clock, before, after)
			}
			if f.Number != uint64(n+1) || f.Type != LinkEthernet || f.Len != len(want) || f.Cut != 0 || f.Direction != wire.NoDirection {
				t.Fatalf("frame %d: %+v", n, f)
			}
			last = f.Time
		}
	})
}

// TestLiveFilter holds that the filter in the kernel lets through what that of the tests does, bare and behind VLAN tags,
// of which the kernel takes off the outer one.
func TestLiveFilter(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l, s := openLive(t, LiveOptions{Ports: []int{testPort}}), newSender(t, "c7b")
		var want [][]byte
		for _, c := range filterCases {
			for _, tags := range []string{"", testVLAN, testOuter, testVLAN + testVLAN, testOuter + testVLAN, testQinQ + testVLAN,
				testOuter + testVLAN + testVLAN} {
				s.send(t, unhex(t, testMACs+tags+c.frame))
				if c.pass {
					want = append(want, unhex(t, c.frame)[2:])
				}
			}
		}
		end := numbered(t, 0)
		s.send(t, end)
		for n := 0; ; n++ {
			var f Frame
			nextFrame(t, l, &f)
			if bytes.Equal(f.Data, end[14:]) {
				if n != len(want) {
					t.Errorf("%d frames, want %d", n, len(want))
				}
				return
			}
			if n >= len(want) || f.Payload != IP || !bytes.Equal(f.Data, want[n]) {
				t.Fatalf("frame %d: %v %x", n, f.Payload, f.Data)
			}
		}
	})
}

// TestLiveDirection holds that on a host itself what it sends is told from what it receives.
func TestLiveDirection(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l, from, to := openLive(t, LiveOptions{}), newSender(t, "c7b"), newSender(t, "c7a")
		frame := numbered(t, 1)
		to.send(t, frame)
		var f Frame
		if nextFrame(t, l, &f); f.Direction != wire.Back {
			t.Errorf("sent: %v", f.Direction)
		}
		copy(frame, []byte{255, 255, 255, 255, 255, 255}) // to all
		from.send(t, frame)
		if nextFrame(t, l, &f); f.Direction != wire.Forth {
			t.Errorf("received: %v", f.Direction)
		}
	})
}

// TestLiveLoopback holds that a packet of the loopback interface is heard once.
func TestLiveLoopback(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		ip(t, "link set lo up")
		l, s := openLive(t, LiveOptions{Interface: "lo"}), newSender(t, "lo")
		for n := range 3 {
			s.send(t, numbered(t, n))
		}
		for n := range 3 {
			var f Frame
			nextFrame(t, l, &f)
			if want := numbered(t, n); f.Payload != IP || !bytes.Equal(f.Data, want[14:]) || f.Direction == wire.Back {
				t.Errorf("frame %d: %v %v %x", n, f.Direction, f.Payload, f.Data)
			}
		}
	})
}

// TestLiveSnapLen holds that of a longer frame as much is kept as was asked for.
func TestLiveSnapLen(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l, s := openLive(t, LiveOptions{SnapLen: 60}), newSender(t, "c7b")
		frame := numbered(t, 7)
		s.send(t, frame)
		var f Frame
		nextFrame(t, l, &f)
		if f.Len != 60 || f.Cut != len(frame)-60 || !bytes.Equal(f.Data, frame[14:60]) {
			t.Errorf("%+v", f)
		}
	})
}

// TestLiveDropped overruns a small ring on purpose: what was heard and what was dropped are together what was sent and
// passes the filter, and the drop is told where it is.
func TestLiveDropped(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l, s := openLive(t, LiveOptions{Ring: minRing}), newSender(t, "c7b")
		sent, other := 0, unhex(t, testMACs+testIPv4+test4("0000", "06")+testSCTP)
		send := func(count int) {
			for range count {
				s.send(t, numbered(t, sent))
				s.send(t, other)
				sent++
			}
		}
		heard, dropped, next := 0, 0, 0
		take := func(exact bool) {
			t.Helper()
			var f Frame
			nextFrame(t, l, &f)
			if f.Payload == LineEvent {
				if f.Event.Kind != EventDropped || f.Event.Count == 0 {
					t.Fatalf("event %v", f.Event)
				}
				dropped += int(f.Event.Count)
				next += int(f.Event.Count)
				return
			}
			n := int(binary.BigEndian.Uint32(f.Data[len(f.Data)-4:]))
			if exact && n != next {
				t.Fatalf("frame %d after %d, and %d were dropped", n, next-1, dropped)
			}
			heard++
			next = n + 1
		}
		send(20000) // nobody reads
		block := func(exact bool) {
			for at := l.ring.at; l.ring.at == at; {
				take(exact)
			}
		}
		block(true)
		if dropped != 0 {
			t.Error("the drop is told before what was heard ahead of it")
		}
		for next < sent { // no frame comes behind them that could show it
			take(true)
		}
		first := dropped
		send(20000)
		block(false) // then there is room for another
		send(20000)
		for heard+dropped < sent {
			take(false)
		}
		send(10)
		for heard+dropped < sent {
			take(false)
		}
		if first == 0 || dropped == first || heard+dropped != sent || next != sent {
			t.Errorf("%d heard, %d dropped, %d of them first, %d sent, %d next", heard, dropped, first, sent, next)
		}
	})
}

// TestLiveTick holds that a silent interface lets timers run.
func TestLiveTick(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l := openLive(t, LiveOptions{})
		var f Frame
		last := wire.NoTime
		for range 3 {
			if err := l.Next(&f); err != nil || f.Payload != Tick || f.Time <= last || f.Clock != f.Time || f.Time > wire.TimeOf(time.Now()) {
				t.Fatalf("%v %+v after %v", err, f, last)
			}
			last = f.Time
		}
	})
}

// TestLiveClose holds that Close wakes a Next that waits, and ends the octets that were lent but not the process.
func TestLiveClose(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l := openLive(t, LiveOptions{})
		ended := make(chan error)
		go func() {
			var f Frame
			for {
				if err := l.Next(&f); err != nil {
					ended <- err
					return
				}
			}
		}()
		var f Frame
		go l.Close()
		if err := <-ended; err != io.EOF {
			t.Errorf("Next: %v", err)
		}

		l = openLive(t, LiveOptions{})
		newSender(t, "c7b").send(t, numbered(t, 1))
		nextFrame(t, l, &f)
		for range 2 {
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		}
		if slices.ContainsFunc(f.Data, func(b byte) bool { return b != 0 }) || len(f.Data) == 0 {
			t.Errorf("octets after Close: %x", f.Data)
		}
		if err := l.Next(&f); err != io.EOF {
			t.Errorf("Next after Close: %v", err)
		}
	})
}

// TestLiveCloseGives holds that what was heard before Close is given behind it, whether or not a Next was called or waits.
func TestLiveCloseGives(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		f := func(before, count int) {
			t.Helper()
			l, s := openLive(t, LiveOptions{Ring: 8 * ringBlock}), newSender(t, "c7b")
			for n := range count {
				s.send(t, numbered(t, n))
			}
			var f Frame
			for n := range count {
				if n == before {
					if err := l.Close(); err != nil {
						t.Fatal(err)
					}
				}
				if nextFrame(t, l, &f); f.Payload != IP || !bytes.Equal(f.Data, numbered(t, n)[14:]) || f.Number != uint64(n+1) {
					t.Fatalf("%d before Close: frame %d: %+v", before, n, f)
				}
			}
			for range 2 {
				if err := l.Next(&f); err != io.EOF {
					t.Errorf("%d before Close: Next after all: %v", before, err)
				}
			}
		}
		f(0, 1)
		f(0, 3000) // several blocks
		f(1, 3000)
		f(2000, 3000)

		l, s := openLive(t, LiveOptions{}), newSender(t, "c7b")
		ended := make(chan int)
		go func() {
			var f Frame
			n := 0
			for l.Next(&f) == nil {
				if f.Payload == IP {
					n++
				}
			}
			ended <- n
		}()
		for n := range 100 {
			s.send(t, numbered(t, n))
		}
		l.Close()
		if n := <-ended; n != 100 {
			t.Errorf("%d frames, want 100", n)
		}
	})
}

// TestLiveGone holds that an interface set down or removed ends it, after what was heard, and that one that is down or not
// there cannot be opened.
func TestLiveGone(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		f := func(how, want string) {
			t.Helper()
			l := openLive(t, LiveOptions{})
			newSender(t, "c7b").send(t, numbered(t, 1))
			ip(t, how)
			var f Frame
			nextFrame(t, l, &f)
			if f.Payload != IP {
				t.Errorf("%s: %+v before the end", how, f)
			}
			for range 2 { // and it stays so
				if err := l.Next(&f); err == nil || !errors.Is(err, unix.ENETDOWN) {
					t.Errorf("%s: %v", how, err)
				}
			}
			if _, err := OpenLive(LiveOptions{Interface: "c7a"}); err == nil || err.Error() != want {
				t.Errorf("%s: opened again: %v", how, err)
			}
		}
		f("link set c7a down", "interface c7a: network is down")
		ip(t, "link set c7a up")
		f("link delete c7a", "interface c7a: there is none of this name")
	})
}

// TestLiveCarrier holds that the loss of the carrier is told when nothing comes, and its return before the next frame.
func TestLiveCarrier(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l := openLive(t, LiveOptions{})
		ip(t, "link set c7b down")
		var f Frame
		if nextFrame(t, l, &f); f.Payload != LineEvent || f.Event != (Event{Kind: EventLOS, On: true}) {
			t.Fatalf("%+v", f)
		}
		ip(t, "link set c7b up")
		newSender(t, "c7b").send(t, numbered(t, 1))
		if nextFrame(t, l, &f); f.Payload != LineEvent || f.Event != (Event{Kind: EventLOS}) {
			t.Fatalf("%+v", f)
		}
		if nextFrame(t, l, &f); f.Payload != IP {
			t.Fatalf("%+v", f)
		}
	})
}

// TestLiveSealed holds that nothing can be sent by the socket, whatever the program does with it: the peer hears the frame
// of another socket, and none of ours before it.
func TestLiveSealed(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l, peer := openLive(t, LiveOptions{}), openLive(t, LiveOptions{Interface: "c7b"})
		other := newSender(t, "c7a")
		i, err := net.InterfaceByName("c7a")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 10 {
			frame := numbered(t, 1000+n)
			if n, err := unix.Write(l.socket, frame); n > 0 {
				t.Errorf("write: %d octets, %v", n, err)
			}
			unix.Sendto(l.socket, frame, 0, &unix.SockaddrLinklayer{Ifindex: i.Index})
			unix.Sendmsg(l.socket, frame, nil, nil, 0)
			unix.Send(l.socket, nil, 0)
		}
		other.send(t, numbered(t, 7))
		var f Frame
		nextFrame(t, peer, &f)
		if want := numbered(t, 7); !bytes.Equal(f.Data, want[14:]) {
			t.Errorf("the peer heard %x", f.Data)
		}
		zeros, err := unix.Open("/dev/zero", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(zeros)
		sealed := l.ring.mem[l.ring.blocks*ringBlock:] // what a frame to be sent would have to be put into
		if n, err := unix.Read(zeros, sealed); len(sealed) == 0 || err != unix.EFAULT {
			t.Errorf("%d octets could be written into the %d of the ring for sending: %v", n, len(sealed), err)
		}
	})
}

// TestLiveHardwareStamps holds that an interface without a clock is heard all the same, and that this is told.
func TestLiveHardwareStamps(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l := openLive(t, LiveOptions{HardwareStamps: true})
		newSender(t, "c7b").send(t, numbered(t, 1))
		var f Frame
		if nextFrame(t, l, &f); f.Payload != LineEvent || f.Event.Kind != EventNote || !strings.Contains(f.Event.Text, "gives no times") {
			t.Fatalf("%+v", f)
		}
		if nextFrame(t, l, &f); f.Payload != IP || time.Since(time.Unix(0, int64(f.Time))).Abs() > time.Minute {
			t.Fatalf("%+v", f)
		}
	})
}

// TestLiveAllocs holds that frames cost no allocation.
func TestLiveAllocs(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		l, s := openLive(t, LiveOptions{}), newSender(t, "c7b")
		plain, tagged := numbered(t, 1), unhex(t, testMACs+testOuter+testVLAN+testIPv4+test4("0000", "84")+testSCTP)
		var f Frame
		got := testing.AllocsPerRun(200, func() {
			for range 10 {
				s.send(t, plain)
				s.send(t, tagged)
			}
			for range 20 {
				nextFrame(t, l, &f)
			}
		})
		send := testing.AllocsPerRun(200, func() {
			for range 10 {
				s.send(t, plain)
				s.send(t, tagged)
			}
		})
		if got > send {
			t.Errorf("%v allocations for 20 frames sent and heard, %v for sending them", got, send)
		}
	})
}

func TestLiveFailure(t *testing.T) {
	f := func(o LiveOptions, want string) {
		t.Helper()
		if err := o.Check(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := OpenLive(o); err == nil || err.Error() != want {
			t.Errorf("open: got %v, want %s", err, want)
		}
	}
	f(LiveOptions{}, "interface: a name is needed")
	f(LiveOptions{Interface: "x", SnapLen: -1}, "snap length: less than nothing")
	f(LiveOptions{Interface: "x", Ring: minRing - 1}, "buffer: 256 KiB to 1 GiB")
	f(LiveOptions{Interface: "x", Ports: []int{70000}}, "UDP port 70000: 1 to 65535")
}

// TestLiveBare holds that an interface without Ethernet is heard from the IP header on.
func TestLiveBare(t *testing.T) {
	const device = "/dev/net/tun"
	probe, err := unix.Open(device, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("no interface without Ethernet can be made here: %s: %v", device, err)
	}
	unix.Close(probe)
	vethtest.Run(t, func(t *testing.T) {
		tun, err := unix.Open(device, unix.O_RDWR|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(tun)
		r, err := unix.NewIfreq("c7t")
		if err != nil {
			t.Fatal(err)
		}
		r.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		if err := unix.IoctlIfreq(tun, unix.TUNSETIFF, r); err != nil {
			t.Fatal(err)
		}
		ip(t, "link set c7t up")
		l := openLive(t, LiveOptions{Interface: "c7t", Ports: []int{testPort}})
		var want [][]byte
		for _, c := range filterCases {
			b := unhex(t, c.frame)
			if bytes.HasPrefix(b, []byte{8, 0}) || bytes.HasPrefix(b, []byte{0x86, 0xdd}) {
				if _, err := unix.Write(tun, b[2:]); err != nil {
					t.Fatal(err)
				}
				if c.pass {
					want = append(want, b[2:])
				}
			}
		}
		for n := range want {
			var f Frame
			if nextFrame(t, l, &f); f.Type != LinkRaw || f.Payload != IP || !bytes.Equal(f.Data, want[n]) {
				t.Fatalf("frame %d: %+v, want %x", n, f, want[n])
			}
		}
	})
}
