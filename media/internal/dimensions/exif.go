package dimensions

import "encoding/binary"

// The one field of Exif that matters here, and the type that it must have
// (Exif 2.32, section 4.6.4).
const (
	tagOrientation = 0x0112
	typeShort      = 3
)

// turns reports whether Exif data, which begins with a TIFF header, asks for width and
// height to be exchanged: with orientations 5 to 8.
//
// As browsers do, it takes the first orientation that is valid, of the first directory
// alone, and as many entries of a directory that was cut short as there are.
func turns(tiff []byte) bool {
	if len(tiff) < 8 {
		return false
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return false
	}
	at := int64(order.Uint32(tiff[4:]))
	if at > int64(len(tiff)-2) {
		return false
	}
	directory := tiff[at:]
	count := order.Uint16(directory)
	for entry := directory[2:]; count > 0 && len(entry) >= 12; count, entry = count-1, entry[12:] {
		value := order.Uint16(entry[8:])
		isOrientation := order.Uint16(entry) == tagOrientation && order.Uint16(entry[2:]) == typeShort && order.Uint32(entry[4:]) == 1
		if isOrientation && value >= 1 && value <= 8 {
			return value >= 5
		}
	}
	return false
}
