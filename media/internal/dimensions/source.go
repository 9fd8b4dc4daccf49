package dimensions

import "io"

// Bounds of a Measure. Each read is twice as long as the one before, up to the
// longest: a file that needs many reads needs many bytes.
const (
	longestRead = 1 << 20
	maxReads    = 24
	maxRead     = 16 << 20 // bytes, in all reads together
	maxSteps    = 1 << 16  // boxes, elements, segments, chunks, blocks and entries looked at
)

// source hands out pieces of a file, within bounds.
type source struct {
	r    io.ReaderAt
	size int64

	head   []byte // the file's first bytes
	window []byte // the bytes of the last read
	at     int64  // where the window begins

	tail   []byte // what [source.tails] has read
	tailAt int64  // where the tail begins

	reads, steps int
	read         int64 // bytes
	spent        bool  // something was refused because of a bound
	err          error // the first of r's
}

// bytes returns the n bytes at off, which stay as they are. It returns nil if the file
// ends before, if r fails, and if a bound is reached.
func (s *source) bytes(off int64, n int) []byte {
	if b := s.from(off, n); b != nil {
		return b[:n:n]
	}
	return nil
}

// from returns at least the n bytes at off, and with them what else is at hand of what
// follows. It returns nil as bytes does.
func (s *source) from(off int64, n int) []byte {
	if off < 0 || off > s.size-int64(n) {
		return nil
	}
	if b := part(s.head, off, n); b != nil {
		return b
	}
	if b := part(s.window, off-s.at, n); b != nil {
		return b
	}
	if b := part(s.tail, off-s.tailAt, n); b != nil {
		return b
	}
	if s.err != nil || !s.load(off, n) {
		return nil
	}
	return s.window
}

// load reads a window at off that holds at least n bytes, and reports whether it could.
func (s *source) load(off int64, n int) bool {
	if n > longestRead || s.reads == maxReads || int64(n) > maxRead-s.read {
		s.spent = true
		return false
	}
	length := int64(longestRead)
	if s.reads < 6 {
		length = min(length, HeadLength<<(s.reads+1))
	}
	length = min(max(length, int64(n)), s.size-off, maxRead-s.read)
	s.reads++
	s.read += length
	window := make([]byte, length)
	if got, err := s.r.ReadAt(window, off); got < len(window) {
		s.err = err
		return false
	}
	s.window, s.at = window, off
	return true
}

// part returns b[off:], or nil if that holds fewer than n bytes.
func part(b []byte, off int64, n int) []byte {
	if off < 0 || off > int64(len(b)-n) {
		return nil
	}
	return b[off:]
}

// step reports whether one more thing may be looked at. Every loop that a file drives
// asks.
func (s *source) step() bool {
	s.steps++
	s.spent = s.spent || s.steps > maxSteps
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
