package dimensions

import (
	"encoding/binary"
	"hash/crc32"
)

// png reads the header and looks for Exif up to the first of the image's data
// (PNG, third edition, sections 11.2.1 and 11.3.3.4). Behind that data it is allowed
// too, but browsers don't look for it there.
func png(s *source) Result {
	header := s.bytes(8, 16)
	if header == nil || string(header[4:8]) != "IHDR" {
		return Result{}
	}
	width, height := binary.BigEndian.Uint32(header[8:]), binary.BigEndian.Uint32(header[12:])
	exif, turned := false, false
	for off := int64(8); s.step() && !exif; {
		chunk := s.bytes(off, 8)
		if chunk == nil || string(chunk[4:]) == "IDAT" {
			break
		}
		length := int64(binary.BigEndian.Uint32(chunk))
		if string(chunk[4:]) == "eXIf" {
			exif, turned = s.exifChunk(off, length)
		}
		off += 8 + length + 4 // the last are its checksum
	}
	return picture(int64(width), int64(height), turned)
}

// exifChunk reports whether the eXIf chunk at off, whose content is so long, is intact,
// and whether it asks for a turn. Of several intact ones the first counts. One that is
// too long to be read whole is taken to be intact.
func (s *source) exifChunk(off, length int64) (intact, turned bool) {
	const before, after = 8, 4
	b := s.bytes(off, int(min(before+length+after, longestRead)))
	if b == nil {
		return false, false
	}
	if end := before + length; end+after <= int64(len(b)) {
		if crc32.ChecksumIEEE(b[4:end]) != binary.BigEndian.Uint32(b[end:]) {
			return false, false
		}
		b = b[:end]
	}
	return true, turns(b[before:])
}

// Blocks of GIF (GIF89a, appendix A).
const (
	gifExtension = 0x21
	gifFrame     = 0x2C
)

// gif reads the logical screen (GIF89a, section 18) and the place of the first frame,
// since browsers make the screen larger until that fits.
func gif(s *source) Result {
	header := s.bytes(6, 7)
	if header == nil {
		return Result{}
	}
	width, height := int64(binary.LittleEndian.Uint16(header)), int64(binary.LittleEndian.Uint16(header[2:]))
	off := int64(13)
	if flags := header[4]; flags&0x80 != 0 {
		off += 3 << (flags&7 + 1) // the global colour table
	}
	for s.step() {
		block := s.bytes(off, 1)
		if block == nil {
			break
		}
		switch block[0] {
		case gifExtension:
			off = s.skipSubBlocks(off + 2)
		case gifFrame:
			frame := s.bytes(off+1, 8)
			if frame == nil {
				return Result{}
			}
			right, bottom := span16(frame[0:], frame[4:]), span16(frame[2:], frame[6:])
			return picture(max(width, right), max(height, bottom), false)
		default: // the trailer, or nothing that is known
			return picture(width, height, false)
		}
	}
	return Result{}
}

// span16 returns where something ends that begins at one number and is as long as
// another, both of 16 bits.
func span16(begin, length []byte) int64 {
	return int64(binary.LittleEndian.Uint16(begin)) + int64(binary.LittleEndian.Uint16(length))
}

// skipSubBlocks returns where GIF's sub-blocks end that begin at off. If they have no
// end it returns the file's.
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

// bmp reads either kind of header. That of OS/2 1.x, told by its 12 bytes, has sides of
// 16 bits. All later ones have sides of 32 bits, and a height that is negative if rows come
// from the top. https://learn.microsoft.com/windows/win32/gdi/bitmap-header-types
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
