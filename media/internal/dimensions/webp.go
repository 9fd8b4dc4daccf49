package dimensions

import "encoding/binary"

// exifFlag is set in a VP8X header where an EXIF chunk follows somewhere.
const exifFlag = 0x08

// webp reads the first chunk, of which there are three kinds
// (https://developers.google.com/speed/webp/docs/riff_container). Of an extended
// file it looks for Exif too, which stands behind the image's data.
func webp(s *source) Result {
	header := s.bytes(12, 18)
	if header == nil {
		return Result{}
	}
	body := header[8:]
	switch string(header[:4]) {
	case "VP8X":
		return picture(1+uint24(body[4:]), 1+uint24(body[7:]), body[0]&exifFlag != 0 && s.turnedWebP())
	case "VP8L": // a signature, then 14 bits each
		if body[0] != 0x2F {
			break
		}
		sides := binary.LittleEndian.Uint32(body[1:])
		return picture(int64(1+sides&0x3FFF), int64(1+sides>>14&0x3FFF), false)
	case "VP8 ": // the header of a key frame (RFC 6386, section 9.1)
		if body[0]&1 != 0 || string(body[3:6]) != "\x9d\x01\x2a" {
			break
		}
		width, height := binary.LittleEndian.Uint16(body[6:]), binary.LittleEndian.Uint16(body[8:])
		return picture(int64(width&0x3FFF), int64(height&0x3FFF), false)
	}
	return Result{}
}

func (s *source) turnedWebP() bool {
	for off := int64(12); s.step(); {
		chunk := s.bytes(off, 8)
		if chunk == nil {
			break
		}
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		if string(chunk[:4]) == "EXIF" {
			return s.turned(off+8, off+8+length)
		}
		off += 8 + length + length&1
	}
	return false
}

func uint24(b []byte) int64 { return int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16 }
