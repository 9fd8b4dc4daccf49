package dimensions

import "encoding/binary"

// png reads the header and looks for Exif up to the first of the image's data
// (PNG, third edition, sections 11.2.1 and 11.3.3.4). Behind that data it is
// allowed too, but decoders that show an image as it comes don't see it there.
func png(s *source) Result {
	header := s.bytes(8, 16)
	if header == nil || string(header[4:8]) != "IHDR" {
		return Result{}
	}
	width, height := binary.BigEndian.Uint32(header[8:]), binary.BigEndian.Uint32(header[12:])
	turned := false
	for off := int64(8); s.step(); {
		chunk := s.bytes(off, 8)
		if chunk == nil || string(chunk[4:]) == "IDAT" {
			break
		}
		length := int64(binary.BigEndian.Uint32(chunk))
		if string(chunk[4:]) == "eXIf" {
			turned = s.turned(off+8, off+8+length)
			break
		}
		off += 8 + length + 4 // the last are its checksum
	}
	return picture(int64(width), int64(height), turned)
}

// gif reads the logical screen (GIF89a, section 18). A first frame that is larger
// isn't displayed so, but has to be decoded.
func gif(s *source) Result {
	header := s.bytes(6, 7)
	if header == nil {
		return Result{}
	}
	width, height := binary.LittleEndian.Uint16(header), binary.LittleEndian.Uint16(header[2:])
	r := picture(int64(width), int64(height), false)
	off := int64(13)
	if flags := header[4]; flags&0x80 != 0 {
		off += 3 << (flags&7 + 1) // the global colour table
	}
	for s.step() {
		block := s.bytes(off, 10)
		if block == nil {
			break
		}
		if block[0] == 0x2C { // an image
			width, height := binary.LittleEndian.Uint16(block[5:]), binary.LittleEndian.Uint16(block[7:])
			r.Pixels = max(r.Pixels, int64(width)*int64(height))
			break
		}
		if block[0] != 0x21 { // an extension
			break
		}
		off = s.skipSubBlocks(off + 2)
	}
	return r
}

// skipSubBlocks returns where GIF's sub-blocks end that begin at off; beyond the
// file where they don't.
func (s *source) skipSubBlocks(off int64) int64 {
	for s.step() {
		length := s.bytes(off, 1)
		if length == nil {
			break
		}
		off += 1 + int64(length[0])
		if length[0] == 0 {
			return off
		}
	}
	return s.size
}

// bmp reads either kind of header: that of OS/2 1.x, told by its 12 bytes, has
// sides of 16 bits; all later ones have sides of 32, the height negative where rows
// come from the top. https://learn.microsoft.com/windows/win32/gdi/bitmap-header-types
func bmp(s *source) Result {
	header := s.bytes(14, 12)
	if header == nil {
		return Result{}
	}
	if binary.LittleEndian.Uint32(header) == 12 {
		width, height := binary.LittleEndian.Uint16(header[4:]), binary.LittleEndian.Uint16(header[6:])
		return picture(int64(width), int64(height), false)
	}
	width, height := int32(binary.LittleEndian.Uint32(header[4:])), int32(binary.LittleEndian.Uint32(header[8:]))
	return picture(int64(width), max(int64(height), -int64(height)), false)
}
