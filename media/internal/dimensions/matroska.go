package dimensions

import (
	"iter"
	"math"
	"math/bits"
	"time"
)

// Elements of Matroska and WebM (RFC 9559, section 5.1).
const (
	idSegment        = 0x18538067
	idInfo           = 0x1549A966
	idTimestampScale = 0x2AD7B1
	idDuration       = 0x4489
	idTracks         = 0x1654AE6B
	idTrackEntry     = 0xAE
	idTrackType      = 0x83
	idVideo          = 0xE0
	idPixelWidth     = 0xB0
	idPixelHeight    = 0xBA
	idCropBottom     = 0x54AA
	idCropTop        = 0x54BB
	idCropLeft       = 0x54CC
	idCropRight      = 0x54DD
	idDisplayWidth   = 0x54B0
	idDisplayHeight  = 0x54BA
	idDisplayUnit    = 0x54B2
	idProjection     = 0x7670
	idPoseRoll       = 0x7675
)

// element is an element of EBML (RFC 8794): its id and where its data begins and ends.
type element struct {
	id        uint64
	body, end int64
}

// elements yields those inside another. One of unknown size is taken to end with
// that. So is a segment that says it is longer, as in a file that was cut short; at
// any other such element the walk ends, since what is left of it would mislead.
func (s *source) elements(in element) iter.Seq[element] {
	return func(yield func(element) bool) {
		for off := in.body; off < in.end && s.step(); {
			e, ok := s.element(off, in.end)
			if !ok || !yield(e) {
				return
			}
			off = e.end
		}
	}
}

// element reads the header at off of an element that ends no later than end.
func (s *source) element(off, end int64) (element, bool) {
	header := s.bytes(off, int(min(12, end-off))) // an id has 4 bytes at most, a size 8
	c := cursor{rest: header}
	id, idBits, ok := c.vint()
	if !ok || idBits > 28 {
		return element{}, false
	}
	size, sizeBits, ok := c.vint()
	if !ok {
		return element{}, false
	}
	body := off + int64(len(header)-len(c.rest))
	e := element{id: id | 1<<idBits, body: body, end: end} // the length's mark belongs to an id
	switch {
	case size == 1<<sizeBits-1:
	case int64(size) <= end-body:
		e.end = body + int64(size)
	default:
		return e, e.id == idSegment
	}
	return e, true
}

// vint takes a number of variable length and tells how many bits it has room for
// (RFC 8794, section 4).
func (c *cursor) vint() (value uint64, room int, ok bool) {
	if len(c.rest) == 0 || c.rest[0] == 0 {
		return 0, 0, false
	}
	length := bits.LeadingZeros8(c.rest[0]) + 1
	room = 7 * length
	value = c.uint(length) &^ (1 << room)
	return value, room, !c.failed
}

// matroska reads the info and the tracks of the first segment. Writers put both
// before the clusters; whoever doesn't has as many clusters skipped as may be read.
func matroska(s *source) Result {
	var r Result
	var length time.Duration
	var hasInfo, hasTracks bool
	for segment := range s.elements(element{end: s.size}) {
		if segment.id != idSegment {
			continue
		}
		for e := range s.elements(segment) {
			switch e.id {
			case idInfo:
				length, hasInfo = s.segmentLength(e), true
			case idTracks:
				r, hasTracks = s.firstVideo(e), true
			}
			if hasInfo && hasTracks {
				break
			}
		}
		break
	}
	r.Duration = length
	return r
}

// segmentLength reads an Info element. A live stream knows no duration.
func (s *source) segmentLength(info element) time.Duration {
	scale, units := uint64(time.Millisecond), 0.0
	for e := range s.elements(info) {
		switch e.id {
		case idTimestampScale:
			scale = s.uintOf(e)
		case idDuration:
			units = s.floatOf(e)
		}
	}
	nanoseconds := units * float64(scale)
	if !(nanoseconds > 0 && nanoseconds < math.MaxInt64) { // not so of NaN either
		return 0
	}
	return time.Duration(nanoseconds)
}

// firstVideo returns the dimensions of the first track with pictures.
func (s *source) firstVideo(tracks element) Result {
	for entry := range s.elements(tracks) {
		if entry.id != idTrackEntry {
			continue
		}
		isVideo := false
		var picture element
		for e := range s.elements(entry) {
			switch e.id {
			case idTrackType:
				isVideo = s.uintOf(e) == 1
			case idVideo:
				picture = e
			}
		}
		if isVideo {
			return s.videoSize(picture)
		}
	}
	return Result{}
}

// videoSize reads a Video element (RFC 9559, section 5.1.4.1.28): what is left of
// the pixels after cropping, unless it says at which size that is to be displayed.
func (s *source) videoSize(v element) Result {
	var pixelWidth, pixelHeight, width, height, cropWidth, cropHeight, roll float64
	unit := uint64(0)
	for e := range s.elements(v) {
		switch e.id {
		case idPixelWidth:
			pixelWidth = float64(s.uintOf(e))
		case idPixelHeight:
			pixelHeight = float64(s.uintOf(e))
		case idCropLeft, idCropRight:
			cropWidth += float64(s.uintOf(e))
		case idCropTop, idCropBottom:
			cropHeight += float64(s.uintOf(e))
		case idDisplayWidth:
			width = float64(s.uintOf(e))
		case idDisplayHeight:
			height = float64(s.uintOf(e))
		case idDisplayUnit:
			unit = s.uintOf(e)
		case idProjection:
			roll = s.poseRoll(e)
		}
	}
	pixelWidth, pixelHeight = pixelWidth-cropWidth, pixelHeight-cropHeight
	switch known := width > 0 && height > 0; {
	case !known || unit > 3: // in units that nobody knows
		width, height = pixelWidth, pixelHeight
	case unit != 0: // lengths or a ratio: it is only the shape that they tell
		width, height = pixelHeight*width/height, pixelHeight
	}
	if quarters := math.Abs(roll) / 90; quarters == 1 || quarters == 3 {
		width, height = height, width
	}
	return video(width, height, 0)
}

func (s *source) poseRoll(projection element) float64 {
	for e := range s.elements(projection) {
		if e.id == idPoseRoll {
			return s.floatOf(e)
		}
	}
	return 0
}

// uintOf returns an unsigned integer; one of no bytes is 0.
func (s *source) uintOf(e element) uint64 {
	if e.end-e.body > 8 {
		return 0
	}
	c := cursor{rest: s.bytes(e.body, int(e.end-e.body))}
	return c.uint(int(e.end - e.body))
}

// floatOf returns a float, which has 4 bytes or 8.
func (s *source) floatOf(e element) float64 {
	switch bits := s.uintOf(e); e.end - e.body {
	case 4:
		return float64(math.Float32frombits(uint32(bits)))
	case 8:
		return math.Float64frombits(bits)
	}
	return 0
}
