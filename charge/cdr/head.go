package cdr

import "bytes"

// bom is the mark at the head of a file that says it is UTF-8.
var bom = []byte("\xef\xbb\xbf")

// binary says by the head of a file what it is that has no lines to read, and what to do; "" for all others.
func binary(head []byte) string {
	for _, f := range [...]struct{ magic, what string }{
		{"\xff\xfe", isUTF16}, {"\xfe\xff", isUTF16},
		{"\x1f\x8b", "compressed by gzip: unpack it"}, {"\x28\xb5\x2f\xfd", "compressed by zstd: unpack it"},
		{"BZh", "compressed by bzip2: unpack it"}, {"\xfd7zX", "compressed by xz: unpack it"},
		{"PK\x03\x04", "a ZIP archive or a spreadsheet: unpack it, or save the sheet as CSV"},
		{"\xd0\xcf\x11\xe0", "a spreadsheet: save the sheet as CSV"}, {"%PDF", "a PDF: records are read as CSV, fixed columns or JSON lines"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.what
		}
	}
	if len(head) >= 4 && (head[0] == 0) != (head[1] == 0) && (head[0] == 0) == (head[2] == 0) && (head[1] == 0) == (head[3] == 0) {
		return isUTF16 // without its mark
	}
	return ""
}

const isUTF16 = "UTF-16: write it as UTF-8"

// trim takes away what pads a value: spaces, and NULs where a switch fills with them.
func trim(value []byte) []byte {
	value = bytes.TrimSpace(value)
	if n := len(value); n > 0 && (value[0] == 0 || value[n-1] == 0) {
		value = bytes.Trim(value, "\x00 \t")
	}
	return value
}
