package dimensions

import "iter"

// Bounds of what is read backwards. A recorder that can't go back to the start of its
// file leaves the duration out, and only the last cluster, fragment or page knows when
// it ends. Four mebibytes hold the 3 s between two key frames at 10 Mbit/s.
const (
	firstTail   = 64 << 10
	longestTail = 4 << 20
)

// tails yields where a piece of the file begins, and the piece, which ends at end. Each
// piece is longer than the one before and holds it. What it holds can then be read with
// [source.bytes] at no cost.
func (s *source) tails(end int64) iter.Seq2[int64, []byte] {
	return func(yield func(int64, []byte) bool) {
		if known := end - s.tailAt; known > 0 && known <= int64(len(s.tail)) {
			s.tail = s.tail[:known]
			if !yield(s.tailAt, s.tail) {
				return
			}
		} else {
			s.tail, s.tailAt = nil, min(end, s.size)
		}
		for length := firstTail; length <= longestTail && s.tailAt > 0; length *= 4 {
			if len(s.tail) < length && (!s.lengthenTail(length) || !yield(s.tailAt, s.tail)) {
				return
			}
		}
	}
}

// lengthenTail makes the tail so long, or as long as the file allows, by what stands
// in front of it.
func (s *source) lengthenTail(length int) bool {
	from := max(0, s.tailAt+int64(len(s.tail)-length))
	tail := make([]byte, int(s.tailAt-from), length)
	if known := part(s.head, from, len(tail)); known != nil {
		copy(tail, known)
	} else {
		if s.reads == maxReads || int64(len(tail)) > maxRead-s.read || s.err != nil {
			s.spent = true
			return false
		}
		s.reads++
		s.read += int64(len(tail))
		if got, err := s.r.ReadAt(tail, from); got < len(tail) {
			s.err = err
			return false
		}
	}
	s.tail, s.tailAt = append(tail, s.tail...), from
	return true
}
