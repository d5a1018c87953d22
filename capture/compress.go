package capture

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// hashed is how much of a file its FileInfo.SHA256 covers.
const hashed = 64 << 10

// maxZstdWindow is the window that the zstd program itself accepts without being asked to; more is refused, because a
// file must not decide how much memory is taken.
const maxZstdWindow = 128 << 20

// A rawReader counts what is read from a file as it stands, and hashes its beginning.
type rawReader struct {
	r     io.Reader
	total *atomic.Int64
	count int64
	hash  hash.Hash
}

func newRawReader(r io.Reader, total *atomic.Int64) *rawReader {
	return &rawReader{r: r, total: total, hash: sha256.New()}
}

func (r *rawReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if left := hashed - r.count; left > 0 {
		r.hash.Write(p[:min(int64(n), left)])
	}
	r.count += int64(n)
	r.total.Add(int64(n))
	return n, err
}

// sum is the hash of the first 64 KiB, or of what has been read if that is less.
func (r *rawReader) sum() string { return hex.EncodeToString(r.hash.Sum(nil)) }

// sumBeginning is the same for a file that can be read for it alone.
func sumBeginning(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.CopyN(h, r, hashed); err != nil && err != io.EOF {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// decompress looks at the first octets of r and gives a reader of what they compress, the name of the compression
// ("" for none), and what has to be closed after reading.
func decompress(r io.Reader) (io.Reader, string, func(), error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(4)
	if err != nil && err != io.EOF {
		return nil, "", nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, "", nil, fmt.Errorf("gzip header: %w", err)
		}
		return z, "gzip", func() { z.Close() }, nil
	case isZstd(head):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return nil, "", nil, fmt.Errorf("zstd header: %w", err)
		}
		return &wholeReader{z, b}, "zstd", z.Close, nil
	}
	return b, "", func() {}, nil
}

// errCorrupt is what a decoder found that needed more octets than a part of its input has.
var errCorrupt = errors.New("corrupt data")

// A wholeReader tells data that are corrupt from data that are cut, which the zstd decoder calls by the same name.
type wholeReader struct {
	r  io.Reader
	in *bufio.Reader
}

func (r *wholeReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err == io.ErrUnexpectedEOF {
		if _, more := r.in.Peek(1); more == nil {
			err = fmt.Errorf("zstd: %w", errCorrupt)
		}
	}
	return n, err
}

// isZstd tells a zstd frame, or a skippable frame before one. RFC 8878 3.1.
func isZstd(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}) ||
		len(head) == 4 && head[0]&0xf0 == 0x50 && head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18
}
