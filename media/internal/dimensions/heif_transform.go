package dimensions

import (
	"encoding/binary"
	"math"
)

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
// and a clap only if it keeps the upper left corner and falls on whole pixels. They show
// nothing if either is cut short.
func (r Result) transformAVIF(all []property) Result {
	if clap, ok := first(all, "clap"); ok {
		if len(clap.body) < maxProperty {
			return Result{}
		}
		if a := clap.aperture(r); a.left == 0 && a.top == 0 && a.whole() && a.right <= float64(r.Width) && a.bottom <= float64(r.Height) {
			r = r.crop(a)
		}
	}
	if irot, ok := first(all, "irot"); ok {
		if len(irot.body) == 0 {
			return Result{}
		}
		r = r.turn(irot)
	}
	return r
}

// aperture is a part of a picture, in pixels from its upper left corner.
type aperture struct{ left, top, right, bottom float64 }

// aperture returns what a clap property keeps of r (ISO/IEC 14496-12, section 12.1.4):
// width and height, and how far the middle of that is from the middle of r. What can't be
// computed is not a number or infinite.
func (p property) aperture(r Result) aperture {
	c := cursor{rest: p.body}
	width := float64(c.uint(4)) / float64(c.uint(4))
	height := float64(c.uint(4)) / float64(c.uint(4))
	left := (float64(r.Width)-width)/2 + float64(int32(c.uint(4)))/float64(c.uint(4))
	top := (float64(r.Height)-height)/2 + float64(int32(c.uint(4)))/float64(c.uint(4))
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
	width := math.Round(min(a.right, float64(r.Width)) - max(a.left, 0))
	height := math.Round(min(a.bottom, float64(r.Height)) - max(a.top, 0))
	if width >= 1 && height >= 1 { // not so of what is not a number
		r.Width, r.Height = int(width), int(height)
	}
	return r
}
