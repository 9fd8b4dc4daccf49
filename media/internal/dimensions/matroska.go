package dimensions

import (
	"bytes"
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
	idCluster        = 0x1F43B675
	idTimestamp      = 0xE7
	idSimpleBlock    = 0xA3
	idBlockGroup     = 0xA0
	idBlock          = 0xA1
)

// element is an element of EBML (RFC 8794): its id and where its data begins and ends.
type element struct {
	id        uint64
	body, end int64
}

// elements yields the elements inside another. One of unknown size is taken to end with
// what it is in. So is a segment or a cluster that says it is longer than that, as in a
// file that was cut short. Any other element that is too long ends the walk, because what
// is left of it would mislead.
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
	e := element{id: id | 1<<idBits, body: body, end: end} // the bit that marks the length is a part of an id
	switch {
	case size == 1<<sizeBits-1:
	case int64(size) <= end-body:
		e.end = body + int64(size)
	default:
		return e, e.id == idSegment || e.id == idCluster
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

// matroska reads the info and the tracks of the first segment. Writers put both in front
// of the clusters. If one doesn't, clusters are skipped within the bounds.
func matroska(s *source) Result {
	var f frame
	info := segmentInfo{scale: uint64(time.Millisecond)}
	var hasInfo, hasTracks bool
	for segment := range s.elements(element{end: s.size}) {
		if segment.id != idSegment {
			continue
		}
		for e := range s.elements(segment) {
			switch e.id {
			case idInfo:
				info, hasInfo = s.segmentInfo(e), true
			case idTracks:
				f, hasTracks = s.firstVideo(e), true
			}
			if hasInfo && hasTracks {
				break
			}
		}
		break
	}
	if info.units == 0 && hasTracks {
		info.units = float64(s.lastBlock())
	}
	return video(f, info.length())
}

// segmentInfo is what an Info element tells.
type segmentInfo struct {
	scale uint64  // nanoseconds in a unit
	units float64 // how long the segment lasts; 0 if its writer didn't know
}

func (s *source) segmentInfo(info element) segmentInfo {
	i := segmentInfo{scale: uint64(time.Millisecond)}
	for e := range s.elements(info) {
		switch e.id {
		case idTimestampScale:
			i.scale = s.uintOf(e)
		case idDuration:
			i.units = s.floatOf(e)
		}
	}
	return i
}

func (i segmentInfo) length() time.Duration {
	nanoseconds := i.units * float64(i.scale)
	if !(nanoseconds > 0 && nanoseconds < math.MaxInt64) { // false for NaN too
		return 0
	}
	return time.Duration(nanoseconds)
}

// lastBlock returns when the last block of a file begins, in units of its segment. It
// looks at the clusters at the end of the file. A recorder that can't go back to the start
// of its file leaves nothing else of the duration.
func (s *source) lastBlock() int64 {
	for at, tail := range s.tails(s.size) {
		for from := 0; s.step(); from += len(cluster) {
			i := bytes.Index(tail[from:], []byte(cluster))
			if i < 0 {
				break
			}
			from += i
			if last, ok := s.lastBlockFrom(at + int64(from)); ok {
				return last
			}
		}
	}
	return 0
}

// cluster is the id of a cluster, as bytes of a file.
const cluster = "\x1f\x43\xb6\x75"

// lastBlockFrom walks over all blocks from the cluster at off on. It goes into each cluster,
// because one of unknown size ends only at the next.
func (s *source) lastBlockFrom(off int64) (last int64, ok bool) {
	var begin int64 // when the cluster begins
	for off < s.size && s.step() {
		e, whole := s.element(off, s.size)
		if !whole {
			break
		}
		off = e.end
		switch e.id {
		case idCluster, idBlockGroup:
			off = e.body
		case idTimestamp:
			begin = int64(min(s.uintOf(e), math.MaxInt32<<16))
		case idSimpleBlock, idBlock:
			last, ok = max(last, begin+s.blockOffset(e)), true
		}
	}
	return last, ok
}

// blockOffset returns how long after its cluster a block begins. The offset has 16 bits and
// a sign, and follows the number of the track (RFC 9559, section 10.1).
func (s *source) blockOffset(e element) int64 {
	c := cursor{rest: s.bytes(e.body, int(min(10, e.end-e.body)))}
	if _, _, ok := c.vint(); !ok {
		return 0
	}
	return int64(int16(c.uint(2)))
}

// firstVideo tells how the first track with pictures looks.
func (s *source) firstVideo(tracks element) frame {
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
			return s.videoFrame(picture)
		}
	}
	return frame{}
}

// videoFrame reads a Video element (RFC 9559, section 5.1.4.1.28). As in browsers, cropped
// pixels are shown all the same, and the display size is only used for the shape.
func (s *source) videoFrame(v element) frame {
	var width, height, displayWidth, displayHeight, cropWidth, cropHeight, roll float64
	unit := uint64(0)
	for e := range s.elements(v) {
		switch e.id {
		case idPixelWidth:
			width = float64(s.uintOf(e))
		case idPixelHeight:
			height = float64(s.uintOf(e))
		case idCropLeft, idCropRight:
			cropWidth += float64(s.uintOf(e))
		case idCropTop, idCropBottom:
			cropHeight += float64(s.uintOf(e))
		case idDisplayWidth:
			displayWidth = float64(s.uintOf(e))
		case idDisplayHeight:
			displayHeight = float64(s.uintOf(e))
		case idDisplayUnit:
			unit = s.uintOf(e)
		case idProjection:
			roll = s.poseRoll(e)
		}
	}
	quarters := math.Abs(roll) / 90
	f := frame{width: width, height: height, turned: quarters == 1 || quarters == 3}
	if displayWidth == 0 {
		displayWidth = width - cropWidth
	}
	if displayHeight == 0 {
		displayHeight = height - cropHeight
	}
	// Pixels, lengths or a ratio: units above are unknown.
	if unit <= 3 && width > cropWidth && height > cropHeight {
		f.aspect = displayWidth * (height - cropHeight) / (displayHeight * (width - cropWidth))
	}
	return f
}

func (s *source) poseRoll(projection element) float64 {
	for e := range s.elements(projection) {
		if e.id == idPoseRoll {
			return s.floatOf(e)
		}
	}
	return 0
}

// uintOf returns an unsigned integer. One of no bytes is 0, and so is one of more than 8.
func (s *source) uintOf(e element) uint64 {
	if e.end-e.body > 8 {
		return 0
	}
	c := cursor{rest: s.bytes(e.body, int(e.end-e.body))}
	return c.uint(int(e.end - e.body))
}

// floatOf returns a float, which has 4 bytes or 8. One of another length is 0.
func (s *source) floatOf(e element) float64 {
	switch bits := s.uintOf(e); e.end - e.body {
	case 4:
		return float64(math.Float32frombits(uint32(bits)))
	case 8:
		return math.Float64frombits(bits)
	}
	return 0
}
