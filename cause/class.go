package cause

// Class is the group of causes that the first three bits of a code tell, Q.850 2.2.5.
type Class uint8

// The classes.
const (
	NormalEvent Class = iota
	ResourceUnavailable
	ServiceNotAvailable
	ServiceNotImplemented
	InvalidMessage
	ProtocolError
	Interworking
)

var classNames = [...]string{"normal event", "resource unavailable", "service or option not available",
	"service or option not implemented", "invalid message", "protocol error", "interworking"}

var classNamesVI = [...]string{"sự kiện bình thường", "thiếu tài nguyên", "dịch vụ không khả dụng",
	"dịch vụ chưa được triển khai", "bản tin không hợp lệ", "lỗi giao thức", "liên mạng"}

// String gives the name in English.
func (c Class) String() string { return c.Name("en") }

// Name gives the name in the language lang, "vi" or English for any other.
func (c Class) Name(lang string) string {
	t := &classNames
	if lang == "vi" {
		t = &classNamesVI
	}
	if int(c) < len(t) {
		return t[c]
	}
	return t[Interworking]
}

// Class gives the class of the code: codes 0 to 31 are normal events, and each 16 further ones the next class.
func (c Code) Class() Class {
	if c &= 0x7f; c >= 32 {
		return Class(c>>4) - 1
	}
	return NormalEvent
}
