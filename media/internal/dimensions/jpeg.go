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
	for off := int64(2); s.step(); {
		b := s.bytes(off, 4)
		if b == nil || b[0] != 0xFF || b[1] == markerSOS || b[1] == markerEOI {
			break
		}
		marker := b[1]
		if marker == 0xFF { // a fill byte
			off++
			continue
		}
		if marker == markerTEM || marker >= markerRST0 && marker <= markerRST7 { // alone
			off += 2
			continue
		}
		length := int64(binary.BigEndian.Uint16(b[2:]))
		if length < 2 {
			break
		}
		switch {
		case isFrame(marker) && width == 0:
			if frame := s.bytes(off+4, 5); frame != nil {
				height = int64(binary.BigEndian.Uint16(frame[1:]))
				width = int64(binary.BigEndian.Uint16(frame[3:]))
			}
		case marker == markerAPP1 && string(s.bytes(off+4, 6)) == "Exif\x00\x00":
			turned = turned || s.turned(off+4, off+2+length)
		}
		off += 2 + length
	}
	return picture(width, height, turned)
}

func isFrame(marker byte) bool {
	return marker >= markerSOF0 && marker <= markerSOF0+15 &&
		marker != markerDHT && marker != markerJPG && marker != markerDAC
}
