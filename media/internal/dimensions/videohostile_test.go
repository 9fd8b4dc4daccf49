package dimensions_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"
)

// riff makes a chunk of RIFF.
func riff(kind string, content ...string) string {
	all := strings.Join(content, "")
	return kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(all)))) + all + strings.Repeat("\x00", len(all)&1)
}

// le makes numbers of RIFF.
func le(numbers ...uint32) string {
	var b []byte
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return string(b)
}

// stream is one of AVI: rate/scale samples a second, and so many.
func stream(kind string, scale, rate, samples uint32, more ...string) string {
	return riff("LIST", "strl", riff("strh", kind, le(0, 0, 0, 0, scale, rate, 0, samples)), strings.Join(more, ""))
}

// bitmap describes the pictures of a stream.
func bitmap(width, height uint32) string { return riff("strf", le(40, width, height, 0)) }

// shape says how wide and high the picture of a stream is.
func shape(wide, high uint32) string { return riff("vprp", le(0, 0, 0, 0, 0, wide<<16|high, 0)) }

func aviFile(streams ...string) string {
	return riff("RIFF", "AVI ", riff("LIST", "hdrl", riff("avih", le(0)), strings.Join(streams, "")), riff("LIST", "movi"))
}

// transport makes a packet of a transport stream.
func transport(pid uint16, payload string) string {
	adaptation := 188 - 4 - 1 - len(payload)
	return "\x47" + string(binary.BigEndian.AppendUint16(nil, 0x4000|pid)) + "\x30" + string([]byte{byte(adaptation)}) + strings.Repeat("\x00", adaptation) + payload
}

// stuffed is a pack of MPEG-1 like pack, with stuffing and the size of a buffer in its packet.
func stuffed(ticks uint64, payload string) string {
	stamp := pack(ticks, "")[23:28]
	length := string(binary.BigEndian.AppendUint16(nil, uint16(4+5+len(payload))))
	return "\x00\x00\x01\xba\x21\x00\x01\x00\x01\x80\x00\x01" + "\x00\x00\x01\xe0" + length + "\xff\xff\x40\x20" + stamp + payload
}

// elementaryOf is the packet in a pack.
func elementaryOf(pack string) string { return pack[14:] }

// TestHostileVideos holds what no encoder writes to what is told of it, and to bounds.
func TestHostileVideos(t *testing.T) {
	type told struct {
		width, height int
		duration      time.Duration
	}
	sized, second := told{width: 64, height: 48}, told{64, 48, time.Second}
	pictures := func(more ...string) string { return stream("vids", 1, 25, 25, more...) }
	mpeg1 := "\x00\x00\x01\xb3\x04\x00\x30\x13\xff\xff\xe0\x18\x00\x00\x01\xb8\x00\x00\x00"
	coded := func(shape, rest string) string {
		return "\x00\x00\x01\xb3\x04\x00\x30" + shape + "\xff\xff\xe0\x18" + rest
	}
	const extension = "\x00\x00\x01\xb5\x14\x8a\x00\x01\x00\x00\x00\x00\x01\xb8"
	for name, c := range map[string]struct {
		contentType, content string
		want                 told
	}{
		"avi":                                 {"video/x-msvideo", aviFile(pictures(bitmap(64, 48))), second},
		"an avi upright":                      {"video/x-msvideo", aviFile(pictures(bitmap(64, 1<<32-48))), second},
		"an avi of the least height":          {"video/x-msvideo", aviFile(pictures(bitmap(64, 1<<31))), told{0, 0, time.Second}},
		"an avi of wide pixels":               {"video/x-msvideo", aviFile(pictures(bitmap(64, 48), shape(16, 9))), told{85, 48, time.Second}},
		"an avi of no shape":                  {"video/x-msvideo", aviFile(pictures(bitmap(64, 48), shape(0, 9))), second},
		"an avi of half a shape":              {"video/x-msvideo", aviFile(pictures(bitmap(64, 48), shape(16, 0))), second},
		"an avi of a shape alone":             {"video/x-msvideo", aviFile(pictures(shape(16, 9))), told{0, 0, time.Second}},
		"an avi whose rate is nothing":        {"video/x-msvideo", aviFile(stream("vids", 1, 0, 25, bitmap(64, 48))), sized},
		"an avi whose scale is nothing":       {"video/x-msvideo", aviFile(stream("vids", 0, 25, 25, bitmap(64, 48))), sized},
		"an avi of sound":                     {"video/x-msvideo", aviFile(stream("auds", 1, 25, 25)), told{0, 0, time.Second}},
		"an avi of subtitles":                 {"video/x-msvideo", aviFile(stream("txts", 1, 25, 250), pictures(bitmap(64, 48))), second},
		"an avi of longer sound":              {"video/x-msvideo", aviFile(pictures(bitmap(64, 48)), stream("auds", 1, 25, 49)), told{64, 48, 1960 * time.Millisecond}},
		"an avi of much longer sound":         {"video/x-msvideo", aviFile(pictures(bitmap(64, 48)), stream("auds", 1, 25, 50)), second},
		"an avi of sound that alone has time": {"video/x-msvideo", aviFile(stream("vids", 1, 25, 0, bitmap(64, 48)), stream("auds", 1, 25, 100)), told{64, 48, 4 * time.Second}},
		"an avi of two pictures":              {"video/x-msvideo", aviFile(pictures(bitmap(64, 48)), stream("vids", 1, 25, 50, bitmap(32, 24))), told{64, 48, 2 * time.Second}},
		"an avi with its sizes first":         {"video/x-msvideo", aviFile(riff("LIST", "strl", bitmap(64, 48), riff("strh", "vids", le(0, 0, 0, 0, 1, 25, 0, 25)))), told{0, 0, time.Second}},
		"an avi in an avi":                    {"video/x-msvideo", strings.Repeat("RIFF\xff\xff\xff\xffAVI ", 1<<17), told{}},
		"an avi of empty chunks":              {"video/x-msvideo", "RIFF\xff\xff\xff\xffAVI " + strings.Repeat("JUNK\x00\x00\x00\x00", 1<<17), told{}},
		"an avi of odd chunks":                {"video/x-msvideo", aviFile(riff("odd ", "a"), pictures(riff("odd ", "a"), bitmap(64, 48))), second},
		"an avi of many streams":              {"video/x-msvideo", aviFile(strings.Repeat(stream("auds", 1, 25, 25), 1<<14)), told{0, 0, time.Second}},
		"an avi that was streamed":            {"video/x-msvideo", aviFile(stream("vids", 1, 25, 1<<30, bitmap(64, 48)), stream("auds", 1, 25, 1<<30)), sized},
		"an avi that was streamed, and sound": {"video/x-msvideo", aviFile(stream("vids", 1, 25, 1<<30, bitmap(64, 48)), stream("auds", 1, 25, 25)), second},
		"an avi of more than its bytes":       {"video/x-msvideo", aviFile(stream("vids", 1, 25, 1000, bitmap(64, 48))), sized},
		"an avi of two files":                 {"video/x-msvideo", aviFile() + aviFile(pictures(bitmap(64, 48))), told{}},

		"an ogg of pages that begin":   {"video/ogg", strings.Repeat(page(2, 0, 7, "a"), 1<<17), told{}},
		"an ogg of streams":            {"video/ogg", numbered(1<<15, func(i uint32) string { return page(2, 0, i, theora) }) + page(0, 25<<6, 0, ""), second},
		"an ogg of empty pages":        {"video/ogg", page(2, 0, 7, theora) + strings.Repeat("OggS\x00", 1<<19), sized},
		"an ogg of pages that lie":     {"video/ogg", page(2, 0, 7, theora) + strings.Repeat("OggS\x00\x00aaaaaaaaaaaaaaaaaaaa\xff", 1<<16), sized},
		"an ogg of eternity":           {"video/ogg", page(2, 0, 7, theora) + page(0, 1<<63, 7, "a"), sized},
		"an ogg before the begin":      {"video/ogg", page(2, 0, 7, theora) + page(0, 1<<64-2, 7, "a"), sized},
		"an ogg of slow pictures":      {"video/ogg", page(2, 0, 7, strings.Replace(theora, "\x19\x00\x00\x00\x01", "\x19\xff\xff\xff\xff", 1)) + page(0, 25<<6, 7, "a"), sized},
		"an ogg without a rate":        {"video/ogg", page(2, 0, 7, strings.Replace(theora, "\x19\x00\x00\x00\x01", "\x00\x00\x00\x00\x01", 1)) + page(0, 25<<6, 7, "a"), sized},
		"an ogg of sound":              {"video/ogg", page(2, 0, 7, "\x01vorbis\x00\x00\x00\x00\x02"+le(44100)) + page(0, 44100, 7, "a"), told{0, 0, time.Second}},
		"an ogg of speech":             {"video/ogg", page(2, 0, 7, "Speex   "+strings.Repeat("\x00", 28)+le(8000)) + page(0, 8000, 7, "a"), told{0, 0, time.Second}},
		"an ogg of FLAC":               {"video/ogg", page(2, 0, 7, "\x7fFLAC\x01\x00\x00\x01fLaC"+strings.Repeat("\x00", 14)+"\x0a\xc4\x42\xf0") + page(0, 44100, 7, "a"), told{0, 0, time.Second}},
		"an ogg of Opus":               {"video/ogg", page(2, 0, 7, "OpusHead"+strings.Repeat("\x00", 11)) + page(0, 48000, 7, "a"), told{0, 0, time.Second}},
		"an ogg of a skeleton":         {"video/ogg", page(2, 0, 6, "fishead\x00") + page(2, 0, 7, theora) + page(0, 25<<6, 7, "a"), second},
		"an ogg of half a header":      {"video/ogg", page(2, 0, 7, theora[:41]) + page(0, 25<<6, 7, "a"), told{}},
		"an ogg that begins too late":  {"video/ogg", page(0, 0, 6, "a") + page(2, 0, 7, theora), told{}},
		"an ogg of another version":    {"video/ogg", strings.Replace(page(2, 0, 7, theora), "OggS\x00", "OggS\x01", 1), told{}},
		"an ogg of VP8 of wide pixels": {"video/ogg", page(2, 0, 7, "OVP80\x01\x01\x00\x00\x40\x00\x30\x00\x00\x04\x00\x00\x03\x00\x00\x00\x19\x00\x00\x00\x01") + page(0, 25<<32, 7, "a"), told{85, 48, time.Second}},

		"packs":                                     {"video/mpeg", pack(90_000, sequence) + pack(180_000-3600, "a"), second},
		"a stuffed pack":                            {"video/mpeg", pack(90_000, sequence) + strings.Replace(pack(180_000-3600, "a"), "\x03\xf8", "\x03\xffaaaaaaa", 1), second},
		"a pack of private sound":                   {"video/mpeg", pack(90_000, sequence) + strings.Replace(pack(180_000, "a"), "\x01\xe0", "\x01\xbd", 1), second},
		"a pack of the last pictures":               {"video/mpeg", strings.Replace(pack(90_000, sequence), "\x01\xe0", "\x01\xef", 1), told{64, 48, 40 * time.Millisecond}},
		"a pack of the first sound":                 {"video/mpeg", pack(90_000, sequence) + strings.Replace(pack(180_000, "a"), "\x01\xe0", "\x01\xc0", 1), second},
		"a pack of the last sound":                  {"video/mpeg", pack(90_000, sequence) + strings.Replace(pack(180_000, "a"), "\x01\xe0", "\x01\xdf", 1), second},
		"a pack of something else":                  {"video/mpeg", pack(90_000, sequence) + strings.Replace(pack(180_000, "a"), "\x01\xe0", "\x01\xf0", 1), told{64, 48, 40 * time.Millisecond}},
		"packs that count backwards":                {"video/mpeg", pack(93_600, sequence) + pack(90_000, "a"), told{64, 48, 80 * time.Millisecond}},
		"packs without packets":                     {"video/mpeg", strings.Repeat("\x00\x00\x01\xba", 1<<20), told{}},
		"packs of empty packets":                    {"video/mpeg", packMark + strings.Repeat("\x00\x00\x01\xe0\x00\x00", 1<<20), told{}},
		"packs of zeros":                            {"video/mpeg", packMark + strings.Repeat("\x00", 8<<20), told{}},
		"packs of slices":                           {"video/mpeg", strings.Repeat(pack(0, strings.Repeat("\x00\x00\x01\x67\x64", 10000)), 200), told{}},
		"packs of half descriptions":                {"video/mpeg", strings.Repeat(pack(0, strings.Repeat("\x00\x00\x01\xb3", 12000)), 200), told{}},
		"a pack that ends and begins":               {"video/mpeg", pack(90_000, sequence) + "\x00\x00\x01\xb9" + pack(180_000-3600, "a"), second},
		"packs of a time that isn't":                {"video/mpeg", strings.Replace(pack(90_000, sequence), "\x05\x21", "\x05\x20", 1) + pack(180_000, "a"), told{64, 48, 40 * time.Millisecond}},
		"a description in two packets":              {"video/mpeg", pack(90_000, sequence[:6]) + pack(93_600, sequence[6:]), told{64, 48, 80 * time.Millisecond}},
		"a description behind sound":                {"video/mpeg", strings.ReplaceAll(pack(90_000, strings.Repeat("a", 1000)), "\x01\xe0", "\x01\xc0") + pack(90_000, sequence), told{64, 48, 40 * time.Millisecond}},
		"a description in sound":                    {"video/mpeg", strings.ReplaceAll(pack(90_000, sequence), "\x01\xe0", "\x01\xc0"), told{}},
		"stuffed packs of MPEG-1":                   {"video/mpeg", stuffed(90_000, sequence) + stuffed(180_000-3600, "a"), second},
		"a pack of nothing but stuffing":            {"video/mpeg", pack(90_000, sequence) + "\x00\x00\x01\xe0\x00\x04\xff\xff\xff\xff", told{64, 48, 40 * time.Millisecond}},
		"a pack that is cut short":                  {"video/mpeg", pack(90_000, sequence) + pack(180_000, "a")[:25], told{64, 48, 40 * time.Millisecond}},
		"rubbish without a pack":                    {"video/mpeg", pack(90_000, sequence) + strings.Repeat("a", 10_000), told{64, 48, 40 * time.Millisecond}},
		"MPEG-1":                                    {"video/mpeg", mpeg1, sized},
		"MPEG-1 of wide pixels":                     {"video/mpeg", coded("\x33", "\x00\x00\x01\xb8\x00\x00\x00"), told{91, 48, 0}},
		"MPEG-1 of a shape nobody knows":            {"video/mpeg", coded("\xf3", "\x00\x00\x01\xb8\x00\x00\x00"), sized},
		"MPEG-1 with something behind it":           {"video/mpeg", coded("\x13", "\x00\x00\x01\xb5\x24\x00\x00\x00"), sized},
		"MPEG-2":                                    {"video/mpeg", coded("\x13", extension), sized},
		"MPEG-2 of 4:3":                             {"video/mpeg", coded("\x23", extension), sized},
		"MPEG-2 of 16:9":                            {"video/mpeg", coded("\x33", extension), told{85, 48, 0}},
		"MPEG-2 of 2.21:1":                          {"video/mpeg", coded("\x43", extension), told{106, 48, 0}},
		"MPEG-2 of a shape nobody knows":            {"video/mpeg", coded("\x53", extension), sized},
		"MPEG-2 of large pictures":                  {"video/mpeg", coded("\x13", "\x00\x00\x01\xb5\x14\x80\xa0\x01\x00"), told{4096 + 64, 4096 + 48, 0}},
		"MPEG-2 without sides":                      {"video/mpeg", "\x00\x00\x01\xb3\x00\x00\x00\x33\xff\xff\xe0\x18" + extension, told{}},
		"transport":                                 {"video/mp2t", transport(7, elementaryOf(pack(90_000, sequence))) + transport(7, elementaryOf(pack(180_000-3600, "a"))), second},
		"a description in two packets of transport": {"video/mp2t", transport(7, elementaryOf(pack(90_000, sequence[:6]))) + strings.Replace(transport(7, sequence[6:]), "\x40\x07", "\x00\x07", 1), told{64, 48, 40 * time.Millisecond}},
		"a description in packets of two streams":   {"video/mp2t", transport(7, elementaryOf(pack(90_000, sequence[:6]))) + strings.Replace(transport(8, sequence[6:]), "\x40\x08", "\x00\x08", 1), told{0, 0, 0}},
		"transport of two":                          {"video/mp2t", transport(8, strings.Replace(elementaryOf(pack(90_000, "a")), "\x01\xe0", "\x01\xc0", 1)) + transport(7, elementaryOf(pack(90_000, sequence))), told{64, 48, 40 * time.Millisecond}},
		"transport that ends amid":                  {"video/mp2t", transport(7, elementaryOf(pack(90_000, sequence))) + transport(7, elementaryOf(pack(180_000-3600, "a"))) + "\x47aaa", second},
		"transport of nothing":                      {"video/mp2t", strings.Repeat("\x47"+strings.Repeat("\xff", 187), 1<<15), told{}},
		"transport of adaptation":                   {"video/mp2t", strings.Repeat("\x47\x40\x07\x30\xff"+strings.Repeat("\x00", 183), 100), told{}},
		"transport with rubbish in it":              {"video/mp2t", transport(7, elementaryOf(pack(90_000, sequence))) + transport(7, "") + strings.Repeat("a", 188), told{64, 48, 40 * time.Millisecond}},

		"clusters in clusters":                      {"video/webm", ebml + "\x18\x53\x80\x67" + endless + tracks + strings.Repeat(cluster+endless, 1<<16), sized},
		"blocks by the thousand":                    {"video/webm", ebml + "\x18\x53\x80\x67" + endless + tracks + cluster + endless + at(0) + strings.Repeat("\xa3\x84\x81\x00\x28\x80", 1<<17), told{64, 48, 40 * time.Millisecond}},
		"a block of nothing":                        {"video/webm", ebml + "\x18\x53\x80\x67" + endless + tracks + cluster + endless + at(5000) + "\xa3\x80", told{64, 48, 5 * time.Second}},
		"a cluster at the end of times":             {"video/webm", ebml + "\x18\x53\x80\x67" + endless + tracks + cluster + endless + el("\xe7", u32(1<<32-1, 1<<32-1)) + block(40, 1), sized},
		"a cluster before its tracks":               {"video/webm", ebml + "\x18\x53\x80\x67" + endless + el(cluster, at(5000), block(40, 1)) + tracks, told{64, 48, 5040 * time.Millisecond}},
		"a cluster without pictures":                {"video/webm", ebml + "\x18\x53\x80\x67" + endless + el(cluster, at(5000), block(40, 1)), told{}},
		"a film of as many tracks as are looked at": {"video/mp4", box("moov", clock(1000), strings.Repeat(track("soun", 0, 0), 63)+track("vide", 64, 48)), second},
		"a film of a track too many":                {"video/mp4", box("moov", clock(1000), strings.Repeat(track("soun", 0, 0), 64)+track("vide", 64, 48)), told{0, 0, time.Second}},
		"a film of subtitles first":                 {"video/mp4", box("moov", clock(1000), strings.Repeat(track("text", 0, 0), 64)+track("vide", 64, 48)), second},
		"a track cropped to nothing":                {"video/webm", ebml + segment + "\x16\x54\xae\x6b\x91\xae\x8f\x83\x81\x01\xe0\x8a\xb0\x81\x40\xba\x81\x30\x54\xcc\x81\x40", sized},
		"a track displayed at nothing":              {"video/webm", ebml + segment + "\x16\x54\xae\x6b\x95\xae\x93\x83\x81\x01\xe0\x8e\xb0\x81\x40\xba\x81\x30\x54\xb0\x81\x00\x54\xba\x81\x00", sized},
		"a track displayed wide":                    {"video/webm", ebml + segment + "\x16\x54\xae\x6b\x91\xae\x8f\x83\x81\x01\xe0\x8a\xb0\x81\x40\xba\x81\x30\x54\xb0\x81\x80", told{128, 48, 0}},
		"a track displayed high":                    {"video/webm", ebml + segment + "\x16\x54\xae\x6b\x91\xae\x8f\x83\x81\x01\xe0\x8a\xb0\x81\x40\xba\x81\x30\x54\xba\x81\x60", told{64, 96, 0}},
		"a film of many tracks":                     {"video/mp4", box("moov", clock(1000), strings.Repeat(track("soun", 0, 0), 1<<14)+track("vide", 64, 48)), told{0, 0, time.Second}},
		"edits by the thousand":                     {"video/mp4", box("moov", clock(1000), box("trak", box("edts", box("elst", u32(0, 1<<32-1), strings.Repeat(u32(1, 0, 0), 1<<18))), box("mdia", box("hdlr", u32(0, 0), "vide")))), told{0, 0, time.Second}},
		"a movie that tells its fragments wrong":    {"video/mp4", box("moov", clock(0), track("vide", 64, 48), box("mvex", box("mehd", u32(0, 5000)), box("trex", u32(0, 7, 1, 40, 0, 0)))) + fragment(0, u32(0, 25)), second},
		"a movie that tells of no fragments":        {"video/mp4", box("moov", clock(0), track("vide", 64, 48), box("mvex", box("mehd", u32(0, 0)), box("trex", u32(0, 7, 1, 40, 0, 0)))) + fragment(0, u32(0, 25)), second},
		"fragments of a track nobody knows":         {"video/mp4", fragmented(fragment(0, u32(0, 25)), box("moof", box("traf", box("tfhd", u32(0, 8)), box("tfdt", u32(0, 9000)), box("trun", u32(0, 25))))), second},
		"a fragment that doesn't say when":          {"video/mp4", fragmented(fragment(0, u32(0, 25)), box("moof", box("traf", box("tfhd", u32(0, 7)), box("trun", u32(0, 250))))), second},
		"a fragment of more samples than it says":   {"video/mp4", fragmented(fragment(0, u32(hasSampleDuration, 2, 500, 500, 500))), second},
		"fragments out of order":                    {"video/mp4", fragmented(fragment(0, u32(0, 25)), fragment(0, u32(0, 20))), second},
		"a movie that is longer":                    {"video/mp4", box("moov", clock(2000), track("vide", 64, 48), box("mvex", box("trex", u32(0, 7, 1, 40, 0, 0)))) + fragment(0, u32(0, 25)), told{64, 48, 2 * time.Second}},
		"what looks like fragments":                 {"video/mp4", fragmented(box("mdat", strings.Repeat("\x00\x00\x00\x10moof\x00\x00\x00\x08mfhd", 1<<17))), sized},
		"moof moof moof":                            {"video/mp4", fragmented(box("mdat", strings.Repeat("moof", 1<<18))), sized},
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

const packMark = "\x00\x00\x01\xba\x44\x00\x04\x00\x04\x01\x00\x00\x03\xf8"

// numbered puts n texts together.
func numbered(n int, text func(i uint32) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(text(uint32(i)))
	}
	return b.String()
}
