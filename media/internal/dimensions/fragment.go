package dimensions

import (
	"bytes"
	"time"
)

// Flags of the boxes in a fragment (ISO/IEC 14496-12, sections 8.8.7 and 8.8.8). Each says
// that a member is present.
const (
	hasBaseOffset       = 0x000001
	hasDescription      = 0x000002
	hasDefaultDuration  = 0x000008
	hasDataOffset       = 0x000001
	hasFirstSampleFlags = 0x000004
	hasSampleDuration   = 0x000100
	hasSampleSize       = 0x000200
	hasSampleFlags      = 0x000400
	hasSampleOffset     = 0x000800
)

// fragmentsEnd returns when a movie ends whose samples come in fragments. Its last fragments
// tell or, if they aren't found within the bounds, its header. It returns 0 if neither does.
func (s *source) fragmentsEnd(tracks []track, moov, extends box) time.Duration {
	s.standards(tracks, extends)
	index := s.fragmentIndex()
	for _, find := range []func() int64{
		func() int64 { return s.lastIndexed(index) },
		func() int64 { return s.lastInTail(index.body) },
		func() int64 { return moov.end },
	} {
		if from := find(); from >= moov.end {
			if end := s.endFrom(tracks, from); end > 0 {
				return end
			}
		}
	}
	return s.announcedEnd(moov, extends)
}

// announcedEnd returns when the fragments end by an mehd box (section 8.8.2), in the units
// of the movie. Players don't go by it.
func (s *source) announcedEnd(moov, extends box) time.Duration {
	header, ok := s.child(extends, "mehd")
	if !ok {
		return 0
	}
	c := cursor{rest: s.content(header)}
	units := c.uint(timeLength(c.uint(4) >> 24))
	clock, _ := s.child(moov, "mvhd")
	_, scale := s.clock(clock)
	return duration(units, scale)
}

// standards sets the standard duration of each track's samples (section 8.8.3).
func (s *source) standards(tracks []track, extends box) {
	for b := range s.boxes(extends) {
		if b.kind != "trex" {
			continue
		}
		c := cursor{rest: s.content(b)}
		c.skip(4)
		if t := trackOf(tracks, c.uint(4)); t != nil {
			c.skip(4)
			t.standard = c.uint(4)
		}
	}
}

func trackOf(tracks []track, id uint64) *track {
	for i := range tracks {
		if uint64(tracks[i].id) == id {
			return &tracks[i]
		}
	}
	return nil
}

// fragmentIndex returns the index of the fragments, which is the last box of the file
// (sections 8.8.9 and 8.8.11). If there is none, it returns an empty box at the end.
func (s *source) fragmentIndex() box {
	none := box{body: s.size, end: s.size}
	for at, tail := range s.tails(s.size) {
		c := cursor{rest: part(tail, s.size-16-at, 16)}
		if size := c.uint(4); size != 16 || c.uint(4) != mfro {
			return none
		}
		c.skip(4)
		if index, ok := s.box(s.size-int64(c.uint(4)), s.size); ok && index.kind == "mfra" {
			return index
		}
		return none
	}
	return none
}

// mfro is the kind of the box that tells where the index begins.
const mfro = 'm'<<24 | 'f'<<16 | 'r'<<8 | 'o'

// lastIndexed returns where the last of the fragments begins that an index lists (section
// 8.8.10). It returns 0 if the index lists none.
func (s *source) lastIndexed(index box) (last int64) {
	for b := range s.boxes(index) {
		if b.kind != "tfra" {
			continue
		}
		c := cursor{rest: s.bytes(b.body, 16)}
		n := timeLength(c.uint(4) >> 24)
		c.skip(4)
		lengths, entries := c.uint(4), int64(c.uint(4))
		entry := int64(2*n) + int64(lengths>>4&3+lengths>>2&3+lengths&3) + 3
		if c.failed || entries == 0 || entries > (b.end-b.body-16)/entry {
			continue
		}
		c = cursor{rest: s.bytes(b.body+16+(entries-1)*entry+int64(n), n)}
		last = max(last, int64(c.uint(n)))
	}
	return last
}

// lastInTail looks for fragments in front of end, in a tail that grows until there is one.
// It returns where the first one in that tail begins, or 0 if there is none.
func (s *source) lastInTail(end int64) int64 {
	for at, tail := range s.tails(end) {
		for from := 0; s.step(); from += len("moof") {
			i := bytes.Index(tail[from:], []byte("moof"))
			if i < 0 {
				break
			}
			from += i
			// The header of the fragment is its first box (section 8.8.5).
			if from >= 4 && bytes.HasPrefix(part(tail, int64(from)+8, 4), []byte("mfhd")) {
				return at + int64(from) - 4
			}
		}
	}
	return 0
}

// endFrom returns when the last of the fragments from an offset on ends. It returns 0 if
// there are none, or if the walk doesn't reach the end of the file.
func (s *source) endFrom(tracks []track, from int64) (end time.Duration) {
	reached := from
	for b := range s.boxes(box{body: from, end: s.size}) {
		if b.kind == "moof" {
			end = max(end, s.fragmentEnd(tracks, b))
		}
		reached = b.end
	}
	if reached < s.size {
		return 0
	}
	return end
}

// fragmentEnd returns when the samples in a moof box end. A track is left out if the box
// doesn't say when its samples begin.
func (s *source) fragmentEnd(tracks []track, moof box) (end time.Duration) {
	for b := range s.boxes(moof) {
		if b.kind != "traf" {
			continue
		}
		header, _ := s.child(b, "tfhd")
		c := cursor{rest: s.content(header)}
		flags := c.uint(4)
		t := trackOf(tracks, c.uint(4))
		begin, ok := s.child(b, "tfdt") // section 8.8.12
		if t == nil || !ok {
			continue
		}
		c.skip(present(flags, hasBaseOffset)*8 + present(flags, hasDescription)*4)
		standard := t.standard
		if flags&hasDefaultDuration != 0 {
			standard = c.uint(4)
		}
		c = cursor{rest: s.content(begin)}
		units := c.uint(timeLength(c.uint(4) >> 24))
		for run := range s.boxes(b) {
			if run.kind == "trun" {
				units += s.runLength(s.content(run), standard)
			}
		}
		end = max(end, duration(units, t.scale))
	}
	return end
}

// runLength adds up how long the samples of a trun box last.
func (s *source) runLength(content []byte, standard uint64) uint64 {
	c := cursor{rest: content}
	flags, samples := c.uint(4), c.uint(4)
	if flags&hasSampleDuration == 0 {
		return samples * standard
	}
	c.skip(4 * (present(flags, hasDataOffset) + present(flags, hasFirstSampleFlags)))
	rest := 4 * (present(flags, hasSampleSize) + present(flags, hasSampleFlags) + present(flags, hasSampleOffset))
	sum := uint64(0)
	for ; samples > 0 && !c.failed && s.step(); samples-- {
		sum += c.uint(4)
		c.skip(rest)
	}
	return sum
}

// present returns 1 if the flag is set, else 0.
func present(flags, flag uint64) int {
	if flags&flag != 0 {
		return 1
	}
	return 0
}
