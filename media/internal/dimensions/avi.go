package dimensions

import (
	"encoding/binary"
	"iter"
	"time"
)

// riffChunk is a chunk of a RIFF file: its kind, and where its content begins and ends. Of
// a list the kind is that of the list.
type riffChunk struct {
	kind      string
	body, end int64
}

// chunks yields the chunks between two offsets. If one says that it is longer, it is taken
// to end at the second, as in a file that was cut short.
func (s *source) chunks(off, end int64) iter.Seq[riffChunk] {
	return func(yield func(riffChunk) bool) {
		for off <= end-8 && s.step() {
			header := s.bytes(off, 8)
			if header == nil {
				return
			}
			length := int64(binary.LittleEndian.Uint32(header[4:]))
			c := riffChunk{kind: string(header[:4]), body: off + 8, end: min(off+8+length, end)}
			if c.kind == "LIST" || c.kind == "RIFF" {
				kind := s.bytes(c.body, 4)
				if kind == nil {
					return
				}
				c.kind, c.body = string(kind), min(c.body+4, c.end)
			}
			if !yield(c) {
				return
			}
			off = c.end + length&1 // padded to words
		}
	}
}

// avi reads the header list of an AVI file ("AVI RIFF File Reference" by Microsoft). The
// first stream with pictures gives the dimensions. The duration is that of the pictures,
// or that of the sound if it ends less than a second later.
func avi(s *source) Result {
	var f frame
	var pictures, sound time.Duration
	for stream := range s.aviStreams() {
		shown, length := s.aviStream(stream)
		if shown == (frame{}) {
			sound = max(sound, length)
			continue
		}
		pictures = max(pictures, length)
		if f == (frame{}) {
			f = shown
		}
	}
	// Programs that cut such a file leave the length of its sound as it was.
	const leeway = time.Second
	if pictures == 0 || sound < pictures+leeway {
		return video(f, max(pictures, sound))
	}
	return video(f, pictures)
}

// aviStreams yields the lists of the file's first header that describe a stream.
func (s *source) aviStreams() iter.Seq[riffChunk] {
	return func(yield func(riffChunk) bool) {
		for file := range s.chunks(0, s.size) {
			for header := range s.chunks(file.body, file.end) {
				if header.kind != "hdrl" {
					continue
				}
				for stream := range s.chunks(header.body, header.end) {
					if stream.kind == "strl" && !yield(stream) {
						return
					}
				}
				return
			}
			return
		}
	}
}

// aviStream reads the description of a stream. Sound has a length and no frame.
func (s *source) aviStream(stream riffChunk) (f frame, length time.Duration) {
	kind := ""
	for c := range s.chunks(stream.body, stream.end) {
		switch {
		case c.kind == "strh":
			if b := s.bytes(c.body, 36); b != nil {
				kind = string(b[:4])
				length = s.aviLength(b)
			}
		case c.kind == "strf" && kind == "vids": // a BITMAPINFOHEADER
			if b := s.bytes(c.body, 12); b != nil {
				f.width = float64(binary.LittleEndian.Uint32(b[4:]))
				f.height = float64(magnitude(binary.LittleEndian.Uint32(b[8:])))
			}
		case c.kind == "vprp" && kind == "vids":
			// The shape of the whole picture is two numbers of 16 bits, the height first.
			if b := s.bytes(c.body, 24); b != nil {
				high, wide := binary.LittleEndian.Uint16(b[20:]), binary.LittleEndian.Uint16(b[22:])
				f.aspect = ratio(uint64(wide), uint64(high)) * f.height / f.width
			}
		}
	}
	if kind != "vids" && kind != "auds" {
		length = 0
	}
	return f, length
}

// unknownSamples is how many samples a stream says it has if its writer couldn't go back to
// the start of the file.
const unknownSamples = 1 << 30

// aviLength returns how long a stream lasts by its header: it has rate/scale samples a
// second, and tells how many there are. It returns 0 if there can't be so many.
func (s *source) aviLength(b []byte) time.Duration {
	scale, rate := binary.LittleEndian.Uint32(b[20:]), binary.LittleEndian.Uint32(b[24:])
	samples := binary.LittleEndian.Uint32(b[32:])
	if samples == unknownSamples || int64(samples) > s.size { // each has a byte at least
		return 0
	}
	return duration(uint64(samples)*uint64(scale), rate)
}

// magnitude returns a number without its sign. The height is negative if the picture's first
// line is the first in the file.
func magnitude(n uint32) int64 {
	return max(int64(int32(n)), -int64(int32(n)))
}
