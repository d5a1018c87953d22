package capture

import (
	"errors"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"c7mon/wire"
)

// A ring is the memory that the kernel and we share, TPACKET_V3: blocks that one of the two has at a time, as the status of
// each says, filled with frames one after another. A frame has a header, the address it came from behind that, and its
// octets at the offset that the header gives.
type ring struct {
	mem    []byte // the blocks, and behind them the sealed ring for sending
	blocks int
	at     int  // the block in hand, or the one that is waited for
	held   bool // it is in hand
	left   uint32
	frame  int // offset in mem of the next frame of it
	blank  bool
	copied bool // mem is a copy, which the kernel knows nothing of
}

// Places in a block: its status, how many frames it has, the offset of the first.
const (
	blockStatus = 8
	blockFrames = 12
	blockFirst  = 16
)

var errRing = errors.New("the kernel's ring has a frame that lies outside of it")

// A packet is a frame in the ring.
type packet struct {
	*unix.Tpacket3Hdr
	kind   uint8 // packet type of Linux
	octets []byte
}

func (p packet) time() wire.Time { return wire.Time(p.Sec)*1e9 + wire.Time(p.Nsec) }

// hardware reports whether the time is the interface's own.
func (p packet) hardware() bool { return p.Status&unix.TP_STATUS_TS_RAW_HARDWARE != 0 }

func (r *ring) word(off int) *uint32 { return (*uint32)(unsafe.Pointer(&r.mem[r.at*ringBlock+off])) }

// next gives the block in hand back and takes the next one, if it is ready.
func (r *ring) next() bool {
	if r.held {
		r.held = false
		atomic.StoreUint32(r.word(blockStatus), unix.TP_STATUS_KERNEL)
		r.at = (r.at + 1) % r.blocks
	}
	if atomic.LoadUint32(r.word(blockStatus))&unix.TP_STATUS_USER == 0 {
		return false
	}
	r.held = true
	r.left = *r.word(blockFrames)
	r.frame = r.at*ringBlock + int(*r.word(blockFirst))
	return true
}

// copyReady gives a copy of what is in the ring and not taken yet.
func (r *ring) copyReady() ring {
	n := 0
	for ; n < r.blocks; n++ {
		at := (r.at + n) % r.blocks * ringBlock
		if atomic.LoadUint32((*uint32)(unsafe.Pointer(&r.mem[at+blockStatus])))&unix.TP_STATUS_USER == 0 {
			break
		}
	}
	c := ring{mem: make([]byte, (n+1)*ringBlock), blocks: n + 1, held: r.held, left: r.left, frame: r.frame - r.at*ringBlock, copied: true}
	for i := range n { // the block behind them is never ready
		at := (r.at + i) % r.blocks * ringBlock
		copy(c.mem[i*ringBlock:], r.mem[at:at+ringBlock])
	}
	return c
}

// losing reports whether packets were dropped before the block in hand.
func (r *ring) losing() bool { return *r.word(blockStatus)&unix.TP_STATUS_LOSING != 0 }

// first gives the next frame of the block without taking it; false where there is none, or it is broken.
func (r *ring) first() (packet, bool) {
	p, err := r.packet()
	return p, err == nil && r.left > 0
}

// take gives the next frame of the block.
func (r *ring) take() (packet, error) {
	p, err := r.packet()
	if err == nil {
		r.left--
		r.frame += int(p.Next_offset)
	}
	return p, err
}

func (r *ring) packet() (packet, error) {
	const header, address = unix.SizeofTpacket3Hdr, unix.SizeofSockaddrLinklayer
	end := r.blocks * ringBlock
	if r.frame+header+address > end {
		return packet{}, errRing
	}
	h := (*unix.Tpacket3Hdr)(unsafe.Pointer(&r.mem[r.frame]))
	from := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&r.mem[r.frame+header]))
	begin, size := r.frame+int(h.Mac), int(h.Snaplen)
	if begin+size > end {
		return packet{}, errRing
	}
	return packet{h, from.Pkttype, r.mem[begin : begin+size : begin+size]}, nil
}

// unmap lets go of the memory, without which the kernel does not let go of the socket. Where the caller still has octets of
// it, zeros take its place until the next call.
func (r *ring) unmap(lent bool) error {
	if r.copied {
		*r = ring{}
	}
	if r.mem == nil || lent && r.blank {
		return nil
	}
	if lent {
		r.blank = true
		_, err := unix.MmapPtr(-1, 0, unsafe.Pointer(&r.mem[0]), uintptr(len(r.mem)), unix.PROT_READ,
			unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_FIXED|unix.MAP_NORESERVE)
		return err
	}
	mem := r.mem
	r.mem, r.left, r.held = nil, 0, false
	return unix.Munmap(mem)
}
