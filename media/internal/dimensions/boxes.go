package dimensions

import (
	"encoding/binary"
	"iter"
)

// box is a box of the ISO base media file format (ISO/IEC 14496-12, section 4.2), which
// QuickTime calls an atom: its kind, and where its content begins and ends.
type box struct {
	kind      string
	body, end int64
}

// file is the whole file as one box.
func (s *source) file() box { return box{end: s.size} }

// boxes yields the boxes inside another. If one says that it is longer than what it is in,
// it is taken to end with that, as in a file that was cut short.
func (s *source) boxes(in box) iter.Seq[box] {
	return func(yield func(box) bool) {
		for off := in.body; off < in.end && s.step(); {
			b, ok := s.box(off, in.end)
			if !ok || !yield(b) {
				return
			}
			off = b.end
		}
	}
}

// box reads the header at off of a box that ends no later than end.
func (s *source) box(off, end int64) (box, bool) {
	header := s.bytes(off, 8)
	if header == nil {
		return box{}, false
	}
	b := box{kind: string(header[4:]), body: off + 8, end: end}
	length := int64(binary.BigEndian.Uint32(header))
	switch length {
	case 0: // it goes on to the end
		return b, b.body <= end
	case 1: // the length follows in 64 bits
		large := s.bytes(off+8, 8)
		if large == nil {
			return box{}, false
		}
		b.body += 8
		length = int64(binary.BigEndian.Uint64(large))
	}
	if length < end-off {
		b.end = off + length
	}
	return b, b.body <= b.end // false if the length is negative, or too small for the header
}

// child goes down from a box by one level for each kind: to the first box of that kind.
func (s *source) child(in box, kinds ...string) (box, bool) {
	for _, kind := range kinds {
		found := false
		for b := range s.boxes(in) {
			if b.kind == kind {
				in, found = b, true
				break
			}
		}
		if !found {
			return box{}, false
		}
	}
	return in, true
}

// content returns all of a box's content. It returns nil if that is longer than a read may be.
func (s *source) content(b box) []byte {
	if b.end-b.body > longestRead {
		return nil
	}
	return s.bytes(b.body, int(b.end-b.body))
}
