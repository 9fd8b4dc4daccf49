package dimensions

// Flags of the boxes in a fragment, by what they announce (ISO/IEC 14496-12,
// sections 8.8.7 and 8.8.8).
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

// defaultDuration returns how long a sample of the track lasts where neither it nor
// its fragment says (section 8.8.3).
func (s *source) defaultDuration(extends box, id uint32) uint64 {
	for b := range s.boxes(extends) {
		if b.kind != "trex" {
			continue
		}
		c := cursor{rest: s.content(b)}
		c.skip(4)
		if uint32(c.uint(4)) == id {
			c.skip(4)
			return c.uint(4)
		}
	}
	return 0
}

// fragmentEnd returns when the track's samples in a moof box end, in its units; 0
// where it has none there, or the box doesn't say when they begin.
func (s *source) fragmentEnd(id uint32, moof box, standard uint64) uint64 {
	for b := range s.boxes(moof) {
		if b.kind != "traf" {
			continue
		}
		header, _ := s.child(b, "tfhd")
		c := cursor{rest: s.content(header)}
		flags := c.uint(4)
		if uint32(c.uint(4)) != id {
			continue
		}
		c.skip(present(flags, hasBaseOffset)*8 + present(flags, hasDescription)*4)
		if flags&hasDefaultDuration != 0 {
			standard = c.uint(4)
		}
		begin, ok := s.child(b, "tfdt") // section 8.8.12
		if !ok {
			return 0
		}
		c = cursor{rest: s.content(begin)}
		end := c.uint(timeLength(c.uint(4) >> 24))
		for run := range s.boxes(b) {
			if run.kind == "trun" {
				end += runLength(s.content(run), standard)
			}
		}
		return end
	}
	return 0
}

// runLength adds up how long the samples of a trun box last.
func runLength(content []byte, standard uint64) uint64 {
	c := cursor{rest: content}
	flags, samples := c.uint(4), c.uint(4)
	if flags&hasSampleDuration == 0 {
		return samples * standard
	}
	c.skip(4 * (present(flags, hasDataOffset) + present(flags, hasFirstSampleFlags)))
	rest := 4 * (present(flags, hasSampleSize) + present(flags, hasSampleFlags) + present(flags, hasSampleOffset))
	sum := uint64(0)
	for ; samples > 0 && !c.failed; samples-- {
		sum += c.uint(4)
		c.skip(rest)
	}
	return sum
}

// present is 1 where the flag is set, else 0.
func present(flags, flag uint64) int {
	if flags&flag != 0 {
		return 1
	}
	return 0
}
