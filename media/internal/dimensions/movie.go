package dimensions

import (
	"math"
	"slices"
	"time"
)

// maxTracks is how many tracks of a movie, or streams of Ogg, are looked at.
const maxTracks = 64

// movie reads the moov box of an MP4 or QuickTime file, wherever it stands. The first
// track with pictures that isn't switched off gives the dimensions. The duration is
// from where the first track with pictures or sound begins to where the last one ends.
func movie(s *source) Result {
	moov, ok := s.child(s.file(), "moov")
	if !ok {
		return Result{}
	}
	header, _ := s.child(moov, "mvhd")
	length := duration(s.clock(header))
	tracks := s.tracks(moov, header)
	if extends, ok := s.child(moov, "mvex"); ok {
		length = max(length, s.fragmentsEnd(tracks, moov, extends))
	} else if played := played(tracks); played > 0 {
		length = played // more exact than the header, and it may be 0 there
	}
	return video(firstShown(tracks).frame(), length)
}

// track is what matters of a track that is seen or heard.
type track struct {
	id       uint32
	pictures bool
	enabled  bool
	scale    uint32        // units in a second
	begin    time.Duration // how long the movie plays before it
	length   time.Duration // 0 if its samples come in fragments
	standard uint64        // how many units a sample lasts if its fragment doesn't say

	width, height           float64 // by the track's header, in square pixels
	matrix                  matrix  // of the track and the movie together
	codedWidth, codedHeight float64
	aspect                  float64 // of a pixel; 0 if the description of the samples doesn't say
}

// tracks reads the trak boxes of a movie.
func (s *source) tracks(moov, header box) []track {
	_, scale := s.clock(header)
	whole := s.matrix(header)
	var all []track
	for b := range s.boxes(moov) {
		if b.kind != "trak" || len(all) == maxTracks {
			continue
		}
		if t, ok := s.track(b, scale); ok {
			t.matrix = t.matrix.times(whole)
			all = append(all, t)
		}
	}
	return all
}

// track reads a track, and reports whether it is seen or heard at all.
func (s *source) track(trak box, movieScale uint32) (t track, ok bool) {
	handler, _ := s.child(trak, "mdia", "hdlr")
	switch string(s.bytes(handler.body+8, 4)) {
	case "vide", "pict": // a video, or a sequence of images (ISO/IEC 23008-12, section 7.2)
		t.pictures = true
	case "soun":
	default:
		return track{}, false
	}
	if header, ok := s.child(trak, "tkhd"); ok {
		s.trackHeader(&t, header)
	}
	media, _ := s.child(trak, "mdia", "mdhd")
	units, scale := s.clock(media)
	t.scale, t.length = scale, duration(units, scale)
	pause, edited := s.edited(trak)
	t.begin = duration(pause, movieScale)
	if edits := duration(edited, movieScale); edits > 0 {
		t.length = min(t.length, edits)
	}
	if t.pictures {
		s.sampleEntry(&t, trak)
	}
	return t, true
}

// trackHeader reads a tkhd box (ISO/IEC 14496-12, section 8.3.2).
func (s *source) trackHeader(t *track, b box) {
	c := cursor{rest: s.content(b)}
	head := c.uint(4)
	times := timeLength(head >> 24)
	c.skip(2 * times) // when it was made and changed
	id := uint32(c.uint(4))
	c.skip(4 + times + 16) // duration, layer, volume
	m := c.matrix()
	width, height := c.uint(4)>>16, c.uint(4)>>16 // browsers ignore the 16 bits behind the point
	if c.failed {
		return
	}
	t.enabled, t.id, t.matrix = head&1 != 0, id, m
	t.width, t.height = float64(width), float64(height)
}

// sampleEntry reads the first description of a track's samples (section 12.1.3), with
// the shape of its pixels (section 12.1.4). Browsers ignore a clean aperture (clap), and
// what the coded pictures say of their shape, so both are ignored here.
func (s *source) sampleEntry(t *track, trak box) {
	description, ok := s.child(trak, "mdia", "minf", "stbl", "stsd")
	if !ok {
		return
	}
	entry, ok := s.box(description.body+8, description.end)
	if !ok {
		return
	}
	const header = 78 // bytes in front of the entry's own boxes
	c := cursor{rest: s.bytes(entry.body+24, 4)}
	t.codedWidth, t.codedHeight = float64(c.uint(2)), float64(c.uint(2))
	if pasp, ok := s.child(box{body: entry.body + header, end: entry.end}, "pasp"); ok {
		c := cursor{rest: s.bytes(pasp.body, 8)}
		t.aspect = ratio(c.uint(4), c.uint(4))
	} else if entry.kind == "s263" && slices.Contains(h263Formats, [2]float64{t.codedWidth, t.codedHeight}) {
		t.aspect = 12. / 11
	}
}

// h263Formats are the widths and heights of H.263's own formats. They have pixels of one
// shape (ITU-T H.263, section 4.1).
var h263Formats = [][2]float64{{128, 96}, {176, 144}, {352, 288}, {704, 576}, {1408, 1152}}

// edited returns how long a track pauses before it plays, and how much of it is played, by
// its list of edits in the movie's units (section 8.6.6). Both are 0 if there is no list.
// Later pauses don't count, as in browsers.
func (s *source) edited(trak box) (pause, units uint64) {
	list, ok := s.child(trak, "edts", "elst")
	if !ok {
		return 0, 0
	}
	c := cursor{rest: s.content(list)}
	n := timeLength(c.uint(4) >> 24)
	for entries := c.uint(4); entries > 0 && !c.failed && s.step(); entries-- {
		length, begin := c.uint(n), c.uint(n)
		c.skip(4) // the rate
		switch {
		case c.failed:
		case begin != unknownTime(n):
			units += length
		case units == 0:
			pause += length
		}
	}
	return pause, units
}

// firstShown returns the track that a player shows: the first with pictures that isn't
// switched off. If all are, it is the first with pictures.
func firstShown(tracks []track) (first track) {
	for _, t := range tracks {
		switch {
		case !t.pictures:
		case t.enabled:
			return t
		case !first.pictures:
			first = t
		}
	}
	return first
}

// played returns how long tracks play, from where the first begins to where the last ends.
// It returns 0 if none has a length.
func played(tracks []track) time.Duration {
	first, last := time.Duration(math.MaxInt64), time.Duration(0)
	for _, t := range tracks {
		if t.length > 0 {
			first, last = min(first, t.begin), max(last, t.begin+t.length)
		}
	}
	return max(last-first, 0) // below 0 if no track has a length, or if an end overflows
}

// frame tells how a track's pictures look. Their size is that of the description of the
// samples. What the track's header says of width and height is only used for their shape,
// unless the description has no size.
func (t track) frame() frame {
	f := frame{width: t.codedWidth, height: t.codedHeight, turned: t.matrix.turns()}
	stretch := t.matrix.stretch()
	switch {
	case f.width == 0 || f.height == 0:
		f.width, f.height = t.width, t.height
	case t.aspect > 0:
		f.aspect = t.aspect
	case math.Abs(stretch-1) > 0.01:
		f.aspect = stretch
	case t.width > 0 && t.height > 0:
		f.aspect = t.width * f.height / (t.height * f.width)
	}
	return f
}

// clock reads the duration and time scale of an mvhd or mdhd box (sections 8.2.2,
// 8.4.2). A duration of all ones is unknown, and is returned as 0.
func (s *source) clock(b box) (units uint64, scale uint32) {
	c := cursor{rest: s.bytes(b.body, int(min(b.end-b.body, 32)))}
	n := timeLength(c.uint(4) >> 24)
	c.skip(2 * n)
	scale = uint32(c.uint(4))
	units = c.uint(n)
	if units == unknownTime(n) {
		units = 0
	}
	return units, scale
}

// timeLength returns how many bytes a time takes in a box of a version.
func timeLength(version uint64) int {
	if version == 0 {
		return 4
	}
	return 8
}

// unknownTime returns the time of n bytes that stands for an unknown one: all ones.
func unknownTime(n int) uint64 { return 1<<(8*n) - 1 }
