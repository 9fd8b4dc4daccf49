package dimensions_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media/internal/dimensions"
)

// el makes an element of EBML, with a length of 8 bytes.
func el(id string, content ...string) string {
	all := strings.Join(content, "")
	return id + string(binary.BigEndian.AppendUint64(nil, 1<<56|uint64(len(all)))) + all
}

const (
	endless = "\x01\xff\xff\xff\xff\xff\xff\xff" // the size of an element that doesn't say
	cluster = "\x1f\x43\xb6\x75"
	// a track of 64 by 48
	tracks = "\x16\x54\xae\x6b\x8d\xae\x8b\x83\x81\x01\xe0\x86\xb0\x81\x40\xba\x81\x30"
)

// at is the timestamp of a cluster.
func at(milliseconds uint32) string { return el("\xe7", u32(milliseconds)) }

// block is a block of so many bytes.
func block(offset int16, size int) string {
	return el("\xa3", "\x81"+string(binary.BigEndian.AppendUint16(nil, uint16(offset)))+"\x80", strings.Repeat("a", size))
}

// page makes a page of Ogg of one packet.
func page(flags byte, granule uint64, stream uint32, packet string) string {
	b := append([]byte("OggS\x00"), flags)
	b = binary.LittleEndian.AppendUint64(b, granule)
	b = binary.LittleEndian.AppendUint32(b, stream)
	b = append(b, make([]byte, 8)...)
	b = append(b, byte(len(packet)/255+1))
	b = append(b, strings.Repeat("\xff", len(packet)/255)...)
	return string(append(b, byte(len(packet)%255))) + packet
}

// theora is a first packet, of 64 by 48 at 25 frames a second.
const theora = "\x80theora\x03\x02\x01\x00\x04\x00\x03\x00\x00\x40\x00\x00\x30\x00\x00\x00\x00\x00\x19\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xc0"

// pack is a pack of MPEG-2 with a packet of pictures in it, at so many ticks.
func pack(ticks uint64, payload string) string {
	stamp := []byte{byte(0x21 | ticks>>30<<1), 0, 0, 0, 0}
	binary.BigEndian.PutUint16(stamp[1:], uint16(ticks>>15<<1|1))
	binary.BigEndian.PutUint16(stamp[3:], uint16(ticks<<1|1))
	length := string(binary.BigEndian.AppendUint16(nil, uint16(8+len(payload))))
	return "\x00\x00\x01\xba\x44\x00\x04\x00\x04\x01\x00\x00\x03\xf8" + "\x00\x00\x01\xe0" + length + "\x80\x80\x05" + string(stamp) + payload
}

// sequence is the description of MPEG-2 pictures, of 64 by 48 at 25 frames a second.
const sequence = "\x00\x00\x01\xb3\x04\x00\x30\x13\xff\xff\xe0\x18\x00\x00\x01\xb5\x14\x8a\x00\x01\x00\x00\x00\x00\x01\xb8"

// TestTails puts what tells the duration behind a gigabyte, as a recorder does. It takes
// few reads all the same.
func TestTails(t *testing.T) {
	const gigabyte = 1 << 30
	live := ebml + "\x18\x53\x80\x67" + endless + tracks
	film := fragmented()
	media := string(binary.BigEndian.AppendUint64([]byte("\x00\x00\x00\x01mdat"), 16+gigabyte))
	moof := func(begin uint32) string { // 25 samples of 40 ms
		return box("moof", box("mfhd", u32(0, 1)), fragment(begin, u32(0, 25))[8:])
	}
	tfra := func(n uint32, offset uint32) string {
		return box("tfra", u32(1<<24, 7, 0, n), strings.Repeat(u32(0, 0, 0, 0)+"\x01\x01\x01", int(n-1)), u32(0, 0, 0, offset)+"\x01\x01\x01")
	}
	// The numbers of track, run and sample have 2, 3 and 4 bytes here.
	oddTfra := box("tfra", u32(0, 7, 0x1b, 2), u32(0, 7), "aabbbcccc", u32(0, uint32(len(film)+len(media)+gigabyte)), "aabbbcccc")
	mfra := func(content string) string {
		return box("mfra", content, box("mfro", u32(0, uint32(8+len(content)+16))))
	}
	behind := uint32(len(film) + len(media) + gigabyte)
	lastBig := moof(5000) + box("mdat", strings.Repeat("a", 5<<20))
	stuffed := box("free", strings.Repeat("a", 5<<20))
	for name, c := range map[string]struct {
		contentType, begin, end string
		reads                   int
		duration                time.Duration // in ms
	}{
		"a cluster":                                {"video/webm", live + cluster + endless + at(0), cluster + endless + at(5000) + block(40, 10) + block(20, 10), 1, 5040},
		"clusters":                                 {"video/webm", live, el(cluster, at(4000), block(40, 10)) + el(cluster, at(5000), el("\xa0", el("\xa1", "\x81\x00\x28\x00a"), el("\x9b", "\x05"))) + el("\x1c\x53\xbb\x6b", "index"), 1, 5040},
		"a cluster that is cut short":              {"video/webm", live, el(cluster, at(5000), block(0, 10), block(40, 10), block(80, 10))[:4+8+at0+2*block0+20], 1, 5040},
		"a block in front of its cluster":          {"video/webm", live, el(cluster, at(5000), block(-40, 10)), 1, 4960},
		"a long cluster":                           {"video/webm", live, el(cluster, at(5000), strings.Repeat(block(10, 1<<16), 30), block(40, 10)), 4, 5040},
		"a cluster that is too long":               {"video/webm", live, el(cluster, at(5000), strings.Repeat(block(10, 1<<16), 70), block(40, 10)), 4, 0},
		"what looks like a cluster":                {"video/webm", live, el(cluster, at(5000), block(0, 10), el("\xec", cluster+"\x00"+cluster), block(40, 10)), 1, 5040},
		"only what looks like a cluster":           {"video/webm", live, el("\xec", cluster+endless+"aaaa"), 4, 0},
		"a fragment":                               {"video/mp4", film + media, moof(5000) + box("mdat", "a"), 1, 6000},
		"fragments":                                {"video/mp4", film + media, strings.Repeat(moof(4000)+box("mdat", "a"), 100) + moof(5000) + box("mdat", "a"), 1, 6000},
		"an indexed fragment":                      {"video/mp4", film + media, moof(5000) + box("mdat", "a") + mfra(tfra(10, behind)), 1, 6000},
		"a long index":                             {"video/mp4", film + media, moof(5000) + box("mdat", "a") + mfra(tfra(20_000, behind)), 3, 6000},
		"an index that leads nowhere":              {"video/mp4", film + media, moof(5000) + box("mdat", "a") + mfra(tfra(20_000, 7)), 3, 6000},
		"an index of nothing":                      {"video/mp4", film + media, moof(5000) + box("mdat", "a") + mfra(box("tfra", u32(0, 7, 0, 0))), 1, 6000},
		"an index in front of much":                {"video/mp4", film + media, moof(5000) + box("mdat", strings.Repeat("a", 5<<20)) + mfra(tfra(10, behind)), 2, 6000},
		"an index of odd numbers in front of much": {"video/mp4", film + media, moof(5000) + box("mdat", strings.Repeat("a", 5<<20)) + mfra(oddTfra), 2, 6000},
		"an index of several tracks":               {"video/mp4", film + media, moof(5000) + box("mdat", "a") + mfra(tfra(10, behind)+tfra(10, 7)), 1, 6000},
		"a long fragment":                          {"video/mp4", film + media, moof(5000) + box("mdat", strings.Repeat("a", 1<<20)), 4, 6000},
		"a fragment that is too long":              {"video/mp4", film + media, lastBig, 6, 6000}, // the walk from the begin meets it
		"what looks like a fragment":               {"video/mp4", film + media, moof(5000) + box("mdat", "aaaamoofaaaaaaaaamoof"), 1, 6000},
		"a page":                                   {"video/ogg", page(2, 0, 7, theora), page(0, 125<<6, 7, "a"), 1, 5000},
		"a page after a key frame":                 {"video/ogg", page(2, 0, 7, theora), page(0, 100<<6|25, 7, "a"), 1, 5000},
		"a page that ends no packet":               {"video/ogg", page(2, 0, 7, theora), page(0, 125<<6, 7, "a") + page(0, 1<<64-1, 7, "a"), 1, 5000},
		"a page of a stream nobody knows":          {"video/ogg", page(2, 0, 7, theora), page(0, 125<<6, 7, "a") + page(0, 500<<6, 8, "a"), 1, 5000},
		"pages out of order":                       {"video/ogg", page(2, 0, 7, theora), page(0, 125<<6, 7, "a") + page(0, 100<<6, 7, "a"), 1, 5000},
		"a page in front of the last 64 KiB":       {"video/ogg", page(2, 0, 7, theora), page(0, 125<<6, 7, strings.Repeat("a", 65_000)) + strings.Repeat("b", 1000), 2, 5000},
		"no page":                                  {"video/ogg", page(2, 0, 7, theora), strings.Repeat("a", 400_000), 2, 0},
		"a page far in front of the end":           {"video/ogg", page(2, 0, 7, theora), page(0, 125<<6, 7, "a") + strings.Repeat("a", 400_000), 2, 0},
		"a pack":                                   {"video/mpeg", pack(90_000, sequence), pack(6*90_000, "a"), 1, 5040},
		"a pack in front of much padding":          {"video/mpeg", pack(90_000, sequence), pack(6*90_000, "a") + strings.Repeat(packMark+"\x00\x00\x01\xbe\x07\xff"+strings.Repeat("\xff", 2047), 40), 2, 5040},
		"packs out of order":                       {"video/mpeg", pack(90_000, sequence), pack(6*90_000, "a") + pack(5*90_000, "a"), 1, 5040},
		"a pack behind the end of times":           {"video/mpeg", pack(1<<33-90_000, sequence), pack(4*90_000, "a"), 1, 5040},
		"a pack in front of the first":             {"video/mpeg", pack(90_000, sequence), pack(6*90_000, "a") + pack(0, "a"), 1, 5040},
		"packs with rubbish between":               {"video/mpeg", pack(90_000, sequence), "\x00\x00\x01\xba\x00" + strings.Repeat("a", 5000) + pack(6*90_000, "a"), 1, 5040},
		"no pack":                                  {"video/mpeg", pack(90_000, sequence), stuffed, 4, 0},
	} {
		t.Run(name, func(t *testing.T) {
			size := int64(len(c.begin)) + gigabyte + int64(len(c.end))
			r := &counted{r: sparse{[]byte(c.begin), gigabyte, []byte(c.end)}}
			head := make([]byte, dimensions.HeadLength)
			if _, err := r.r.ReadAt(head, 0); err != nil {
				t.Fatal(err)
			}
			got, err := dimensions.Measure(r, size, head, c.contentType)
			if err != nil || got.Width != 64 || got.Height != 48 || got.Duration != c.duration*time.Millisecond {
				t.Errorf("%+v, %v; want %d ms", got, err, c.duration)
			}
			if r.reads > c.reads {
				t.Errorf("it took %d reads of %d bytes; want %d", r.reads, r.read, c.reads)
			}
		})
	}
}

// How long they are.
var at0, block0 = len(at(0)), len(block(0, 10))

// TestStreamedAVI: a file of more than a gigabyte could hold the frames that one has whose
// writer couldn't go back to its start.
func TestStreamedAVI(t *testing.T) {
	for frames, want := range map[uint32]time.Duration{1 << 30: 0, 25 << 20: 1 << 20 * time.Second} {
		begin := aviFile(stream("vids", 1, 25, frames, bitmap(64, 48)))
		got, err := dimensions.Measure(nil, 2<<30, []byte(begin), "video/x-msvideo")
		if err != nil || got.Width != 64 || got.Duration != want {
			t.Errorf("%d frames: %+v, %v; want %v", frames, got, err, want)
		}
	}
}

// TestAnErrorAtTheEnd has the store fail once the end of a recording is asked for.
func TestAnErrorAtTheEnd(t *testing.T) {
	away := errors.New("away")
	for contentType, begin := range map[string]string{
		"video/webm": ebml + "\x18\x53\x80\x67" + endless + tracks + cluster + endless + at(0),
		"video/mp4":  fragmented(), "video/ogg": page(2, 0, 7, theora), "video/mpeg": pack(90_000, sequence),
	} {
		head := append([]byte(begin), make([]byte, dimensions.HeadLength-len(begin))...)
		got, err := dimensions.Measure(failing{away}, 1<<30, head, contentType)
		if !errors.Is(err, away) || got != (dimensions.Result{}) {
			t.Errorf("%s: %+v, %v; want the reader's error alone", contentType, got, err)
		}
	}
}
