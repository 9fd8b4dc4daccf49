package dimensions

// heic reads the primary item of a HEIF file or, if it holds a sequence alone, the
// sequence's track (ISO/IEC 23008-12, sections 6 and 7). Exif says nothing there: turns
// are properties of the item.
func heic(s *source) Result {
	meta, ok := s.child(s.file(), "meta")
	if !ok {
		return s.sequence()
	}
	shown := s.item(meta, Result.transform)
	if isSequence(s.brand()) {
		shown.Pixels = max(shown.Pixels, s.sequence().Pixels)
	}
	return shown
}

// avif reads an AVIF file as browsers do: of a sequence they show the track and never
// turn it, of all else the primary item. They show nothing that has no items.
func avif(s *source) Result {
	meta, ok := s.child(s.file(), "meta")
	if !ok {
		return Result{}
	}
	item := s.item(meta, Result.transformAVIF)
	if !isSequence(s.brand()) {
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
