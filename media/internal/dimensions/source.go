package dimensions

import "io"

// Bounds of a Measure. Each read is twice as long as the one before, up to the
// longest: a file that needs many needs many bytes.
const (
	longestRead = 256 << 10
	maxReads    = 16
	maxSteps    = 1 << 16 // boxes, elements, chunks, blocks and entries looked at
)

// source hands out pieces of a file, within bounds.
type source struct {
	r    io.ReaderAt
	size int64

	head   []byte // the file's first bytes
	window []byte // the bytes of the last read
	at     int64  // where the window begins

	reads, steps int
	err          error // the first of r's
}

// bytes returns the n bytes at off, which stay as they are; nil where the file ends
// before, r fails, or enough has been read.
func (s *source) bytes(off int64, n int) []byte {
	if off < 0 || off > s.size-int64(n) {
		return nil
	}
	if b := part(s.head, off, n); b != nil {
		return b
	}
	if b := part(s.window, off-s.at, n); b != nil {
		return b
	}
	if n > longestRead || s.reads == maxReads || s.err != nil {
		return nil
	}
	length := max(min(HeadLength<<(s.reads+1), longestRead), n)
	s.reads++
	window := make([]byte, min(int64(length), s.size-off))
	if got, err := s.r.ReadAt(window, off); got < len(window) {
		s.err = err
		return nil
	}
	s.window, s.at = window, off
	return part(window, 0, n)
}

// part returns b[off:off+n], or nil where b doesn't hold all of it.
func part(b []byte, off int64, n int) []byte {
	if off < 0 || off > int64(len(b)-n) {
		return nil
	}
	return b[off : off+int64(n) : off+int64(n)]
}

// step reports whether one more thing may be looked at. Loops that a file drives ask,
// unless each turn of theirs reads further on.
func (s *source) step() bool {
	s.steps++
	return s.steps <= maxSteps
}

// cursor takes numbers off the front of some bytes.
type cursor struct {
	rest   []byte
	failed bool // there was less than was asked for
}

// uint takes n bytes, 8 at most, as one big-endian number.
func (c *cursor) uint(n int) uint64 {
	if len(c.rest) < n {
		c.rest, c.failed = nil, true
		return 0
	}
	value := uint64(0)
	for _, b := range c.rest[:n] {
		value = value<<8 | uint64(b)
	}
	c.rest = c.rest[n:]
	return value
}

// skip takes n bytes.
func (c *cursor) skip(n int) {
	if len(c.rest) < n {
		c.rest, c.failed = nil, true
		return
	}
	c.rest = c.rest[n:]
}
