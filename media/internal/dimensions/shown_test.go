package dimensions_test

import (
	"encoding/binary"
	"strings"
	"testing"
)

// What Chromium 156 shows of images that no encoder writes. internal/integration/realfiles
// asks it about the same kinds of files, whole ones with pixels.

// entry is one of a TIFF directory in the order of big-endian numbers, with a value of 16
// bits in its first two bytes.
func entry(tag, kind uint16, count uint32, value uint16) string {
	b := binary.BigEndian.AppendUint16(nil, tag)
	b = binary.BigEndian.AppendUint16(b, kind)
	b = binary.BigEndian.AppendUint32(b, count)
	return string(binary.BigEndian.AppendUint16(b, value)) + "\x00\x00"
}

// directory is TIFF data whose directory says that it has so many entries.
func directory(count uint16, entries ...string) string {
	return "MM\x00*\x00\x00\x00\x08" + string(binary.BigEndian.AppendUint16(nil, count)) + strings.Join(entries, "")
}

// app1 is a segment of JPEG that begins as Exif does.
func app1(content string) string {
	return "\xff\xe1" + string(binary.BigEndian.AppendUint16(nil, uint16(2+6+len(content)))) + "Exif\x00\x00" + content
}

func orientation(value uint16) string { return entry(0x112, 3, 1, value) }

func TestShownExif(t *testing.T) {
	six := orientation(6)
	for name, c := range map[string]struct {
		tiff   string
		turned bool
	}{
		"nothing but a header":           {"MM\x00*\x00\x00\x00\x08", false},
		"a header cut short":             {"MM\x00*\x00\x00\x00", false},
		"no orientation":                 {directory(1, entry(0x100, 3, 1, 6)), false},
		"no entries":                     {directory(0, six), false},
		"one entry":                      {directory(1, six), true},
		"fewer entries than are there":   {directory(1, entry(0x100, 3, 1, 5), six), false},
		"more entries than are there":    {directory(9, entry(0x100, 3, 1, 5), six), true},
		"an entry without its last byte": {directory(1, six[:11]), false},
		"an entry without its value":     {directory(1, six[:8]), false},
		"a count cut short":              {directory(1, six)[:9], false},
		"no directory":                   {directory(1, six)[:8], false},
		"32 bits":                        {directory(1, entry(0x112, 4, 1, 6)), false},
		"8 bits":                         {directory(1, entry(0x112, 1, 1, 6)), false},
		"no value":                       {directory(1, entry(0x112, 3, 0, 6)), false},
		"two values":                     {directory(1, entry(0x112, 3, 2, 6)), false},
		"a value that is none":           {directory(2, orientation(9), six), true},
		"a value of 0":                   {directory(2, orientation(0), six), true},
		"the first of two":               {directory(2, orientation(1), six), false},
		"the first of two, turned":       {directory(2, six, orientation(1)), true},
		"a directory elsewhere":          {"MM\x00*\x00\x00\x00\x0b\xff\xff\xff" + directory(1, six)[8:], true},
		"a directory at the end":         {"MM\x00*\x00\x00\x00\x08\x00\x01", false},
		"a directory half at the end":    {"MM\x00*\x00\x00\x00\x09\x00\x01", false},
		"a directory behind the end":     {"MM\x00*\x00\x00\x00\x0a\x00\x01", false},
		"a directory far away":           {"MM\x00*\xff\xff\xff\xff" + directory(1, six)[8:], false},
		"BigTIFF":                        {"MM\x00+" + directory(1, six)[4:], false},
		"orders mixed":                   {"II*\x00" + directory(1, six)[4:], false},
	} {
		want := [2]int{40, 24}
		if c.turned {
			want = [2]int{24, 40}
		}
		for contentType, content := range map[string]string{
			"image/jpeg": "\xff\xd8" + app1(c.tiff) + frame(40, 24) + scan,
			"image/png":  header(40, 24) + chunk("eXIf", c.tiff) + chunk("IDAT", ""),
		} {
			if got, _ := measure(t, []byte(content), contentType); [2]int{got.Width, got.Height} != want {
				t.Errorf("%s in %s: %d by %d; want %v", name, contentType, got.Width, got.Height, want)
			}
		}
	}
	for value := range uint16(10) {
		got, _ := measure(t, []byte("\xff\xd8"+app1(directory(1, orientation(value)))+frame(40, 24)+scan), "image/jpeg")
		if turned := value >= 5 && value <= 8; turned != (got.Width == 24) {
			t.Errorf("orientation %d: %d by %d", value, got.Width, got.Height)
		}
	}
}

func TestShown(t *testing.T) {
	one, six := directory(1, orientation(1)), directory(1, orientation(6))
	gif := func(width, height uint16, blocks ...string) string {
		b := binary.LittleEndian.AppendUint16([]byte("GIF89a"), width)
		return string(binary.LittleEndian.AppendUint16(b, height)) + "\x00\x00\x00" + strings.Join(blocks, "")
	}
	place := func(x, y, width, height uint16) string {
		b := []byte(",")
		for _, n := range []uint16{x, y, width, height} {
			b = binary.LittleEndian.AppendUint16(b, n)
		}
		return string(b) + "\x00"
	}
	body := frame(40, 24) + scan
	badly := func(c string) string { return c[:len(c)-1] + "?" }
	for name, c := range map[string]struct {
		contentType, content string
		width, height        int
	}{
		"the first of two Exifs":               {"image/jpeg", "\xff\xd8" + app1(one) + app1(six) + body, 40, 24},
		"the first of two Exifs, turned":       {"image/jpeg", "\xff\xd8" + app1(six) + app1(one) + body, 24, 40},
		"a first Exif that says nothing":       {"image/jpeg", "\xff\xd8" + app1("MM") + app1(six) + body, 40, 24},
		"a first Exif that is empty":           {"image/jpeg", "\xff\xd8" + app1("") + app1(six) + body, 24, 40},
		"Exif behind the frame":                {"image/jpeg", "\xff\xd8" + frame(40, 24) + app1(six) + scan, 24, 40},
		"Exif behind the scan":                 {"image/jpeg", "\xff\xd8" + body + app1(six), 40, 24},
		"Exif whose mark ends otherwise":       {"image/jpeg", "\xff\xd8" + strings.Replace(app1(six), "Exif\x00\x00", "Exif\x00\x01", 1) + body, 24, 40},
		"Exif without its mark's end":          {"image/jpeg", "\xff\xd8" + strings.Replace(app1(six), "Exif\x00", "Exif\x01", 1) + body, 40, 24},
		"Exif in another segment":              {"image/jpeg", "\xff\xd8" + strings.Replace(app1(six), "\xe1", "\xe2", 1) + body, 40, 24},
		"Exif behind markers that stand alone": {"image/jpeg", "\xff\xd8\xff\x01\xff\xd0\xff\xd7" + app1(six) + body, 24, 40},
		"every other frame":                    {"image/jpeg", "\xff\xd8" + strings.Replace(body, "\xc0", "\xcf", 1), 40, 24},
		"tables that are no frame":             {"image/jpeg", "\xff\xd8\xff\xc4\x00\x07aaaaa\xff\xc8\x00\x07aaaaa\xff\xcc\x00\x07aaaaa\xff\xbf\x00\x07aaaaa" + body, 40, 24},
		"a frame's header cut short":           {"image/jpeg", "\xff\xd8" + body[:8], 0, 0},

		"the first of two chunks":         {"image/png", header(40, 24) + chunk("eXIf", one) + chunk("eXIf", six), 40, 24},
		"the first of two chunks, turned": {"image/png", header(40, 24) + chunk("eXIf", six) + chunk("eXIf", one), 24, 40},
		"a chunk whose checksum is wrong": {"image/png", header(40, 24) + badly(chunk("eXIf", six)), 40, 24},
		"a second chunk that is right":    {"image/png", header(40, 24) + badly(chunk("eXIf", one)) + chunk("eXIf", six), 24, 40},
		"Exif behind the data":            {"image/png", header(40, 24) + chunk("IDAT", "") + chunk("eXIf", six), 40, 24},
		"Exif behind another chunk":       {"image/png", header(40, 24) + chunk("teXt", "a") + chunk("eXIf", six), 24, 40},
		"Exif with the mark of JPEG":      {"image/png", header(40, 24) + chunk("eXIf", "Exif\x00\x00"+six), 40, 24},
		"a PNG of another first chunk":    {"image/png", strings.Replace(header(40, 24), "IHDR", "IDAT", 1), 0, 0},

		"a frame of the whole screen":         {"image/gif", gif(20, 10, place(0, 0, 20, 10)), 20, 10},
		"a frame that is smaller":             {"image/gif", gif(20, 10, place(5, 5, 5, 5)), 20, 10},
		"a frame that is wider":               {"image/gif", gif(20, 10, place(2, 0, 30, 5)), 32, 10},
		"a frame that is higher":              {"image/gif", gif(20, 10, place(0, 3, 5, 15)), 20, 18},
		"no screen":                           {"image/gif", gif(0, 0, place(5, 5, 30, 15)), 35, 20},
		"a second frame that is larger":       {"image/gif", gif(20, 10, place(0, 0, 20, 10), "\x02\x01a\x00", place(0, 0, 30, 15)), 20, 10},
		"no frame":                            {"image/gif", gif(20, 10, ";"), 20, 10},
		"a frame behind a comment":            {"image/gif", gif(20, 10, "\x21\xfe\x02aa\x01a\x00", place(0, 0, 30, 15)), 30, 15},
		"a frame behind what is not known":    {"image/gif", gif(20, 10, "\x00", place(0, 0, 30, 15)), 20, 10},
		"a frame behind a table of 2 colours": {"image/gif", strings.Replace(gif(20, 10, "aaaaaa", place(0, 0, 30, 15)), "\x0a\x00\x00", "\x0a\x00\x80", 1), 30, 15},
		"a frame behind a table of 256":       {"image/gif", strings.Replace(gif(20, 10, strings.Repeat("a", 768), place(0, 0, 30, 15)), "\x0a\x00\x00", "\x0a\x00\xf7", 1), 30, 15},
		"a frame whose place is cut short":    {"image/gif", gif(20, 10, place(0, 0, 30, 15)[:8]), 0, 0},
		"a screen alone":                      {"image/gif", gif(20, 10), 0, 0},
		"a comment without end":               {"image/gif", gif(20, 10, "\x21\xfe\x02aa"), 0, 0},
	} {
		if got, _ := measure(t, []byte(c.content), c.contentType); got.Width != c.width || got.Height != c.height {
			t.Errorf("%s: %d by %d; want %d by %d", name, got.Width, got.Height, c.width, c.height)
		}
	}
}
