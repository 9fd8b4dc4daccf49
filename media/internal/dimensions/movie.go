package dimensions

import (
	"encoding/binary"
	"time"
)

// movie reads the moov box of an MP4 or QuickTime file, wherever it stands. The
// first track with pictures gives the dimensions.
func movie(s *source) Result {
	moov, ok := s.child(s.file(), "moov")
	if !ok {
		return Result{}
	}
	var t track
	var length time.Duration
	var extends box
	for b := range s.boxes(moov) {
		switch b.kind {
		case "mvhd":
			length = duration(s.clock(b))
		case "trak":
			if t.id == 0 {
				t = s.track(b)
			}
		case "mvex":
			extends = b
		}
	}
	if extends.end > 0 {
		length = max(length, s.fragmentsEnd(t, moov, extends))
	}
	return video(t.width, t.height, length)
}

// track is what matters of a track with pictures.
type track struct {
	id            uint32 // never 0 (ISO/IEC 14496-12, section 8.3.2.3)
	scale         uint32 // units in a second
	width, height float64
}

// track returns the zero track where the box is of another kind than pictures.
func (s *source) track(trak box) track {
	handler, ok := s.child(trak, "mdia", "hdlr")
	if !ok {
		return track{}
	}
	// vide: a video; pict: a sequence of images (ISO/IEC 23008-12, section 7.2).
	if kind := string(s.bytes(handler.body+8, 4)); kind != "vide" && kind != "pict" {
		return track{}
	}
	var t track
	if header, ok := s.child(trak, "tkhd"); ok {
		t = s.trackHeader(header)
	}
	if media, ok := s.child(trak, "mdia", "mdhd"); ok {
		_, t.scale = s.clock(media)
	}
	if t.width == 0 || t.height == 0 {
		// Some writers leave it to the first description of samples (section 12.1.3).
		if description, ok := s.child(trak, "mdia", "minf", "stbl", "stsd"); ok {
			c := cursor{rest: s.bytes(description.body+40, 4)}
			t.width, t.height = float64(c.uint(2)), float64(c.uint(2))
		}
	}
	return t
}

// trackHeader reads a tkhd box (section 8.3.2): the size at which the track is
// presented, in pixels that are square, and the matrix that turns it.
func (s *source) trackHeader(b box) track {
	c := cursor{rest: s.content(b)}
	version := c.uint(4) >> 24
	c.skip(2 * timeLength(version)) // when it was made and changed
	t := track{id: uint32(c.uint(4))}
	c.skip(4 + timeLength(version) + 16) // duration, layer, volume
	var matrix [9]uint64
	for i := range matrix {
		matrix[i] = c.uint(4)
	}
	const fixed = 1 << 16 // 16 bits stand behind the point
	t.width, t.height = float64(c.uint(4))/fixed, float64(c.uint(4))/fixed
	if c.failed {
		return track{}
	}
	if matrix[0] == 0 && matrix[4] == 0 && matrix[1] != 0 && matrix[3] != 0 { // a quarter turn
		t.width, t.height = t.height, t.width
	}
	return t
}

// clock reads the duration and time scale of an mvhd or mdhd box (sections 8.2.2,
// 8.4.2). A duration of all ones is not known, and comes back as 0.
func (s *source) clock(b box) (units uint64, scale uint32) {
	c := cursor{rest: s.bytes(b.body, int(min(b.end-b.body, 32)))}
	n := timeLength(c.uint(4) >> 24)
	c.skip(2 * n)
	scale = uint32(c.uint(4))
	units = c.uint(n)
	if units == 1<<(8*n)-1 {
		units = 0
	}
	return units, scale
}

// timeLength is how many bytes a time takes in a box of this version.
func timeLength(version uint64) int {
	if version == 0 {
		return 4
	}
	return 8
}

// fragmentsEnd returns when the track ends in a movie whose samples come in
// fragments: as the movie says in advance, or as the last fragment tells. It is 0
// where the last one can't be found by what may be read.
func (s *source) fragmentsEnd(t track, moov, extends box) time.Duration {
	if header, ok := s.child(extends, "mehd"); ok { // section 8.8.2
		c := cursor{rest: s.content(header)}
		units := c.uint(timeLength(c.uint(4) >> 24))
		if clock, ok := s.child(moov, "mvhd"); ok && units > 0 {
			_, scale := s.clock(clock)
			return duration(units, scale)
		}
	}
	from := moov.end
	if last := s.lastFragment(t.id); last > from {
		from = last
	}
	standard := s.defaultDuration(extends, t.id)
	var end uint64
	reached := from
	for b := range s.boxes(box{body: from, end: s.size}) {
		if b.kind == "moof" {
			end = max(end, s.fragmentEnd(t.id, b, standard))
		}
		reached = b.end
	}
	if reached < s.size {
		return 0
	}
	return duration(end, t.scale)
}

// lastFragment returns where the track's last fragment is by the index at the end
// of the file (sections 8.8.9 to 8.8.11), 0 where there is none.
func (s *source) lastFragment(id uint32) int64 {
	tail := s.bytes(s.size-16, 16)
	if tail == nil || string(tail[4:8]) != "mfro" {
		return 0
	}
	index, ok := s.box(s.size-int64(binary.BigEndian.Uint32(tail[12:])), s.size)
	if !ok {
		return 0
	}
	for b := range s.boxes(index) {
		if b.kind != "tfra" {
			continue
		}
		c := cursor{rest: s.content(b)}
		n := timeLength(c.uint(4) >> 24)
		if uint32(c.uint(4)) != id {
			continue
		}
		lengths, entries := c.uint(4), int64(c.uint(4))
		entry := 2*n + int(lengths>>4&3+lengths>>2&3+lengths&3) + 3
		if entries == 0 || entries > int64(len(c.rest)/entry) {
			return 0
		}
		c.skip(entry*int(entries-1) + n)
		return int64(c.uint(n)) // a negative one is before all else, and not believed
	}
	return 0
}
