package dimensions

import "encoding/binary"

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

// jpeg walks the segments before the first scan. Exif may stand behind the frame's
// header, so that alone doesn't end the walk.
func jpeg(s *source) Result {
	var width, height int64
	turned := false
	for off := int64(2); ; {
		marker, ok := s.marker(&off)
		if !ok || marker == markerSOS || marker == markerEOI {
			break
		}
		if marker == markerTEM || marker >= markerRST0 && marker <= markerRST7 {
			continue // these stand alone
		}
		b := s.bytes(off, 2)
		if b == nil {
			break
		}
		end := off + int64(binary.BigEndian.Uint16(b))
		switch {
		case isFrame(marker) && width == 0:
			if frame := s.bytes(off+2, 5); frame != nil {
				height = int64(binary.BigEndian.Uint16(frame[1:]))
				width = int64(binary.BigEndian.Uint16(frame[3:]))
			}
		case marker == markerAPP1 && string(s.bytes(off+2, 6)) == "Exif\x00\x00":
			turned = turned || s.turned(off+2, end)
		}
		off = end
	}
	return picture(width, height, turned)
}

// marker takes the next marker at or behind off, and moves off past it. Decoders
// skip whatever else stands there, so that it hides nothing. What may be read bounds
// this, and with it the number of segments.
func (s *source) marker(off *int64) (byte, bool) {
	for {
		b := s.bytes(*off, 2)
		if b == nil {
			return 0, false
		}
		*off++
		if b[0] == 0xFF && b[1] != 0xFF && b[1] != 0 {
			*off++
			return b[1], true
		}
	}
}

func isFrame(marker byte) bool {
	return marker >= markerSOF0 && marker <= markerSOF0+15 &&
		marker != markerDHT && marker != markerJPG && marker != markerDAC
}
