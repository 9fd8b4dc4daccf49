package dimensions_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"
)

// box makes a box of ISO base media.
func box(kind string, content ...string) string {
	all := strings.Join(content, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(8+len(all)))) + kind + all
}

func u32(numbers ...uint32) string {
	var b []byte
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return string(b)
}

// track is one with these pictures in it.
func track(handler string, width, height uint32, more ...string) string {
	return box("trak",
		box("tkhd", u32(0, 0, 0, 7, 0, 0, 0, 0, 0, 0), u32(1<<16, 0, 0, 0, 1<<16, 0, 0, 0, 1<<30), u32(width<<16, height<<16)),
		box("mdia", box("mdhd", u32(0, 0, 0, 1000, 0)), box("hdlr", u32(0, 0), handler), strings.Join(more, "")))
}

// clock is the header of a movie that lasts so many milliseconds.
func clock(duration uint32) string { return box("mvhd", u32(0, 0, 0, 1000, duration, 0, 0)) }

// fragmented is a movie whose one track's samples come in fragments.
func fragmented(fragments ...string) string {
	return box("ftyp", "isom") + box("moov", clock(0), track("vide", 64, 48), box("mvex", box("trex", u32(0, 7, 1, 40, 0, 0)))) +
		strings.Join(fragments, "")
}

func fragment(begin uint32, run string) string {
	return box("moof", box("traf", box("tfhd", u32(0, 7)), box("tfdt", u32(0, begin)), box("trun", run)))
}

// heic is a picture with these properties, all of the primary item's.
func heic(properties ...string) string {
	links := u32(0, 1) + "\x00\x01" + string([]byte{byte(len(properties))})
	for i := range properties {
		links += string([]byte{byte(i + 1)})
	}
	return box("ftyp", "heic") + box("meta", u32(0), box("pitm", u32(0), "\x00\x01"), box("iprp", box("ipco", properties...), box("ipma", links)))
}

// chunk makes a chunk of PNG.
func chunk(kind, content string) string {
	return u32(uint32(len(content))) + kind + content + u32(crc32.ChecksumIEEE([]byte(kind+content)))
}

// header is how a PNG begins.
func header(width, height uint32) string {
	return "\x89PNG\r\n\x1a\n" + chunk("IHDR", u32(width, height)+"\x08\x02\x00\x00\x00")
}

// exif is TIFF data that tells an orientation.
func exif(orientation byte) string {
	return "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string([]byte{orientation}) + "\x00\x00"
}

// frame is a frame's header of JPEG, and scan how its first scan begins.
func frame(width, height uint16) string {
	b := binary.BigEndian.AppendUint16([]byte("\xff\xc0\x00\x0b\x08"), height)
	return string(binary.BigEndian.AppendUint16(b, width)) + "\x01\x01\x11\x00"
}

const scan = "\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"

// extended is how a WebP of several chunks begins.
func extended(width, height byte) string {
	return "RIFF\xff\xff\xff\xffWEBPVP8X\x0a\x00\x00\x00\x08\x00\x00\x00" + string([]byte{width - 1, 0, 0, height - 1, 0, 0})
}

// samplesOf describes samples of a width and a height each.
func samplesOf(sides ...uint16) string {
	all := u32(0, uint32(len(sides)/2))
	for side := range slices.Chunk(sides, 2) {
		all += box("av01", u32(0, 0, 0, 0, 0, 0), u32(uint32(side[0])<<16|uint32(side[1])))
	}
	return box("minf", box("stbl", box("stsd", all)))
}

// clap is a crop to whole pixels, so far from the middle.
func clap(width, height uint32, x, y int32) string {
	return box("clap", u32(width, 1, height, 1, uint32(x), 1, uint32(y), 1))
}

// avis is how a sequence begins that has a still of 40 by 24 too.
var avis = box("ftyp", "avis") + heic(ispe(40, 24))[12:]

var turn = box("irot", "\x01")

func ispe(width, height uint32) string { return box("ispe", u32(0, width, height)) }

func nested(kind string, depth int) string {
	b := []byte(nil)
	for size := 8 * depth; size > 0; size -= 8 {
		b = append(binary.BigEndian.AppendUint32(b, uint32(size)), kind...)
	}
	return string(b)
}

const (
	ebml    = "\x1a\x45\xdf\xa3\x80"
	segment = "\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" // of unknown size
)

// TestHostile holds what no encoder writes to what is told of it, most often nothing.
func TestHostile(t *testing.T) {
	type told struct {
		width, height int
		duration      time.Duration
	}
	sized := told{width: 64, height: 48}
	mdat := func(size string) string { return box("ftyp", "isom") + u32(1) + "mdat" + size }
	for name, c := range map[string]struct {
		contentType, content string
		want                 told
	}{
		"a jpeg of fill bytes":               {"image/jpeg", "\xff\xd8" + strings.Repeat("\xff", 5<<20), told{}},
		"a jpeg of empty segments":           {"image/jpeg", "\xff\xd8" + strings.Repeat("\xff\xfe\x00\x02", 1<<20), told{}},
		"a jpeg of no segment's length":      {"image/jpeg", "\xff\xd8\xff\xe0\x00\x00\xff\xe0\x00\x01\xff\xd9", told{}},
		"a jpeg with rubbish in it":          {"image/jpeg", "\xff\xd8rubbish\xff\x00\xff" + frame(64, 48) + scan, sized},
		"a jpeg that tells its height late":  {"image/jpeg", "\xff\xd8" + frame(64, 0) + scan, told{}},
		"a jpeg without a scan":              {"image/jpeg", "\xff\xd8" + frame(64, 48), told{}},
		"a jpeg that ends before its scan":   {"image/jpeg", "\xff\xd8" + frame(64, 48) + "\xff\xd9\x00\x02" + scan, told{}},
		"a jpeg without a frame":             {"image/jpeg", "\xff\xd8" + scan + frame(64, 48), told{}},
		"a jpeg of two frames":               {"image/jpeg", "\xff\xd8" + frame(64, 48) + frame(1, 1) + scan, told{}},
		"a jpeg behind 16 MiB":               {"image/jpeg", "\xff\xd8" + strings.Repeat("\xff\xe2\xff\xff"+strings.Repeat("\x00", 0xfffd), 258) + frame(64, 48) + scan, told{}},
		"a jpeg behind a little less":        {"image/jpeg", "\xff\xd8" + strings.Repeat("\xff\xe2\xff\xff"+strings.Repeat("\x00", 0xfffd), 254) + frame(64, 48) + scan, sized},
		"a bomb behind 3.5 MiB":              {"image/jpeg", "\xff\xd8" + strings.Repeat("\xff\xe2\xff\xff"+strings.Repeat("\x00", 0xfffd), 56) + frame(65535, 65535) + scan, told{65535, 65535, 0}},
		"an endless directory of Exif":       {"image/jpeg", "\xff\xd8\xff\xe1\xff\xffExif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff" + strings.Repeat("\x00", 0xffff-18) + frame(64, 48) + scan, sized},
		"a png of empty chunks":              {"image/png", header(64, 48) + strings.Repeat("\x00\x00\x00\x00tEXt\x00\x00\x00\x00", 1<<17), told{}},
		"a png of a chunk longer than it is": {"image/png", header(64, 48) + "\xff\xff\xff\xffeXIf", sized},
		"a png of too much Exif":             {"image/png", header(64, 48) + chunk("eXIf", exif(6)+strings.Repeat("\x00", 1<<20)) + chunk("IDAT", ""), told{48, 64, 0}},
		"a png of a little too much Exif":    {"image/png", header(64, 48) + chunk("eXIf", exif(6)+strings.Repeat("\x00", 1<<20-10-len(exif(6)))) + chunk("IDAT", ""), told{48, 64, 0}},
		"a png of as much Exif as is read":   {"image/png", header(64, 48) + chunk("eXIf", exif(6)+strings.Repeat("\x00", 1<<20-12-len(exif(6)))) + chunk("IDAT", ""), told{48, 64, 0}},
		"a png without sides":                {"image/png", header(0, 0), told{}},
		"a gif of sub-blocks":                {"image/gif", "GIF89a\x40\x00\x30\x00\x00\x00\x00\x21\xfe" + strings.Repeat("\x01a", 1<<20), told{}},
		"a gif of comments":                  {"image/gif", "GIF89a\x40\x00\x30\x00\x00\x00\x00" + strings.Repeat("\x21\xfe\x01a\x00", 70_000) + "\x2c\x00\x00\x00\x00\xff\xff\xff\xff\x00", told{}},
		"a webp of endless chunks":           {"image/webp", extended(64, 48) + strings.Repeat("none\x00\x00\x00\x00", 1<<17), told{}},
		"a webp of odd chunks":               {"image/webp", extended(64, 48) + "odd \x01\x00\x00\x00a\x00" + "VP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x40\x00\x30\x00", sized},
		"a webp without a picture":           {"image/webp", extended(64, 48), told{}},
		"a webp whose picture is larger":     {"image/webp", extended(64, 48) + "VP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f", told{}},
		"a webp of one chunk":                {"image/webp", "RIFF\xff\xff\xff\xffWEBPVP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x40\xc0\x30\x40", sized}, // with scales
		"a webp that goes on from another":   {"image/webp", "RIFF\xff\xff\xff\xffWEBPVP8 \x0a\x00\x00\x00\x01\x00\x00\x9d\x01\x2a\x40\x00\x30\x00", told{}},
		"a webp without its start code":      {"image/webp", "RIFF\xff\xff\xff\xffWEBPVP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2b\x40\x00\x30\x00", told{}},
		"a lossless webp":                    {"image/webp", "RIFF\xff\xff\xff\xffWEBPVP8L\x0a\x00\x00\x00\x2f\x3f\xc0\x0b\x00" + "aaaaa", sized},
		"a lossless webp without its mark":   {"image/webp", "RIFF\xff\xff\xff\xffWEBPVP8L\x0a\x00\x00\x00\x2e\x3f\xc0\x0b\x00" + "aaaaa", told{}},
		"a webp of another first chunk":      {"image/webp", "RIFF\xff\xff\xff\xffWEBPVP9 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x40\x00\x30\x00", told{}},
		"a webp whose frame is all of it":    {"image/webp", extended(64, 48) + "ANMF\x10\x00\x00\x00" + "\x01\x00\x00\x02\x00\x00\x3d\x00\x00\x2b\x00\x00\x00\x00\x00\x00", sized},
		"a webp whose frame is too wide":     {"image/webp", extended(64, 48) + "ANMF\x10\x00\x00\x00" + "\x01\x00\x00\x02\x00\x00\x3e\x00\x00\x2b\x00\x00\x00\x00\x00\x00", told{}},
		"a webp whose frame is too high":     {"image/webp", extended(64, 48) + "ANMF\x10\x00\x00\x00" + "\x01\x00\x00\x02\x00\x00\x3d\x00\x00\x2c\x00\x00\x00\x00\x00\x00", told{}},
		"a bmp as low as can be":             {"image/bmp", "BM" + strings.Repeat("\x00", 12) + "\x28\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x80", told{1, 1<<31 - 1, 0}},

		"a heic of many properties":   {"image/heic", heic(strings.Repeat(box("free"), 1<<17)), told{}},
		"a heic of many associations": {"image/heic", box("meta", u32(0), box("pitm", u32(0, 9)), box("iprp", box("ipco"), box("ipma", u32(0, 1<<32-1), strings.Repeat("\x00", 200<<10)))), told{}},
		"a heic cropped to nothing":   {"image/heic", heic(ispe(64, 48), box("clap", u32(1, 0, 1, 0, 0, 0, 0, 0))), sized},
		"a heic cropped to more":      {"image/heic", heic(ispe(64, 48), box("clap", u32(1000, 1, 1000, 1, 0, 0, 0, 0))), sized},
		"a heic cropped to wider":     {"image/heic", heic(ispe(64, 48), box("clap", u32(65, 1, 10, 1, 0, 0, 0, 0))), sized},
		"a heic cropped to higher":    {"image/heic", heic(ispe(64, 48), box("clap", u32(10, 1, 49, 1, 0, 0, 0, 0))), sized},
		"a heic of long indices": {"image/heic", box("meta", u32(0), box("pitm", u32(0), "\x00\x01"),
			box("iprp", box("ipco", ispe(64, 48), strings.Repeat(box("free"), 299), box("irot", "\x01")), box("ipma", u32(1, 1), "\x00\x01\x02\x80\x01\x81\x2d"))), told{48, 64, 0}},
		"a heic of long ids": {"image/heic", box("meta", u32(0), box("pitm", u32(1<<24, 1<<16)),
			box("iprp", box("ipco", ispe(64, 48)), box("ipma", u32(1<<24, 2, 1), "\x01\x00", u32(1<<16), "\x01\x81"))), sized},
		"a heic that is a sequence": {"image/heic", box("ftyp", "msf1") + box("moov", clock(1000), track("pict", 64, 48)), sized},
		// As libheif shows them: in the order of the properties, whatever is outside cut off.
		"a heic cropped to its middle":               {"image/heic", heic(ispe(40, 24), clap(20, 10, 0, 0)), told{20, 10, 0}},
		"a heic cropped, then turned":                {"image/heic", heic(ispe(40, 24), clap(20, 10, 0, 0), turn), told{10, 20, 0}},
		"a heic turned, then cropped":                {"image/heic", heic(turn, ispe(40, 24), clap(20, 10, 0, 0)), told{20, 10, 0}},
		"a heic turned, then cropped to wider":       {"image/heic", heic(ispe(40, 24), turn, clap(30, 10, 0, 0)), told{24, 10, 0}},
		"a heic cropped beyond its edge":             {"image/heic", heic(ispe(40, 24), clap(20, 10, 15, 0)), told{15, 10, 0}},
		"a heic cropped beyond its corner":           {"image/heic", heic(ispe(40, 24), clap(20, 10, -15, -9)), told{15, 8, 0}},
		"a heic cropped to one pixel":                {"image/heic", heic(ispe(40, 24), clap(1, 1, 0, 0)), told{1, 1, 0}},
		"a heic cropped to no line":                  {"image/heic", heic(ispe(40, 24), clap(10, 0, 0, 0)), told{40, 24, 0}},
		"a heic of a property that there is none of": {"image/heic", strings.Replace(heic(ispe(40, 24), turn), "\x02\x01\x02", "\x02\x01\x03", 1), told{40, 24, 0}},
		"a heic of no property's number":             {"image/heic", strings.Replace(heic(ispe(40, 24), turn), "\x02\x01\x02", "\x02\x01\x80", 1), told{40, 24, 0}},
		"a heic cropped far beyond":                  {"image/heic", heic(ispe(40, 24), clap(20, 10, 100, 0)), told{40, 24, 0}},
		"a heic cropped to half pixels":              {"image/heic", heic(ispe(40, 24), box("clap", u32(41, 2, 21, 2, 0, 1, 0, 1))), told{21, 11, 0}},
		"a heic turned twice":                        {"image/heic", heic(ispe(40, 24), turn, box("irot", "\x01")), told{40, 24, 0}},
		"a heic turned by half":                      {"image/heic", heic(ispe(40, 24), box("irot", "\x02")), told{40, 24, 0}},
		"a heic mirrored before its size":            {"image/heic", heic(box("imir", "\x00"), turn, ispe(40, 24)), told{24, 40, 0}},
		"a heic of two sizes":                        {"image/heic", heic(ispe(40, 24), ispe(64, 48)), told{40, 24, 0}},
		"a heic whose crop is cut short":             {"image/heic", heic(ispe(40, 24), box("clap", u32(20, 1, 10, 1))), told{40, 24, 0}},
		// As Chromium shows them: the first crop, if it begins in the corner, and the first turn.
		"an avif cropped to its middle":          {"image/avif", heic(ispe(40, 24), clap(20, 10, 0, 0)), told{40, 24, 0}},
		"an avif cropped to its corner":          {"image/avif", heic(ispe(40, 24), clap(20, 10, -10, -7)), told{20, 10, 0}},
		"an avif cropped to its upper edge":      {"image/avif", heic(ispe(40, 24), clap(20, 10, 0, -7)), told{40, 24, 0}},
		"an avif cropped to its left edge":       {"image/avif", heic(ispe(40, 24), clap(20, 10, -10, 0)), told{40, 24, 0}},
		"an avif turned, then cropped":           {"image/avif", heic(turn, clap(20, 10, -10, -7), ispe(40, 24)), told{10, 20, 0}},
		"an avif cropped to wider":               {"image/avif", heic(ispe(40, 24), clap(41, 10, 0, -7)), told{40, 24, 0}},
		"an avif cropped to half a pixel":        {"image/avif", heic(ispe(40, 24), box("clap", u32(41, 2, 10, 1, 1<<32-39, 4, 1<<32-7, 1))), told{40, 24, 0}},
		"an avif cropped to half a line":         {"image/avif", heic(ispe(40, 24), box("clap", u32(20, 1, 21, 2, 1<<32-10, 1, 1<<32-27, 4))), told{40, 24, 0}},
		"an avif turned twice":                   {"image/avif", heic(ispe(40, 24), turn, box("irot", "\x01")), told{24, 40, 0}},
		"an avif whose crop is cut short":        {"image/avif", heic(ispe(40, 24), box("clap", u32(20, 1, 10, 1))), told{}},
		"an avif whose turn is cut short":        {"image/avif", heic(ispe(40, 24), box("irot")), told{}},
		"an avif of free boxes":                  {"image/avif", heic(ispe(40, 24)) + strings.Repeat(box("free"), 70_000), told{40, 24, 0}},
		"an avif behind free boxes":              {"image/avif", box("ftyp", "avif") + strings.Repeat(box("free"), 70_000) + heic(ispe(40, 24)), told{}},
		"a heic behind free boxes":               {"image/heic", box("ftyp", "heic") + strings.Repeat(box("free"), 70_000) + heic(ispe(40, 24)), told{}},
		"an avif sequence":                       {"image/avif", avis + box("moov", track("pict", 64, 48)), sized},
		"an avif sequence behind free boxes":     {"image/avif", avis + strings.Repeat(box("free"), 70_000) + box("moov", track("pict", 64, 48)), told{}},
		"an avif sequence that has a still":      {"image/avif", avis + box("moov", track("pict", 64, 48)), sized},
		"an avif sequence of no size":            {"image/avif", avis + box("moov", track("pict", 0, 0)), told{}},
		"an avif with a sequence":                {"image/avif", box("ftyp", "avif") + heic(ispe(40, 24))[12:] + box("moov", track("pict", 64, 48)), told{40, 24, 0}},
		"an avif sequence without items":         {"image/avif", box("ftyp", "avis") + box("moov", track("pict", 64, 48)), told{}},
		"an avif sequence without a track":       {"image/avif", avis, told{}},
		"an avif whose first track is its alpha": {"image/avif", avis + box("moov", track("auxv", 4, 8), track("pict", 64, 48)), sized},

		"a heic turned before its size": {"image/heic", heic(box("irot", "\x01"), ispe(64, 48)), told{48, 64, 0}},
		"a heic without properties":     {"image/heic", box("ftyp", "heic") + box("meta", u32(0)), told{}},

		"a box of 64 bits, none of them set": {"video/mp4", mdat(u32(0, 0)), told{}},
		"a box of 15 bytes":                  {"video/mp4", mdat(u32(0, 15)), told{}},
		"a box of all bytes there are":       {"video/mp4", mdat(u32(1<<32-1, 1<<32-1)), told{}},
		"a box up to the last byte there is": {"video/mp4", mdat(u32(1<<31-1, 1<<32-1)), told{}},
		"a movie of 64 bits":                 {"video/mp4", u32(1) + "moov" + u32(0, uint32(16+len(clock(5)))) + clock(5), told{0, 0, 5 * time.Millisecond}},
		"a movie without end":                {"video/mp4", u32(0) + "moov" + clock(5), told{0, 0, 5 * time.Millisecond}},
		"a movie that doesn't know":          {"video/mp4", box("moov", clock(1<<32-1)), told{}},
		"a track that leaves it to samples": {"video/mp4", box("moov", track("vide", 0, 0,
			box("minf", box("stbl", box("stsd", u32(0, 1), box("avc1", u32(0, 0, 0, 0, 0, 0), "\x00\x40\x00\x30")))))), sized},
		"a track that lies of its samples": {"video/mp4", box("moov", track("vide", 0, 0, box("minf", box("stbl", box("stsd", u32(0, 1)))))), told{}},
		"a box without end":                {"video/mp4", box("ftyp", "isom") + u32(0) + "mdat" + fragmented(), told{}},
		"boxes in boxes":                   {"video/mp4", nested("moov", 1<<17), told{}},
		"tracks in tracks":                 {"video/mp4", box("moov", nested("trak", 1<<17)), told{}},
		"boxes by the thousand":            {"video/mp4", strings.Repeat(box("free"), 1<<17) + fragmented(), told{}},
		"tracks by the thousand":           {"video/mp4", box("moov", strings.Repeat(box("trak", box("mdia", box("hdlr", u32(0, 0), "soun"))), 1<<15)), told{}},
		"a clock that stands still":        {"video/mp4", box("moov", box("mvhd", u32(0, 0, 0, 0, 1000, 0, 0))), told{}},
		"a movie of centuries":             {"video/mp4", box("moov", box("mvhd", u32(1<<24, 0, 0, 0, 0, 1, 1<<20, 0))), told{}},

		"fragments":                        {"video/mp4", fragmented(fragment(0, u32(0, 25)), fragment(1000, u32(0, 25))), told{64, 48, 2 * time.Second}},
		"fragments by the thousand":        {"video/mp4", fragmented(strings.Repeat(fragment(0, u32(0, 25)), 1<<14)), sized},
		"a fragment of too many samples":   {"video/mp4", fragmented(fragment(0, u32(hasSampleDuration, 1<<32-1)+strings.Repeat("\x00\x00\x00\x01", 1000))), told{64, 48, time.Second}},
		"an index that leads to itself":    {"video/mp4", fragmented(fragment(0, u32(0, 25)), box("mfro", u32(0, 16))), told{64, 48, time.Second}},
		"an index that leads back":         {"video/mp4", fragmented(fragment(0, u32(0, 25)), index(0)), told{64, 48, time.Second}},
		"an index that leads aside":        {"video/mp4", fragmented(fragment(0, u32(0, 25)), index(3)), told{64, 48, time.Second}},
		"a movie that tells its fragments": {"video/mp4", box("moov", clock(0), track("vide", 64, 48), box("mvex", box("mehd", u32(0, 5000)))) + fragment(0, u32(0, 25)), told{64, 48, 5 * time.Second}},
		"fragments that tell all": {"video/mp4", fragmented(box("moof", box("traf", box("tfhd", u32(0x3b, 7, 0, 0, 1, 20, 0, 0)),
			box("tfdt", u32(1<<24, 0, 1000)), box("trun", u32(5, 25, 0, 0)), box("trun", u32(0xf01, 2, 0, 250, 9, 9, 9, 250, 9, 9, 9))))), told{64, 48, 2 * time.Second}},
		"an index that leads out":           {"video/mp4", fragmented(fragment(0, u32(0, 25)), index(1<<31)), told{64, 48, time.Second}},
		"an index of more than it has":      {"video/mp4", fragmented(fragment(0, u32(0, 25)), box("mfra", box("tfra", u32(0, 7, 0x3f, 1<<32-1)), box("mfro", u32(0, 48)))), told{64, 48, time.Second}},
		"a movie before the file's begin":   {"video/mp4", fragmented(fragment(0, u32(0, 25)), box("mfro", u32(0, 1<<32-1))), told{64, 48, time.Second}},
		"elements by the thousand":          {"video/webm", ebml + segment + strings.Repeat("\xec\x80", 1<<17), told{}},
		"an element without a size":         {"video/webm", ebml + segment + "\xec\x00", told{}},
		"an element without an id":          {"video/webm", ebml + segment + "\x00\x00", told{}},
		"a segment that ends nowhere":       {"video/webm", ebml + "\x18\x53\x80\x67\xff" + strings.Repeat("\xec\x80", 100) + "\x16\x54\xae\x6b\x8d\xae\x8b\x83\x81\x01\xe0\x86\xb0\x81\x40\xba\x81\x30", sized},
		"a segment in a segment":            {"video/webm", ebml + strings.Repeat(segment, 1<<16), told{}},
		"a duration that is no number":      {"video/webm", ebml + segment + "\x15\x49\xa9\x66\x87\x44\x89\x84\x7f\xc0\x00\x00", told{}},
		"a duration without end":            {"video/webm", ebml + segment + "\x15\x49\xa9\x66\x87\x44\x89\x84\x7f\x80\x00\x00", told{}},
		"a duration before the begin":       {"video/webm", ebml + segment + "\x15\x49\xa9\x66\x87\x44\x89\x84\xbf\x80\x00\x00", told{}},
		"a track wider than any":            {"video/webm", ebml + segment + "\x16\x54\xae\x6b\x93\xae\x91\x83\x81\x01\xe0\x8c\xb0\x86\xff\xff\xff\xff\xff\xff\xba\x82\xff\xff", told{}},
		"a track cropped to less than none": {"video/webm", ebml + segment + "\x16\x54\xae\x6b\x93\xae\x91\x83\x81\x01\xe0\x8c\xb0\x81\x40\xba\x81\x30\x54\xcc\x83\xff\xff\xff", sized},
	} {
		t.Run(name, func(t *testing.T) {
			r, read := measure(t, []byte(c.content), c.contentType)
			if got := (told{r.Width, r.Height, r.Duration}); got != c.want {
				t.Errorf("%+v; want %+v", got, c.want)
			}
			if read.reads > 24 || read.read > 16<<20 {
				t.Errorf("it took %d reads of %d bytes", read.reads, read.read)
			}
		})
	}
}

const hasSampleDuration = 0x100

// index is what ends a movie in fragments, with one entry that leads to an offset.
func index(offset uint32) string {
	return box("mfra", box("tfra", u32(0, 7, 0, 1), u32(0, offset), "\x01\x01\x01"), box("mfro", u32(0, 59)))
}

// TestPixels holds what a decoder would have to make room for, however small it is
// then displayed.
func TestPixels(t *testing.T) {
	bomb := "\x89PNG\r\n\x1a\n" + chunk("IHDR", u32(60000, 60000)+"\x08\x06\x00\x00\x00") + chunk("IDAT", strings.Repeat("\x00", 12)) + chunk("IEND", "")
	if len(bomb) != 69 {
		t.Fatalf("%d bytes", len(bomb))
	}
	for name, c := range map[string]struct {
		contentType, content string
		want                 int64
	}{
		"a png of 69 bytes":                 {"image/png", bomb, 3_600_000_000},
		"a png as large as can be":          {"image/png", "\x89PNG\r\n\x1a\n" + u32(13) + "IHDR" + u32(1<<32-1, 1<<32-1), (1<<31 - 1) * (1<<31 - 1)},
		"a gif whose frame is larger":       {"image/gif", "GIF89a\x01\x00\x01\x00\x80\x00\x00" + "012345" + "\x21\xfe\x01a\x00" + "\x2c\x00\x00\x00\x00\xff\xff\xff\xff\x00", 0xffff * 0xffff},
		"a heic cropped to little":          {"image/heic", heic(ispe(20000, 10000), box("clap", u32(10, 1, 10, 1, 0, 0, 0, 0))), 200_000_000},
		"a heic whose tiles are larger":     {"image/heic", heic(ispe(20000, 10000), ispe(64, 48)), 200_000_000},
		"a heic that doesn't tell its size": {"image/heic", heic(box("free"), box("irot", "\x01")), 0},
		"an avif cropped to little":         {"image/avif", heic(ispe(20000, 10000), clap(10, 10, -9995, -4995)), 200_000_000},
		"a sequence of larger samples":      {"image/avif", avis + box("moov", track("pict", 64, 48, samplesOf(20000, 10000))), 200_000_000},
		"a sequence of smaller samples":     {"image/avif", avis + box("moov", track("pict", 20000, 10000, samplesOf(64, 48))), 200_000_000},
		"a sequence of mixed samples":       {"image/avif", avis + box("moov", track("pict", 64, 48, samplesOf(1, 1, 20000, 10000, 2, 2))), 200_000_000},
		"a sequence with a larger still":    {"image/avif", box("ftyp", "avis") + heic(ispe(20000, 10000))[12:] + box("moov", track("pict", 64, 48)), 200_000_000},
		"a heic sequence of larger samples": {"image/heic", box("ftyp", "hevc") + box("moov", clock(1000), track("pict", 64, 48, samplesOf(20000, 10000))), 200_000_000},
		"a still of larger samples":         {"image/heic", box("ftyp", "msf1") + heic(ispe(64, 48))[12:] + box("moov", track("pict", 64, 48, samplesOf(20000, 10000))), 200_000_000},
		"a video":                           {"video/mp4", fragmented(), 0},
	} {
		got, _ := measure(t, []byte(c.content), c.contentType)
		if got.Pixels != c.want {
			t.Errorf("%s: %d pixels; want %d", name, got.Pixels, c.want)
		}
	}
	for _, s := range samples(t) {
		got, _ := measure(t, s.content, s.contentType)
		if strings.HasPrefix(s.contentType, "image/") && got.Pixels < int64(got.Width)*int64(got.Height) {
			t.Errorf("%s: %d pixels, fewer than are displayed", s.name, got.Pixels)
		}
	}
}

// TestCutHostile cuts the hostile files that are short at every byte.
func TestCutHostile(t *testing.T) {
	for contentType, content := range map[string]string{
		"video/mp4":  fragmented(fragment(0, u32(0, 25)), fragment(1000, u32(0, 25)), index(0)),
		"image/heic": heic(ispe(64, 48), box("clap", u32(10, 1, 10, 1, 0, 0, 0, 0)), box("irot", "\x01")),
	} {
		for n := range len(content) {
			got, _ := measure(t, []byte(content[:n]), contentType)
			if (got.Width == 0) != (got.Height == 0) || got.Duration > 2*time.Second {
				t.Errorf("%s cut at %d is %+v", contentType, n, got)
			}
		}
	}
	if got, _ := measure(t, bytes.Repeat([]byte{0}, 100), "video/mp4"); got.Width != 0 {
		t.Errorf("zeros are %+v", got)
	}
}
