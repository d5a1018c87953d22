package capture

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"c7mon/wire"
)

// octets reads hex with spaces.
func octets(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestLinkLayers takes the headers off frames of each link type.
func TestLinkLayers(t *testing.T) {
	const mac = "020000000001 020000000002 "
	f := func(link LinkType, record string, payload Payload, data string) Frame {
		t.Helper()
		got := one(t, link, octets(t, record))
		if got.Payload != payload || !bytes.Equal(got.Data, octets(t, data)) || got.Type != link || got.Err != nil {
			t.Errorf("link type %d, %s: payload %d, data % x, error %v", link, record, got.Payload, got.Data, got.Err)
		}
		return got
	}
	f(LinkMTP2, "80 80 00", MTP2, "80 80 00")
	f(LinkMTP2, "", MTP2, "")
	f(LinkMTP3, "85 01", MTP3, "85 01")
	f(LinkSCCP, "09 00", SCCP, "09 00")
	f(LinkIPv4, "45 00", IP, "45 00")
	f(LinkIPv6, "60 00", IP, "60 00")
	f(LinkRaw, "45 00", IP, "45 00")
	f(LinkRaw, "60 00", IP, "60 00")
	f(12, "45 00", IP, "45 00")
	f(14, "60 00", IP, "60 00")
	f(12, "00 00", Unsupported, "00 00")
	f(105, "45 00", Unsupported, "45 00")
	f(1<<16+1, "45 00", Unsupported, "45 00")

	f(LinkEthernet, mac+"0800 45 00", IP, "45 00")
	f(LinkEthernet, mac+"86dd 60 00", IP, "60 00")
	f(LinkEthernet, mac+"0806 00 01", Other, "00 01")
	f(LinkEthernet, mac+"0003 42 42 03 00 00 00", Other, "42 42 03") // 802.2, padded
	f(LinkEthernet, mac+"8100 0064 0800 45 00", IP, "45 00")
	f(LinkEthernet, mac+"88a8 0064 8100 0001 86dd 60", IP, "60")
	f(LinkEthernet, mac+"9100 0064 9100 0001 8100 0002 0800 45", IP, "45")
	f(LinkEthernet, mac+"8100 0064 0806 00", Other, "00")
	f(LinkEthernet, mac+"0800 45 00 00 00", IP, "45 00 00 00") // padding is not ours to judge

	f(LinkNull, "02000000 45", IP, "45")
	f(LinkNull, "00000002 45", IP, "45")
	f(LinkNull, "1e000000 60", IP, "60")
	f(LinkLoop, "00000018 60", IP, "60")
	f(LinkLoop, "0000001c 60", IP, "60")
	f(LinkNull, "07000000 60", Other, "60")

	sll := f(LinkSLL, "0004 0001 0006 0200000000010000 0800 45", IP, "45")
	if sll.Direction != wire.Back {
		t.Errorf("sent frame: direction %q", sll.Direction)
	}
	sll = f(LinkSLL, "0000 0001 ffff 0200000000010000 86dd 60", IP, "60") // an address length that is no help
	if sll.Direction != wire.Forth {
		t.Errorf("received frame: direction %q", sll.Direction)
	}
	sll = f(LinkSLL, "0003 0001 0006 0200000000010000 8100 0001 0800 45", IP, "45")
	if sll.Direction != wire.NoDirection {
		t.Errorf("frame of others: direction %q", sll.Direction)
	}
	sll = f(LinkSLL2, "0800 0000 00000002 0001 04 06 0200000000010000 45", IP, "45")
	if sll.Direction != wire.Back {
		t.Errorf("sent frame: direction %q", sll.Direction)
	}
	f(LinkSLL2, "0806 0000 00000002 0001 04 06 0200000000010000 45", Other, "45")
}

// TestMTP2Phdr reads the pseudo-header of link type 139.
func TestMTP2Phdr(t *testing.T) {
	f := func(record string, payload Payload, d wire.Direction, line uint32) {
		t.Helper()
		got := one(t, LinkMTP2Phdr, octets(t, record))
		if got.Payload != payload || got.Direction != d || !got.HasLine || got.Line != line || !bytes.Equal(got.Data, []byte{0x85, 0x86}) {
			t.Errorf("%s: got %+v", record, got)
		}
	}
	f("00 00 0000 85 86", MTP2, wire.Forth, 0)
	f("01 01 0102 85 86", MTP2Annex, wire.Back, 258)
	f("01 02 ffff 85 86", MTP2, wire.Back, 65535)
	f("02 07 0003 85 86", MTP2, wire.NoDirection, 3)
}

// TestERF reads records of multi-channel HDLC.
func TestERF(t *testing.T) {
	const stamp = "0000000000000080 "
	f := func(record string, payload Payload, data string, line uint32, cut int, fcs bool) {
		t.Helper()
		got := one(t, LinkERF, octets(t, record))
		if got.Payload != payload || !bytes.Equal(got.Data, octets(t, data)) || got.Line != line || got.Cut != cut || (got.FCS == FCSThere) != fcs {
			t.Errorf("%s: got %+v", record, got)
		}
	}
	// type flags rlen loss wlen, multi-channel header, a FISU with its check sequence, padding
	f(stamp+"05 04 0020 0000 0005 00000010 8586000102 00000000000000", MTP2, "8586000102", 16, 0, true)
	f(stamp+"05 05 0020 0000 0005 400003ff 8586000102 00000000000000", MTP2, "8586000102", 1<<10|1023, 0, true)
	f(stamp+"11 04 0020 0000 0005 00000001 8586000102 00000000000000", MTP2, "8586000102", 1, 0, true)
	f(stamp+"85 04 0030 0000 0005 8000000000000001 0000000000000002 00000001 8586000102 00000000000000", MTP2, "8586000102", 1, 0, true)
	f(stamp+"05 0c 0018 0000 0009 00000001 85860001", MTP2, "85860001", 1, 5, false) // the card kept four of nine
	f(stamp+"02 04 0018 0000 0009 00000001 85860001", Other, stamp+"02 04 0018 0000 0009 00000001 85860001", 0, 0, false)
	if got := one(t, LinkERF, octets(t, "010000c0 0a000000 02 04 0010 0000 0000")); got.Time != 10_750_000_000 {
		t.Errorf("time %d", got.Time)
	}
	broken := func(record, want string) {
		t.Helper()
		got := one(t, LinkERF, octets(t, record))
		if got.Payload != Malformed || got.Err == nil || got.Err.Error() != want || got.FCS != FCSUnknown {
			t.Errorf("%s: got %+v\nwant %s", record, got, want)
		}
	}
	broken(stamp+"05 14 0018 0000 0004 01000001 85860001", "ERF: frame check sequence wrong")
	broken(stamp+"05 14 0018 0000 0004 08000001 85860001", "ERF: aborted")
	broken(stamp+"05 14 0018 0000 0004 20000001 85860001", "ERF: octets lost in the card")
	broken(stamp+"05 14 0018 0000 0004 00000001 85860001", "ERF: receive error")
	broken(stamp+"05 04 0013 0000 0004 00000001 85860001", "ERF: record length 19, headers of 20 octets")
	broken(stamp+"05 04 0018 0000 0004 0000", "ERF multi-channel header: at octet 16: 4 octets needed, 2 there")
	broken(stamp+"85 04 0018 0000 0004 80000000", "ERF extension header: at octet 16: 8 octets needed, 4 there")
}

// TestHeaderPrefixes cuts the headers of each link type everywhere: what is too short is malformed and says of what.
func TestHeaderPrefixes(t *testing.T) {
	f := func(link LinkType, record string, need ...int) {
		t.Helper()
		b := octets(t, record)
		for n := range b {
			got := one(t, link, b[:n])
			var short *wire.ShortError
			if got.Payload != Malformed || !errors.As(got.Err, &short) {
				t.Errorf("link type %d, %d octets: got %+v", link, n, got)
				continue
			}
			if end := short.Off + short.Need; short.Off+short.Have != n || !slices.Contains(need, end) || end <= n {
				t.Errorf("link type %d, %d octets: %v", link, n, short)
			}
		}
		if got := one(t, link, b); got.Payload == Malformed {
			t.Errorf("link type %d: %v", link, got.Err)
		}
	}
	f(LinkMTP2Phdr, "00 00 0000", 4)
	f(LinkEthernet, "020000000001 020000000002 8100 0064 8100 0064 0800", 14, 18, 22)
	f(LinkNull, "02000000", 4)
	f(LinkSLL, "0004 0001 0006 0200000000010000 0800", 16)
	f(LinkSLL2, "0800 0000 00000002 0001 04 06 0200000000010000", 20)
	f(LinkERF, "0000000000000080 85 04 0030 0000 0000 8000000000000001 0000000000000002 00000001", 16, 24, 32, 36)
	f(LinkRaw, "45", 1)
	for _, record := range []string{"50 00", "00 00"} {
		if got := one(t, LinkRaw, octets(t, record)); got.Payload != Malformed {
			t.Errorf("%s: got %+v", record, got)
		}
	}
	if got := one(t, LinkNull, octets(t, "ffffffff 45")); got.Payload != Malformed || got.Err.Error() != "address family ff ff ff ff" {
		t.Errorf("got %+v", got)
	}
}
