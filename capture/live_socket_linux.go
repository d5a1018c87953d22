package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"c7mon/wire"
)

// bareTypes are the hardware types of Linux, other than Ethernet and loopback, whose packets are read from the IP header on.
var bareTypes = map[uint16]bool{
	unix.ARPHRD_INFINIBAND: true, unix.ARPHRD_PPP: true, unix.ARPHRD_RAWIP: true, unix.ARPHRD_TUNNEL: true,
	unix.ARPHRD_TUNNEL6: true, unix.ARPHRD_SIT: true, unix.ARPHRD_IPGRE: true, unix.ARPHRD_IP6GRE: true, unix.ARPHRD_NONE: true,
}

// open makes the socket hear the interface. The filter and all else is in place before the first packet can come.
func (l *Live) open(opt *LiveOptions) error {
	i, err := net.InterfaceByName(opt.Interface)
	if err != nil {
		return errors.New("there is none of this name")
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return err
	}
	l.poll[1].Fd, l.wake = int32(pipe[0]), pipe[1]
	hardware, err := hardwareType(i.Index)
	if err != nil {
		return err
	}
	form := unix.SOCK_RAW
	l.link = LinkEthernet
	if bareTypes[hardware] {
		form, l.link = unix.SOCK_DGRAM, LinkRaw
	} else if hardware != unix.ARPHRD_ETHER && hardware != unix.ARPHRD_LOOPBACK {
		return fmt.Errorf("packets of hardware type %d cannot be read", hardware)
	}
	// Without a protocol nothing comes before bind.
	if l.socket, err = unix.Socket(unix.AF_PACKET, form|unix.SOCK_CLOEXEC, 0); err != nil {
		return err
	}
	l.poll[0] = unix.PollFd{Fd: int32(l.socket), Events: unix.POLLIN}
	if err := l.attach(opt); err != nil {
		return fmt.Errorf("filter: %w", err)
	}
	if err := l.ring.mapped(l.socket, opt.Ring); err != nil {
		return fmt.Errorf("ring of %d KiB: %w", opt.Ring>>10, err)
	}
	if opt.HardwareStamps {
		l.stamps()
	}
	if err := l.listen(i, opt.Promiscuous); err != nil {
		return err
	}
	if code, err := unix.GetsockoptInt(l.socket, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || code != 0 {
		return errors.Join(err, unix.Errno(code))
	}
	return nil
}

// hardwareType gives the hardware type of an interface: a socket that is bound to it without a protocol hears nothing, but
// knows.
func hardwareType(index int) (uint16, error) {
	s, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return 0, fmt.Errorf("%w: the capability CAP_NET_RAW is needed (setcap cap_net_raw+ep, or AmbientCapabilities of the service)", err)
	}
	if err != nil {
		return 0, err
	}
	defer unix.Close(s)
	if err := unix.Bind(s, &unix.SockaddrLinklayer{Ifindex: index}); err != nil {
		return 0, err
	}
	a, err := unix.Getsockname(s)
	if err != nil {
		return 0, err
	}
	if a, ok := a.(*unix.SockaddrLinklayer); ok {
		return a.Hatype, nil
	}
	return 0, fmt.Errorf("address of type %T", a)
}

// attach hands the filter to the kernel.
func (l *Live) attach(opt *LiveOptions) error {
	program, err := kernelFilter(opt.Ports, opt.SnapLen, l.link == LinkEthernet)
	if err != nil {
		return err
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return err
	}
	code := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		code[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	return unix.SetsockoptSockFprog(l.socket, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]})
}

// mapped makes the ring of size octets, and the one that seals the socket: a packet socket with a ring for sending sends
// what is written into that ring and nothing else, and its memory is made so that nobody can write there.
func (r *ring) mapped(socket, size int) error {
	if err := unix.SetsockoptInt(socket, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return err
	}
	const frame = 2048 // the kernel asks for one; a block takes frames of any size
	r.blocks = size / ringBlock
	if err := unix.SetsockoptTpacketReq3(socket, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq3{
		Block_size: ringBlock, Block_nr: uint32(r.blocks), Frame_size: frame, Frame_nr: uint32(size / frame),
		Retire_blk_tov: uint32(liveRetire / time.Millisecond)}); err != nil {
		return err
	}
	page := unix.Getpagesize()
	if err := unix.SetsockoptTpacketReq3(socket, unix.SOL_PACKET, unix.PACKET_TX_RING, &unix.TpacketReq3{
		Block_size: uint32(page), Block_nr: 1, Frame_size: uint32(page), Frame_nr: 1}); err != nil {
		return fmt.Errorf("seal against sending: %w", err)
	}
	mem, err := unix.Mmap(socket, 0, size+page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return err
	}
	r.mem = mem
	if err := unix.Mprotect(mem[size:], unix.PROT_NONE); err != nil {
		return fmt.Errorf("seal against sending: %w", err)
	}
	return nil
}

// listen binds the socket to the interface: from here on packets come. Of loopback each is heard once, when it arrives.
func (l *Live) listen(i *net.Interface, promiscuous bool) error {
	if i.Flags&net.FlagLoopback != 0 {
		if err := unix.SetsockoptInt(l.socket, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1); err != nil {
			return fmt.Errorf("outgoing packets: %w", err)
		}
	}
	if promiscuous {
		if err := unix.SetsockoptPacketMreq(l.socket, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP,
			&unix.PacketMreq{Ifindex: int32(i.Index), Type: unix.PACKET_MR_PROMISC}); err != nil {
			return fmt.Errorf("promiscuous mode: %w", err)
		}
	}
	var all [2]byte
	binary.BigEndian.PutUint16(all[:], unix.ETH_P_ALL)
	return unix.Bind(l.socket, &unix.SockaddrLinklayer{Protocol: binary.NativeEndian.Uint16(all[:]), Ifindex: i.Index})
}

// stamps has the interface stamp all packets that it receives, and the ring take these times. Where it cannot, an EventNote
// says so, and the times are the kernel's, as they are for each packet that the interface did not stamp.
func (l *Live) stamps() {
	err := unix.SetsockoptInt(l.socket, unix.SOL_PACKET, unix.PACKET_TIMESTAMP, unix.SOF_TIMESTAMPING_RAW_HARDWARE)
	if err == nil {
		c, get := unix.IoctlGetHwTstamp(l.socket, l.name)
		if get != nil {
			c = &unix.HwTstampConfig{}
		}
		if c.Rx_filter != unix.HWTSTAMP_FILTER_ALL { // what it does for sending is another's
			c.Rx_filter = unix.HWTSTAMP_FILTER_ALL
			err = unix.IoctlSetHwTstamp(l.socket, l.name, c)
		}
	}
	if err != nil {
		l.tell(Event{Kind: EventNote, Text: fmt.Sprintf("%s gives no times of its own (%v): those of the kernel are taken", l.name, err)},
			wire.TimeOf(time.Now()))
	}
}
