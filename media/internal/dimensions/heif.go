package dimensions

import (
	"encoding/binary"
	"math"
)

// heic reads the primary item of a HEIF file or, if it holds a sequence alone, the
// sequence's track (ISO/IEC 23008-12, sections 6 and 7). Exif says nothing there: turns
// are properties of the item.
func heic(s *source) Result {
	meta, ok := s.child(s.file(), "meta")
	if !ok {
		m, track := movie(s), s.sequence()
		shown := picture(int64(m.Width), int64(m.Height), false)
		shown.Pixels = max(shown.Pixels, track.Pixels)
		return shown
	}
	shown := s.item(meta, Result.transform)
	if isSequence(s.brand()) {
		shown.Pixels = max(shown.Pixels, s.sequence().Pixels)
	}
	return shown
}

// avif reads an AVIF file as browsers do: of a sequence they show the track and never
// turn it, of all else the primary item.
func avif(s *source) Result {
	meta, hasItems := s.child(s.file(), "meta")
	item := s.item(meta, Result.transformAVIF)
	if hasItems && !isSequence(s.brand()) {
		return item
	}
	track := s.sequence()
	track.Pixels = max(track.Pixels, item.Pixels)
	return track
}

// brand returns the file's major brand.
func (s *source) brand() string { return string(s.bytes(8, 4)) }

// isSequence holds for the brands of files that are meant to be shown as a sequence.
func isSequence(brand string) bool {
	switch brand {
	case "avis", "msf1", "hevc", "hevx", "hevm", "hevs":
		return true
	}
	return false
}

// item returns the size of the primary item, put together from its properties by
// transform. Its Pixels are those of the largest item: tiles can be larger than what is
// made of them.
func (s *source) item(meta box, transform func(Result, []property) Result) Result {
	meta.body += 4 // version and flags
	container, ok := s.child(meta, "iprp", "ipco")
	if !ok {
		return Result{}
	}
	var all []property
	pixels := int64(0)
	for b := range s.boxes(container) {
		p := property{kind: b.kind, body: s.bytes(b.body, int(min(b.end-b.body, maxProperty)))}
		all = append(all, p)
		pixels = max(pixels, p.extent().Pixels)
	}
	var own []property
	for _, index := range s.associations(meta, s.primaryItem(meta)) {
		if index >= 1 && index <= uint64(len(all)) {
			own = append(own, all[index-1])
		}
	}
	r, _ := first(own, "ispe")
	shown := transform(r.extent(), own)
	shown.Pixels = pixels
	return shown
}

// maxProperty is as much of a property as is looked at: clap is the longest.
const maxProperty = 32

// property is one of those that describe an item: an extent (ispe), a clean aperture
// (clap), a turn (irot), or one that changes no size.
type property struct {
	kind string
	body []byte
}

func first(all []property, kind string) (property, bool) {
	for _, p := range all {
		if p.kind == kind {
			return p, true
		}
	}
	return property{}, false
}

func (s *source) primaryItem(meta box) uint64 {
	b, _ := s.child(meta, "pitm")
	c := cursor{rest: s.content(b)}
	return c.uint(idLength(c.uint(4)))
}

// idLength is how many bytes an item's id takes in a box that has these version and
// flags: items got more bits with the first version.
func idLength(versionAndFlags uint64) int {
	if versionAndFlags>>24 == 0 {
		return 2
	}
	return 4
}

// associations returns the numbers of an item's properties, from 1 on, in the order
// in which the file lists them.
func (s *source) associations(meta box, item uint64) []uint64 {
	properties, _ := s.child(meta, "iprp")
	for b := range s.boxes(properties) {
		if b.kind != "ipma" {
			continue
		}
		c := cursor{rest: s.content(b)}
		head := c.uint(4)
		indexLength, essential := 1, uint64(0x80)
		if head&1 != 0 {
			indexLength, essential = 2, 0x8000
		}
		for entries := c.uint(4); entries > 0 && !c.failed && s.step(); entries-- {
			id := c.uint(idLength(head))
			count := int(c.uint(1))
			if id != item {
				c.skip(count * indexLength)
				continue
			}
			indices := make([]uint64, count)
			for i := range indices {
				indices[i] = c.uint(indexLength) &^ essential
			}
			return indices
		}
	}
	return nil
}

// extent returns the size that an ispe property tells, and nothing for others.
func (p property) extent() Result {
	if p.kind != "ispe" || len(p.body) < 12 {
		return Result{}
	}
	return picture(int64(binary.BigEndian.Uint32(p.body[4:])), int64(binary.BigEndian.Uint32(p.body[8:])), false)
}

// turn exchanges width and height if an irot property asks for an odd number of quarter
// turns. Mirroring (imir) changes no size.
func (r Result) turn(irot property) Result {
	if len(irot.body) > 0 && irot.body[0]&1 != 0 {
		r.Width, r.Height = r.Height, r.Width
	}
	return r
}

// transform crops and turns in the order of the properties (ISO/IEC 23008-12,
// section 6.3). The extent counts first, wherever among them it stands.
func (r Result) transform(all []property) Result {
	for _, p := range all {
		switch p.kind {
		case "clap":
			r = r.crop(p.aperture(r))
		case "irot":
			r = r.turn(p)
		}
	}
	return r
}

// transformAVIF crops and turns as browsers do: the first clap before the first irot,
// and a clap only if it keeps the upper left corner and falls on whole pixels.
func (r Result) transformAVIF(all []property) Result {
	clap, _ := first(all, "clap")
	if a := clap.aperture(r); a.left == 0 && a.top == 0 && a.whole() && a.right <= float64(r.Width) && a.bottom <= float64(r.Height) {
		r = r.crop(a)
	}
	irot, _ := first(all, "irot")
	return r.turn(irot)
}

// aperture is a part of a picture, in pixels from its upper left corner.
type aperture struct{ left, top, right, bottom float64 }

// aperture returns what a clap property keeps of r (ISO/IEC 14496-12, section 12.1.4):
// width and height, and how far the middle of that is from the middle of r. What can't be
// computed is not a number or infinite.
func (p property) aperture(r Result) aperture {
	c := cursor{rest: p.body}
	width, height := c.fraction(), c.fraction()
	left := (float64(r.Width)-width)/2 + c.fraction()
	top := (float64(r.Height)-height)/2 + c.fraction()
	if c.failed {
		left = math.NaN()
	}
	return aperture{left, top, left + width, top + height}
}

func (a aperture) whole() bool {
	return a.right == math.Trunc(a.right) && a.bottom == math.Trunc(a.bottom)
}

// crop returns r without what is outside a, or r itself if nothing is inside.
func (r Result) crop(a aperture) Result {
	width := math.Floor(min(a.right, float64(r.Width)) - max(a.left, 0))
	height := math.Floor(min(a.bottom, float64(r.Height)) - max(a.top, 0))
	if width >= 1 && height >= 1 { // not so of what is not a number
		r.Width, r.Height = int(width), int(height)
	}
	return r
}

// fraction takes two numbers of 32 bits with a sign, and divides them.
func (c *cursor) fraction() float64 {
	n, d := int32(c.uint(4)), int32(c.uint(4))
	return float64(n) / float64(d)
}

// sequence reads the first track of pictures: the size in its header, and in Pixels the
// larger one of what header and descriptions of samples tell.
func (s *source) sequence() Result {
	moov, _ := s.child(s.file(), "moov")
	for trak := range s.boxes(moov) {
		if trak.kind != "trak" || !s.hasPictures(trak) {
			continue
		}
		var shown Result
		if header, ok := s.child(trak, "tkhd"); ok {
			c := cursor{rest: s.bytes(header.end-8, 8)}
			shown = picture(int64(c.uint(4)>>16), int64(c.uint(4)>>16), false)
		}
		if descriptions, ok := s.child(trak, "mdia", "minf", "stbl", "stsd"); ok {
			descriptions.body += 8 // version, flags and how many there are
			for entry := range s.boxes(descriptions) {
				c := cursor{rest: s.bytes(entry.body+24, 4)}
				shown.Pixels = max(shown.Pixels, picture(int64(c.uint(2)), int64(c.uint(2)), false).Pixels)
			}
		}
		return shown
	}
	return Result{}
}

func (s *source) hasPictures(trak box) bool {
	handler, ok := s.child(trak, "mdia", "hdlr")
	if !ok {
		return false
	}
	kind := string(s.bytes(handler.body+8, 4))
	return kind == "pict" || kind == "vide"
}
