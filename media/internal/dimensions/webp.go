package dimensions

import "encoding/binary"

// webp reads the first chunk, of which there are three kinds
// (https://developers.google.com/speed/webp/docs/riff_container). An extended file may
// hold Exif, but browsers don't turn it as that says: they show it as it is.
func webp(s *source) Result {
	header := s.bytes(12, 8)
	if header == nil {
		return Result{}
	}
	if string(header[:4]) != "VP8X" {
		return s.webpFrame(12)
	}
	canvas := s.bytes(20, 10)
	if canvas == nil {
		return Result{}
	}
	whole := picture(1+uint24(canvas[4:]), 1+uint24(canvas[7:]), false)
	for off := int64(12); s.step(); {
		chunk := s.bytes(off, 8)
		if chunk == nil {
			break
		}
		switch string(chunk[:4]) {
		case "VP8 ", "VP8L":
			if s.webpFrame(off) == whole {
				return whole
			}
			return Result{}
		case "ANMF":
			if s.fits(off, whole) {
				return whole
			}
			return Result{}
		}
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		off += 8 + length + length&1
	}
	return Result{}
}

// webpFrame reads the chunk at off that holds a picture, lossy or lossless.
func (s *source) webpFrame(off int64) Result {
	chunk := s.bytes(off, 18)
	if chunk == nil {
		return Result{}
	}
	body := chunk[8:]
	switch string(chunk[:4]) {
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

// fits reports whether the frame of an animation at off lies within the canvas. Decoders
// refuse a file if it doesn't.
func (s *source) fits(off int64, canvas Result) bool {
	frame := s.bytes(off+8, 12)
	if frame == nil {
		return false
	}
	right, bottom := 2*uint24(frame)+1+uint24(frame[6:]), 2*uint24(frame[3:])+1+uint24(frame[9:])
	return right <= int64(canvas.Width) && bottom <= int64(canvas.Height)
}

func uint24(b []byte) int64 { return int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16 }
