package dimensions

import (
	"bytes"
	"encoding/binary"
	"iter"
	"time"
)

// mpegHead is how many of a file's first bytes are searched for a description of the
// pictures. Encoders repeat the description with each key frame.
const mpegHead = 1 << 20

// packet is a piece of a stream of pictures or sound.
type packet struct {
	pictures bool
	timed    bool
	time     uint64 // in ticks of 90 kHz, if it is timed
	payload  []byte
}

// packets yields the packets between two offsets of a file.
type packets func(from, end int64) iter.Seq[packet]

// mpeg reads a program stream (ISO/IEC 13818-1, section 2.5), a transport stream (section
// 2.4), or bare pictures, which don't tell how long they play. Cameras put a time stamp of
// 4 bytes in front of each packet of a transport stream.
func mpeg(s *source) Result {
	var in packets
	switch begin := s.bytes(0, 197); {
	case bytes.HasPrefix(s.bytes(0, 4), []byte(packMark)):
		in = s.programPackets
	case begin == nil:
	case begin[0] == tsMark && begin[188] == tsMark:
		in = s.transportPackets(0, 188)
	case begin[4] == tsMark && begin[196] == tsMark:
		in = s.transportPackets(4, 192)
	}
	if in == nil {
		f, _ := s.pictureHeader(s.bytes(0, int(min(s.size, HeadLength))))
		return video(f, 0)
	}
	f := s.describe(in(0, min(s.size, mpegHead)))
	first, ok := firstTime(in(0, min(s.size, HeadLength)))
	if !ok {
		return video(f, 0)
	}
	return video(f, s.lastTime(in, first, f.period))
}

// describe returns how the pictures look.
func (s *source) describe(all iter.Seq[packet]) frame {
	var coded []byte
	searched := 0
	for p := range all {
		if !p.pictures {
			continue
		}
		coded = append(coded, p.payload...)
		if len(coded) < 2*searched {
			continue // searching after each packet would take too long
		}
		searched = len(coded)
		if f, ok := s.pictureHeader(coded); ok {
			return f
		}
	}
	f, _ := s.pictureHeader(coded)
	return f
}

func firstTime(all iter.Seq[packet]) (first uint64, ok bool) {
	for p := range all {
		if p.timed && (!ok || p.time < first) {
			first, ok = p.time, true
		}
	}
	return first, ok
}

// lastTime returns how long after first the last packet at the end of a file begins. A
// packet of pictures lasts for a period more.
func (s *source) lastTime(in packets, first uint64, period time.Duration) time.Duration {
	for at := range s.tails(s.size) {
		last := time.Duration(0)
		for p := range in(at, s.size) {
			// Times have 33 bits. More than half of that is a time before the first one: the
			// file was put together of several.
			after := (p.time - first) % (1 << 33)
			if !p.timed || after >= 1<<32 {
				continue
			}
			end := duration(after, 90_000)
			if p.pictures {
				end += period
			}
			last = max(last, end)
		}
		if last > 0 {
			return last
		}
	}
	return 0
}

// packMark begins a pack of a program stream.
const packMark = "\x00\x00\x01\xba"

// programPackets yields the packets of a program stream. If it finds something else, it
// goes on at the next pack.
func (s *source) programPackets(off, end int64) iter.Seq[packet] {
	return func(yield func(packet) bool) {
		for off+6 <= end && s.step() {
			header := s.bytes(off, 6)
			if header == nil {
				return
			}
			length := 6 + int(binary.BigEndian.Uint16(header[4:]))
			switch id := header[3]; {
			case !bytes.HasPrefix(header, []byte("\x00\x00\x01")) || id < 0xb9:
				if off = s.nextPack(off+1, end); off < 0 {
					return
				}
				continue
			case id == 0xb9: // the end of a program, which another may follow
				length = 4
			case id == 0xba:
				length = s.packLength(off)
			case isPictures(id) || isSound(id):
				if !yield(elementary(s.bytes(off, int(min(int64(length), end-off))))) {
					return
				}
			}
			off += int64(length)
		}
	}
}

// packLength is how long the header of the pack at off is (ISO/IEC 13818-1, section
// 2.5.3.4; ISO/IEC 11172-1, section 2.4.3.2).
func (s *source) packLength(off int64) int {
	if b := s.bytes(off, 14); b != nil && b[4]>>6 == 1 {
		return 14 + int(b[13]&7)
	}
	return 12
}

// nextPack returns where the next pack begins, or -1 if there is none.
func (s *source) nextPack(off, end int64) int64 {
	const stride = 4 << 10
	for off < end && s.step() {
		b := s.bytes(off, int(min(stride, end-off)))
		if i := bytes.Index(b, []byte(packMark)); i >= 0 {
			return off + int64(i)
		}
		if len(b) < stride {
			return -1
		}
		off += stride - int64(len(packMark)) + 1
	}
	return -1
}

// tsMark begins a packet of a transport stream.
const tsMark = 0x47

// transportPackets yields the packets of a transport stream. The file consists of pieces that
// are stride long. In each there is a packet at the offset.
func (s *source) transportPackets(offset, stride int64) packets {
	return func(from, end int64) iter.Seq[packet] {
		return func(yield func(packet) bool) {
			pictures := map[uint16]bool{} // whether a stream has pictures, by its number
			off := (from+stride-1)/stride*stride + offset
			for ; off+188 <= end && s.step(); off += stride {
				b := s.bytes(off, 188)
				if b == nil || b[0] != tsMark {
					return
				}
				payload := transportPayload(b)
				stream, starts := binary.BigEndian.Uint16(b[1:])&0x1fff, b[1]&0x40 != 0
				p := packet{pictures: pictures[stream], payload: payload}
				if starts && len(payload) > 6 && bytes.HasPrefix(payload, []byte("\x00\x00\x01")) {
					if id := payload[3]; isPictures(id) || isSound(id) {
						p = elementary(payload)
						pictures[stream] = p.pictures
					}
				}
				if !yield(p) {
					return
				}
			}
		}
	}
}

// transportPayload returns what a packet carries (ISO/IEC 13818-1, section 2.4.3.2).
func transportPayload(b []byte) []byte {
	begin := 4
	if b[3]&0x20 != 0 { // an adaptation field
		begin += 1 + int(b[4])
	}
	if b[3]&0x10 == 0 || begin > len(b) {
		return nil
	}
	return b[begin:]
}

func isPictures(id byte) bool { return id>>4 == 0xe }

// isSound holds for MPEG's own sound, and for private streams, which carry that of others.
func isSound(id byte) bool { return id>>5 == 6 || id == 0xbd }

// elementary reads a packet of an elementary stream of MPEG-2 (ISO/IEC 13818-1, section
// 2.4.3.6) or MPEG-1 (ISO/IEC 11172-1, section 2.4.3.3). It starts with a mark, an id and
// a length.
func elementary(b []byte) packet {
	if len(b) < 9 {
		return packet{}
	}
	p := packet{pictures: isPictures(b[3])}
	c := cursor{rest: b[6:]}
	if b[6]>>6 == 2 {
		p.timed = b[7]&0x80 != 0
		c.skip(3)
		p.payload = c.rest[min(int(b[8]), len(c.rest)):]
	} else {
		p.timed = c.skipStuffing()
		p.payload = c.rest
	}
	if p.timed {
		high, middle, low := c.uint(1), c.uint(2), c.uint(2)
		p.time = high>>1&7<<30 | middle>>1<<15 | low>>1
		p.timed = !c.failed && high&middle&low&1 == 1 // each part ends with a bit that is set
	}
	return p
}

// skipStuffing skips what is in front of the time in an MPEG-1 packet. It reports whether
// there is a time.
func (c *cursor) skipStuffing() bool {
	for len(c.rest) > 0 && c.rest[0] == 0xff {
		c.skip(1)
	}
	if len(c.rest) > 0 && c.rest[0]>>6 == 1 { // the size of a buffer
		c.skip(2)
	}
	return len(c.rest) > 0 && c.rest[0]>>5 == 1
}
