package dimensions

import "iter"

// A recorder that can't go back to the start of its file leaves the duration out. Only the
// last cluster, fragment or page says when the video ends. Recorders begin one with each
// key frame: 4 MiB hold 3 s of a video of 10 Mbit/s.
const (
	firstTail   = 64 << 10
	longestTail = 4 << 20
)

// tails yields pieces of the file that end at end, and where each begins. Each piece is four
// times as long as the one before. What is in the last piece can be read with
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

// lengthenTail reads what is in front of the tail, so that the tail gets the length, or
// begins at the start of the file. It reports whether it could.
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
