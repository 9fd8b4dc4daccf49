package dimensions

import "encoding/binary"

// The one field of Exif that matters here, and the type that it has
// (Exif 2.32, section 4.6.4).
const (
	tagOrientation = 0x0112
	typeShort      = 3
)

// turned reports whether the Exif data at off, which ends before end, asks for
// width and height to be exchanged: orientations 5 to 8.
func (s *source) turned(off, end int64) bool {
	if string(s.bytes(off, 6)) == "Exif\x00\x00" {
		off += 6 // JPEG requires it, PNG and WebP don't, and some writers of theirs add it
	}
	header := s.bytes(off, 8)
	if header == nil || off+8 > end {
		return false
	}
	var order binary.ByteOrder
	switch string(header[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return false
	}
	at := off + int64(order.Uint32(header[4:]))
	count := s.bytes(at, 2)
	if count == nil {
		return false
	}
	at += 2
	for range order.Uint16(count) {
		entry := s.bytes(at, 12)
		if entry == nil || at+12 > end || !s.step() {
			return false
		}
		if order.Uint16(entry) == tagOrientation {
			value := order.Uint16(entry[8:])
			return order.Uint16(entry[2:]) == typeShort && value >= 5 && value <= 8
		}
		at += 12
	}
	return false
}
