package dimensions

import "encoding/binary"

// heif reads the properties of the primary item of a HEIF or AVIF file
// (ISO/IEC 23008-12, section 6.5). Exif says nothing there: turns are properties
// too. A file that only holds a sequence tells by its track.
func heif(s *source) Result {
	meta, ok := s.child(s.file(), "meta")
	if !ok {
		m := movie(s)
		return picture(int64(m.Width), int64(m.Height), false)
	}
	meta.body += 4 // version and flags
	item := s.primaryItem(meta)
	properties, ok := s.child(meta, "iprp", "ipco")
	if !ok {
		return Result{}
	}
	var all []box
	pixels := int64(0)
	for b := range s.boxes(properties) {
		all = append(all, b)
		pixels = max(pixels, s.extent(b).Pixels)
	}
	var r Result
	for _, index := range s.associations(meta, item) {
		if index >= 1 && index <= uint64(len(all)) {
			r = s.apply(r, all[index-1])
		}
	}
	r.Pixels = pixels // of the largest picture: tiles can be larger than what is made of them
	return r
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
// in which they are to be applied.
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
func (s *source) extent(property box) Result {
	if property.kind != "ispe" {
		return Result{}
	}
	b := s.bytes(property.body, 12)
	if b == nil {
		return Result{}
	}
	return picture(int64(binary.BigEndian.Uint32(b[4:])), int64(binary.BigEndian.Uint32(b[8:])), false)
}

// apply returns what becomes of r by a property. Mirroring (imir) changes no size.
func (s *source) apply(r Result, property box) Result {
	switch property.kind {
	case "ispe":
		return s.extent(property)
	case "irot": // quarter turns
		if b := s.bytes(property.body, 1); b != nil && b[0]&1 != 0 {
			r.Width, r.Height = r.Height, r.Width
		}
	case "clap": // two fractions, then where that aperture is
		c := cursor{rest: s.bytes(property.body, 16)}
		width, height := c.ratio(), c.ratio()
		if width >= 1 && height >= 1 && width <= uint64(r.Width) && height <= uint64(r.Height) {
			r.Width, r.Height = int(width), int(height)
		}
	}
	return r
}

// ratio takes two numbers of 32 bits and divides them; 0 where that can't be.
func (c *cursor) ratio() uint64 {
	n, d := c.uint(4), c.uint(4)
	if d == 0 {
		return 0
	}
	return n / d
}
