package cause

import "testing"

func TestNames(t *testing.T) {
	f := func(c Code, en, vi, ansi string) {
		t.Helper()
		if c.Name() != en || c.NameVI() != vi || c.NameANSI() != ansi {
			t.Errorf("%d: got %q, %q, %q, want %q, %q, %q", c, c.Name(), c.NameVI(), c.NameANSI(), en, vi, ansi)
		}
		if c.NameIn("vi") != vi || c.NameIn("en") != en || c.NameIn("") != en {
			t.Errorf("%d: NameIn differs", c)
		}
	}
	f(16, "Normal call clearing", "Giải phóng cuộc gọi bình thường", "Normal call clearing")
	f(34, "No circuit/channel available", "Không có kênh/trung kế rỗi", "No circuit/channel available")
	f(102, "Recovery on timer expiry", "Hết thời gian chờ", "Recovery on timer expiry")
	f(26, "Non-selected user clearing", "Non-selected user clearing", "Misrouted call to a ported number")
	f(45, "Unknown cause", "Không rõ nguyên nhân", "Preemption")
	f(126, "Unknown cause", "Không rõ nguyên nhân", "Unknown cause")
	f(200, "Unknown cause", "Không rõ nguyên nhân", "Unknown cause")
}

// TestEveryCode holds that no octet has an empty text.
func TestEveryCode(t *testing.T) {
	named := 0
	for i := range 256 {
		c := Code(i)
		for _, s := range []string{c.Name(), c.NameVI(), c.NameANSI(), c.String(), c.Class().String(), c.Class().Name("vi"),
			Location(i).String(), Location(i).Name()} {
			if s == "" {
				t.Errorf("code %d has an empty text", i)
			}
		}
		if c.Known() {
			named++
		}
	}
	if named != 74 {
		t.Errorf("Q.850 has %d names", named)
	}
}

func TestString(t *testing.T) {
	f := func(c Code, want string) {
		t.Helper()
		if c.String() != want {
			t.Errorf("got %q, want %q", c.String(), want)
		}
	}
	f(16, "16 normal call clearing")
	f(14, "14 QoR: ported number")
	f(13, "13 unknown cause")
	if s := Code(23).StringANSI(); s != "23 unallocated destination number" {
		t.Error(s)
	}
}

func TestClass(t *testing.T) {
	f := func(c Code, want Class) {
		t.Helper()
		if c.Class() != want {
			t.Errorf("%d: got %v, want %v", c, c.Class(), want)
		}
	}
	f(0, NormalEvent)
	f(31, NormalEvent)
	f(32, ResourceUnavailable)
	f(47, ResourceUnavailable)
	f(63, ServiceNotAvailable)
	f(65, ServiceNotImplemented)
	f(95, InvalidMessage)
	f(102, ProtocolError)
	f(127, Interworking)
}

// TestLocations holds that the text of each location gives it back.
func TestLocations(t *testing.T) {
	for i := range Location(16) {
		if l, ok := LocationOf(i.String()); !ok || l != i {
			t.Errorf("%d: %q gives %d, %v", i, i.String(), l, ok)
		}
	}
	for _, s := range []string{"", "16", "-1", "X"} {
		if l, ok := LocationOf(s); ok {
			t.Errorf("%q gives %d", s, l)
		}
	}
}
