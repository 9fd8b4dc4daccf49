package dimensions

import "bytes"

// bitReader takes numbers off the front of some bytes, bit by bit.
type bitReader struct {
	rest   []byte
	used   int // bits of the first byte
	failed bool
}

// bits takes n bits, 32 at most.
func (r *bitReader) bits(n int) (value uint32) {
	for ; n > 0; n-- {
		if len(r.rest) == 0 {
			r.failed = true
			return 0
		}
		value = value<<1 | uint32(r.rest[0]>>(7-r.used)&1)
		if r.used++; r.used == 8 {
			r.rest, r.used = r.rest[1:], 0
		}
	}
	return value
}

// exp takes a number that has as many zeros in front of it as bits behind its first (ISO/IEC
// 14496-10, section 9.1).
func (r *bitReader) exp() uint32 {
	zeros := 0
	for !r.failed && r.bits(1) == 0 {
		if zeros++; zeros > 31 {
			r.failed = true
		}
	}
	if r.failed {
		return 0
	}
	return 1<<zeros - 1 + r.bits(zeros)
}

// skipExp takes n numbers as exp does. Numbers with a sign are as long as those without.
func (r *bitReader) skipExp(n uint32) {
	for ; n > 0 && !r.failed; n-- {
		r.exp()
	}
}

// sequenceSet reads a sequence parameter set of H.264 from behind the byte that names it
// (ISO/IEC 14496-10, section 7.3.2.1.1).
func sequenceSet(b []byte) (f frame, ok bool) {
	// Behind two zeros there is a 3, so that nothing inside looks like a start code.
	r := &bitReader{rest: bytes.ReplaceAll(b, []byte{0, 0, 3}, []byte{0, 0})}
	profile := r.bits(8)
	r.bits(16) // constraints, level
	r.exp()
	chroma := uint32(1)
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		chroma = r.skipColours()
	case 66, 77, 88:
	default:
		return f, false
	}
	r.exp() // the length of a frame's number
	switch r.exp() {
	case 0:
		r.exp()
	case 1:
		r.bits(1)
		r.skipExp(2)
		r.skipExp(r.exp())
	}
	r.exp() // how many frames others refer to
	r.bits(1)
	width, height := float64(r.exp())+1, float64(r.exp())+1
	fields := 2 - float64(r.bits(1)) // 2 if pictures may be fields
	if fields == 2 {
		r.bits(1)
	}
	r.bits(1)
	f.width, f.height = 16*width, 16*height*fields
	if r.bits(1) == 1 {
		r.crop(&f, chroma, fields)
	}
	if r.bits(1) == 1 {
		r.usability(&f)
	}
	return f, f.width > 0 && f.height > 0 && !r.failed
}

// usability takes the first of the usability information (section E.1.1): the shape of
// pixels, and how long each picture is shown.
func (r *bitReader) usability(f *frame) {
	if r.bits(1) == 1 {
		f.aspect = r.aspect()
	}
	if r.bits(1) == 1 {
		r.bits(1) // overscan
	}
	if r.bits(1) == 1 {
		r.bits(4) // the kind of signal
		if r.bits(1) == 1 {
			r.bits(24) // colours
		}
	}
	if r.bits(1) == 1 {
		r.skipExp(2) // where colours are sampled
	}
	if r.bits(1) == 1 {
		ticks, scale := r.bits(32), r.bits(32)
		f.period = duration(2*uint64(ticks), scale) // a tick for each field
	}
}

// skipColours takes what only some profiles have. It returns how colours are sampled.
func (r *bitReader) skipColours() (chroma uint32) {
	chroma = r.exp()
	lists := 8
	if chroma == 3 {
		lists = 12
		r.bits(1)
	}
	r.skipExp(2)
	r.bits(1)
	if r.bits(1) == 0 {
		return chroma
	}
	for i := range lists {
		if r.bits(1) == 1 {
			r.skipScalingList(i)
		}
	}
	return chroma
}

// skipScalingList takes the i-th list (section 7.3.2.1.1.1). The list ends early if a step
// leads to zero.
func (r *bitReader) skipScalingList(i int) {
	size := 16
	if i >= 6 {
		size = 64
	}
	last := uint8(8)
	for range size {
		step := r.exp()
		// Odd numbers are positive, even ones negative.
		if step&1 == 1 {
			last += uint8(step/2 + 1)
		} else {
			last -= uint8(step / 2)
		}
		if last == 0 || r.failed {
			return
		}
	}
}

// crop takes how much of each side isn't shown, in units of a sample of colour.
func (r *bitReader) crop(f *frame, chroma uint32, fields float64) {
	unitX, unitY := 1.0, fields
	if chroma == 1 || chroma == 2 {
		unitX = 2
	}
	if chroma == 1 {
		unitY *= 2
	}
	f.width -= unitX * (float64(r.exp()) + float64(r.exp()))
	f.height -= unitY * (float64(r.exp()) + float64(r.exp()))
}

// aspect takes the shape of a pixel (section E.2.1).
func (r *bitReader) aspect() float64 {
	code := r.bits(8)
	if code == 255 {
		wide, high := r.bits(16), r.bits(16)
		return ratio(uint64(wide), uint64(high))
	}
	if code < uint32(len(h264Aspects)) {
		return ratio(h264Aspects[code][0], h264Aspects[code][1])
	}
	return 0
}

// h264Aspects are the widths and heights of pixels, by their code (table E-1).
var h264Aspects = [...][2]uint64{
	{}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11},
	{80, 33}, {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1},
}
