package dimensions

import (
	"bytes"
	"time"
)

// startMark begins each part of coded pictures. The byte behind it tells the kind of part.
const startMark = "\x00\x00\x01"

// pictureHeader reads the first description in a stream of pictures. It reports false if
// there is none, or only the begin of one.
func (s *source) pictureHeader(b []byte) (frame, bool) {
	for s.step() {
		i := bytes.Index(b, []byte(startMark))
		if i < 0 || len(b) < i+5 {
			return frame{}, false
		}
		b = b[i+len(startMark):]
		switch b[0] {
		case 0xb3:
			return sequenceHeader(b[1:])
		case 0x27, 0x47, 0x67: // it is of H.264, or a slice of an MPEG picture
			end := bytes.Index(b, []byte(startMark))
			if f, ok := sequenceSet(b[1:max(end, 1)]); ok {
				return f, true
			}
		}
	}
	return frame{}, false
}

// sequenceHeader reads the sequence header of MPEG-1 (ISO/IEC 11172-2, section 2.4.2.3)
// or MPEG-2 (ISO/IEC 13818-2, sections 6.2.2.1 and 6.2.2.3).
func sequenceHeader(b []byte) (f frame, ok bool) {
	next := bytes.Index(b, []byte(startMark))
	if next < 8 || len(b) < next+7 {
		return frame{}, false // its end is missing
	}
	c := cursor{rest: b}
	sides, code := c.uint(3), c.uint(1)
	shape := code >> 4
	width, height := sides>>12, sides&0xfff
	period := time.Duration(0)
	if rate := code & 15; rate < uint64(len(mpegPeriods)) {
		period = mpegPeriods[rate]
	}
	c = cursor{rest: b[next+len(startMark):]}
	if extended := c.uint(1) == 0xb5; !extended || c.rest[0]>>4 != 1 { // of MPEG-1
		f = frame{width: float64(width), height: float64(height), period: period}
		if shape < uint64(len(mpeg1Aspects)) {
			f.aspect = ratio(1e4, mpeg1Aspects[shape])
		}
		return f, true
	}
	more := c.uint(3) >> 5 // the highest two bits of each side
	f = frame{width: float64(more>>2&3<<12 | width), height: float64(more&3<<12 | height), period: period}
	if shape < uint64(len(mpeg2Shapes)) && f.width > 0 {
		f.aspect = mpeg2Shapes[shape] * f.height / f.width
	}
	if shape == 1 {
		f.aspect = 1
	}
	return f, true
}

// mpeg1Aspects are the heights of pixels by their widths, in ten thousandths, by their code
// (ISO/IEC 11172-2, section 2.4.3.2).
var mpeg1Aspects = [...]uint64{
	0, 10000, 6735, 7031, 7615, 8055, 8437, 8935, 9157, 9815, 10255, 10695, 10950, 11575, 12015,
}

// mpeg2Shapes are the widths of whole pictures by their heights, by their code (ISO/IEC
// 13818-2, table 6-3). Code 1 stands for square pixels.
var mpeg2Shapes = [...]float64{2: 4. / 3, 3: 16. / 9, 4: 2.21}

// mpegPeriods are how long a picture is shown, by a code (ISO/IEC 13818-2, table 6-4).
var mpegPeriods = [...]time.Duration{
	0, time.Second * 1001 / 24000, time.Second / 24, time.Second / 25, time.Second * 1001 / 30000,
	time.Second / 30, time.Second / 50, time.Second * 1001 / 60000, time.Second / 60,
}
