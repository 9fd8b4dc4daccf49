package dimensions

import (
	"bytes"
	"encoding/binary"
	"time"
)

// page is a page of Ogg (RFC 3533, section 6).
type page struct {
	begins    bool // it is the first of its stream
	granule   uint64
	stream    uint32
	body, end int64
}

// page reads the header of the page at off.
func (s *source) page(off int64) (page, bool) {
	header := s.bytes(off, 27)
	if header == nil || string(header[:5]) != "OggS\x00" {
		return page{}, false
	}
	segments := s.bytes(off+27, int(header[26]))
	if segments == nil {
		return page{}, false
	}
	p := page{
		begins:  header[5]&2 != 0,
		granule: binary.LittleEndian.Uint64(header[6:]),
		stream:  binary.LittleEndian.Uint32(header[14:]),
		body:    off + 27 + int64(len(segments)),
	}
	p.end = p.body
	for _, length := range segments {
		p.end += int64(length)
	}
	return p, true
}

// oggStream is what the first packet of a stream tells.
type oggStream struct {
	frame
	rate, per uint32 // there are so many units in so many seconds
	shift     int    // how many low bits of a granule position count from a key frame on
	unused    int    // how many low bits of a granule position are no time
}

// ogg reads the first page of each stream, all of which are at the start of the file (RFC
// 3533, section 4), and the last pages. The first stream with pictures gives the
// dimensions, and the one that ends last gives the duration.
func ogg(s *source) Result {
	streams := map[uint32]oggStream{}
	var shown frame
	for off := int64(0); s.step() && len(streams) < maxTracks; {
		p, ok := s.page(off)
		if !ok || !p.begins {
			break
		}
		if stream, ok := oggHeader(s.bytes(p.body, int(min(p.end-p.body, 64)))); ok {
			streams[p.stream] = stream
			if shown.width == 0 {
				shown = stream.frame
			}
		}
		off = p.end
	}
	if len(streams) == 0 {
		return Result{}
	}
	return video(shown, s.lastPage(streams))
}

// oggHeader reads the first packet of a stream.
func oggHeader(b []byte) (o oggStream, ok bool) {
	header := func(mark string, n int) bool { return len(b) >= n && bytes.HasPrefix(b, []byte(mark)) }
	switch {
	case header("\x80theora", 42): // "Theora Specification", section 6.2
		o = theora(b)
	case header("OVP80\x01", 26): // as FFmpeg writes VP8
		c := cursor{rest: b[8:]}
		o.width, o.height = float64(c.uint(2)), float64(c.uint(2))
		o.aspect = ratio(c.uint(3), c.uint(3))
		o.rate, o.per, o.unused = uint32(c.uint(4)), uint32(c.uint(4)), 32
	case header("\x01vorbis", 16):
		o.rate, o.per = binary.LittleEndian.Uint32(b[12:]), 1
	case header("OpusHead", 19):
		o.rate, o.per = 48000, 1
	case header("\x7fFLAC", 31):
		o.rate, o.per = binary.BigEndian.Uint32(b[27:])>>12, 1
	case header("Speex   ", 40):
		o.rate, o.per = binary.LittleEndian.Uint32(b[36:]), 1
	default:
		return o, false
	}
	return o, true
}

// theora reads an identification header. Only the picture region is shown of what is coded.
func theora(b []byte) (o oggStream) {
	c := cursor{rest: b[14:]}
	o.width, o.height = float64(c.uint(3)), float64(c.uint(3))
	c.skip(2) // where the region is
	o.rate, o.per = uint32(c.uint(4)), uint32(c.uint(4))
	o.aspect = ratio(c.uint(3), c.uint(3))
	c.skip(4)                          // colours and bit rate
	o.shift = int(c.uint(2) >> 5 & 31) // behind six bits of quality
	return o
}

// ratio divides two numbers. It returns 0 if one of them is 0.
func ratio(n, d uint64) float64 {
	if n == 0 || d == 0 {
		return 0
	}
	return float64(n) / float64(d)
}

// end returns when a page with the granule position ends. It returns 0 for one that is no
// time.
func (o oggStream) end(granule uint64) time.Duration {
	units := granule >> o.unused
	if o.shift > 0 {
		units = granule>>o.shift + granule&(1<<o.shift-1)
	}
	if units > 1<<40 || o.per > 1<<20 {
		return 0 // the product would overflow
	}
	return duration(units*uint64(o.per), o.rate)
}

// lastPage returns when the stream that plays longest ends. It looks at the last pages of
// the file. A page has 65,307 bytes at most, so there is a whole one in the second tail.
func (s *source) lastPage(streams map[uint32]oggStream) (longest time.Duration) {
	for at, tail := range s.tails(s.size) {
		for from := 0; s.step(); from++ {
			i := bytes.Index(tail[from:], []byte("OggS\x00"))
			if i < 0 {
				break
			}
			from += i
			p, ok := s.page(at + int64(from))
			stream, known := streams[p.stream]
			const none = 1<<64 - 1 // no packet ends on the page
			if ok && known && p.granule != none {
				longest = max(longest, stream.end(p.granule))
			}
		}
		if longest > 0 || len(tail) > firstTail {
			break
		}
	}
	return longest
}
