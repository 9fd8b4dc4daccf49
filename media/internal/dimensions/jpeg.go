package dimensions

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	markerTEM  = 0x01
	markerSOF0 = 0xC0 // with those up to SOF15: a frame begins
	markerDHT  = 0xC4 // not a frame, nor are the next two
	markerJPG  = 0xC8
	markerDAC  = 0xCC
	markerRST0 = 0xD0
	markerRST7 = 0xD7
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerAPP1 = 0xE1
)

// exifMark begins an APP1 segment of Exif. Writers end it with two bytes of 0, but
// browsers take any second one.
var exifMark = []byte("Exif\x00")

// jpeg walks the segments, by their lengths, to the first scan: a file without one
// shows nothing, and neither does one of several frames. Exif may stand behind the
// frame's header.
func jpeg(s *source) Result {
	var width, height int64
	frames, exif, turned := 0, false, false
	for off := int64(2); s.step(); {
		marker, ok := s.marker(&off)
		if !ok || marker == markerEOI || frames > 1 {
			break
		}
		if marker == markerSOS {
			return picture(width, height, turned)
		}
		if marker == markerTEM || marker >= markerRST0 && marker <= markerRST7 {
			continue // these stand alone
		}
		b := s.bytes(off, 2)
		if b == nil {
			break
		}
		length := max(2, int64(binary.BigEndian.Uint16(b)))
		switch {
		case isFrame(marker):
			frames++
			if frame := s.bytes(off+2, 5); frame != nil {
				height = int64(binary.BigEndian.Uint16(frame[1:]))
				width = int64(binary.BigEndian.Uint16(frame[3:]))
			}
		case marker == markerAPP1 && !exif:
			exif, turned = s.exifSegment(off+2, int(length-2))
		}
		off += length
	}
	return Result{}
}

// marker takes the next marker at or behind off, and moves off past it. Decoders skip
// whatever else stands there, so it hides nothing.
func (s *source) marker(off *int64) (byte, bool) {
	for {
		b := s.from(*off, 2)
		if b == nil {
			return 0, false
		}
		for len(b) > 1 {
			*off++
			if b[0] == 0xFF && b[1] != 0xFF && b[1] != 0 {
				*off++
				return b[1], true
			}
			b = b[1:]
		}
	}
}

// exifSegment reports whether the content of an APP1 segment, n bytes at off, is Exif,
// and whether it asks for a turn. Of several the first counts, whatever it says.
func (s *source) exifSegment(off int64, n int) (exif, turned bool) {
	mark := len(exifMark) + 1
	if n <= mark || !bytes.HasPrefix(s.bytes(off, mark), exifMark) {
		return false, false
	}
	return true, turns(s.bytes(off+int64(mark), n-mark))
}

func isFrame(marker byte) bool {
	return marker >= markerSOF0 && marker <= markerSOF0+15 &&
		marker != markerDHT && marker != markerJPG && marker != markerDAC
}
