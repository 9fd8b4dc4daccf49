package realfiles_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
)

// TestVariantsAsChromiumShowsThem takes in files that encoders don't write and that
// decoders must make something of. What Chromium makes of each is right.
func TestVariantsAsChromiumShowsThem(t *testing.T) {
	files := map[string][]byte{}
	for _, variants := range []func(*testing.T) map[string]string{
		jpegVariants, pngVariants, webpVariants, gifVariants, bmpVariants, avifVariants,
	} {
		for name, content := range variants(t) {
			files[name] = []byte(content)
		}
	}
	if len(files) < 130 {
		t.Fatalf("%d variants; some have gone", len(files))
	}
	d := newDesk(t)
	for name, size := range show(t, files) {
		kind := strings.Replace(filepath.Ext(name), ".jpg", ".jpeg", 1)[1:]
		got, err := d.take(t, "image/"+kind, files[name])
		if err != nil && !errors.Is(err, media.ErrUploadRejected) {
			t.Fatal(err)
		}
		if [2]int{got.Width, got.Height} != size {
			t.Errorf("%s: %d by %d, %v; Chromium shows it at %v", name, got.Width, got.Height, err, size)
		}
	}
}

func sample(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "media", "internal", "dimensions", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// numbers appends each in the byte order: a byte, 16 bits or 32 bits by its type.
func numbers(order binary.AppendByteOrder, all ...any) string {
	var b []byte
	for _, n := range all {
		switch n := n.(type) {
		case byte:
			b = append(b, n)
		case uint16:
			b = order.AppendUint16(b, n)
		case uint32:
			b = order.AppendUint32(b, n)
		case int:
			b = order.AppendUint32(b, uint32(n))
		default:
			panic(n)
		}
	}
	return string(b)
}

// entry is one of a TIFF directory, with a value of 16 bits.
type entry struct {
	tag, kind uint16
	count     uint32
	value     uint16
}

func orientation(value uint16) entry { return entry{0x112, 3, 1, value} }

// tiff makes TIFF data, as Exif is, whose directory stands behind a gap.
func tiff(order binary.AppendByteOrder, gap int, entries ...entry) string {
	mark := "MM\x00*"
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		mark = "II*\x00"
	}
	b := mark + numbers(order, 8+gap) + strings.Repeat("\x00", gap) + numbers(order, uint16(len(entries)))
	for _, e := range entries {
		if e.kind == 4 { // of 32 bits
			b += numbers(order, e.tag, e.kind, e.count, int(e.value))
			continue
		}
		b += numbers(order, e.tag, e.kind, e.count, e.value, uint16(0))
	}
	return b + numbers(order, 0)
}

func turn(value uint16) string { return tiff(binary.BigEndian, 0, orientation(value)) }

// exifs are TIFF data of every sort, by what is odd about them.
func exifs() map[string]string {
	big, little := binary.BigEndian, binary.LittleEndian
	all := map[string]string{
		"none":        tiff(big, 0, entry{0x100, 3, 1, 5}),
		"empty":       tiff(big, 0),
		"broken":      "XXXXXXXXXXXX",
		"short":       "MM",
		"long-be":     tiff(big, 0, entry{0x112, 4, 1, 6}),
		"long-le":     tiff(little, 0, entry{0x112, 4, 1, 6}),
		"byte":        tiff(little, 0, entry{0x112, 1, 1, 6}),
		"two-values":  tiff(big, 0, entry{0x112, 3, 2, 6}),
		"no-values":   tiff(big, 0, entry{0x112, 3, 0, 6}),
		"far":         tiff(big, 92, orientation(6)),
		"odd-place":   tiff(big, 1, orientation(6)),
		"first-bad":   tiff(big, 0, orientation(9), orientation(6)),
		"first-zero":  tiff(big, 0, orientation(0), orientation(6)),
		"first-1":     tiff(big, 0, orientation(1), orientation(6)),
		"first-6":     tiff(big, 0, orientation(6), orientation(1)),
		"behind":      tiff(big, 0, entry{0x100, 3, 1, 5}, orientation(6)),
		"out-of-sort": tiff(big, 0, entry{0x8769, 4, 1, 5}, orientation(6)),
		"second":      "MM\x00*" + numbers(big, 8, uint16(0), 14, uint16(1), uint16(0x112), uint16(3), 1, uint16(6), uint16(0), 0),
		"no-place":    "MM\x00*" + numbers(big, 0) + turn(6)[8:],
		"place-out":   "MM\x00*" + numbers(big, 1<<31) + turn(6)[8:],
		"bigtiff":     "MM\x00+" + turn(6)[4:],
		"mixed":       "II*\x00" + turn(6)[4:],
		"said-more":   turn(6)[:9] + "\x05" + turn(6)[10:],
		"said-none":   turn(6)[:9] + "\x00" + turn(6)[10:],
		"cut-value":   turn(6)[:19],
		"cut-pad":     turn(6)[:20],
		"cut-next":    turn(6)[:22],
	}
	for value := range uint16(10) {
		all["value-"+string(rune('0'+value))] = turn(value)
		all["le-value-"+string(rune('0'+value))] = tiff(little, 0, orientation(value))
	}
	return all
}

func jpegVariants(t *testing.T) map[string]string {
	plain := sample(t, "plain.jpg")
	segment := func(marker byte, content string) string {
		return "\xff" + string([]byte{marker}) + numbers(binary.BigEndian, uint16(len(content)+2)) + content
	}
	exif := func(tiff string) string { return segment(0xe1, "Exif\x00\x00"+tiff) }
	with := func(inserted string) string { return plain[:2] + inserted + plain[2:] }
	frame := strings.Index(plain, "\xff\xc0")
	scan := strings.Index(plain, "\xff\xda")
	header := plain[frame : frame+2+int(plain[frame+2])<<8+int(plain[frame+3])]
	files := map[string]string{
		"exif-1-exif-6.jpg":    with(exif(turn(1)) + exif(turn(6))),
		"exif-6-exif-1.jpg":    with(exif(turn(6)) + exif(turn(1))),
		"exif-bare-exif-6.jpg": with(exif("") + exif(turn(6))),
		"exif-odd-mark.jpg":    with(segment(0xe1, "Exif\x00\x01"+turn(6)) + exif(turn(1))),
		"exif-no-nul.jpg":      with(segment(0xe1, "Exif"+turn(6))),
		"exif-app2.jpg":        with(segment(0xe2, "Exif\x00\x00"+turn(6))),
		"exif-behind-xmp.jpg":  with(segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x/>") + exif(turn(6))),
		"exif-late.jpg":        plain[:scan] + exif(turn(6)) + plain[scan:],
		"exif-too-late.jpg":    plain[:len(plain)-2] + exif(turn(6)) + plain[len(plain)-2:],
		"exif-fill.jpg":        with(strings.Repeat("\xff", 100) + exif(turn(6))),
		"rubbish-first.jpg":    with("rubbish\x00"),
		"rubbish-later.jpg":    plain[:frame] + "rubbish\xff\x00\x00" + plain[frame:],
		"two-frames.jpg":       plain[:frame] + header + plain[frame:],
		"no-height.jpg":        plain[:frame+5] + "\x00\x00" + plain[frame+7:],
		"no-width.jpg":         plain[:frame+7] + "\x00\x00" + plain[frame+9:],
		"no-frame.jpg":         plain[:frame] + plain[frame+len(header):],
		"cut-before-scan.jpg":  plain[:scan],
		"cut-in-scan.jpg":      plain[:scan+14],
		"cut-in-frame.jpg":     plain[:frame+8],
		"ends-early.jpg":       plain[:scan] + "\xff\xd9" + plain[scan:],
		"standalone.jpg":       with("\xff\xd0\xff\x01"),
		"many-comments.jpg":    with(strings.Repeat("\xff\xfe\x00\x02", 5000)),
		"jpg-in-it.jpg":        with(segment(0xef, plain)),
	}
	for odd, tiff := range exifs() {
		files["exif-"+odd+".jpg"] = with(exif(tiff))
		files["exif-"+odd+"-6.jpg"] = with(exif(tiff) + exif(turn(6)))
	}
	return files
}

func pngVariants(t *testing.T) map[string]string {
	plain, animated := sample(t, "plain.png"), sample(t, "animated.png")
	chunk := func(kind, content string) string {
		return numbers(binary.BigEndian, len(content)) + kind + content + numbers(binary.BigEndian, crc32.ChecksumIEEE([]byte(kind+content)))
	}
	broken := func(content string) string { c := chunk("eXIf", content); return c[:len(c)-1] + "?" }
	before := func(png, kind, inserted string) string {
		at := strings.Index(png, kind) - 4
		return png[:at] + inserted + png[at:]
	}
	with := func(inserted string) string { return before(plain, "IDAT", inserted) }
	files := map[string]string{
		"late.png":                 before(plain, "IEND", chunk("eXIf", turn(6))),
		"1-6.png":                  with(chunk("eXIf", turn(1)) + chunk("eXIf", turn(6))),
		"6-1.png":                  with(chunk("eXIf", turn(6)) + chunk("eXIf", turn(1))),
		"with-mark.png":            with(chunk("eXIf", "Exif\x00\x00"+turn(6))),
		"checksum.png":             with(broken(turn(6))),
		"checksum-1-6.png":         with(broken(turn(1)) + chunk("eXIf", turn(6))),
		"another.png":              with(chunk("zxIf", turn(6))),
		"raw-profile.png":          with(chunk("tEXt", "Raw profile type exif\x00\nexif\n      40\n457869660000"+"4d4d002a00000008000101120003000000010006000000000000\n")),
		"animated-6.png":           before(animated, "IDAT", chunk("eXIf", turn(6))),
		"animated-6-first.png":     before(animated, "acTL", chunk("eXIf", turn(6))),
		"animated-6-late.png":      before(animated, "fdAT", chunk("eXIf", turn(6))),
		"6-and-late-1.png":         before(before(plain, "IEND", chunk("eXIf", turn(1))), "IDAT", chunk("eXIf", turn(6))),
		"6-behind-a-hundred.png":   with(strings.Repeat(chunk("teXt", "x"), 100) + chunk("eXIf", turn(6))),
		"6-behind-32-KiB.png":      with(chunk("prVt", strings.Repeat("x", 32<<10)) + chunk("eXIf", turn(6))),
		"6-of-40-KiB.png":          with(chunk("eXIf", turn(6)+strings.Repeat("x", 40<<10))),
		"behind-6-of-1.2-MiB.png":  with(chunk("eXIf", turn(6)+strings.Repeat("x", 1200<<10))),
		"6-before-its-palette.png": before(sample(t, "palette.png"), "PLTE", chunk("eXIf", turn(6))),
	}
	for odd, tiff := range exifs() {
		files[odd+".png"] = with(chunk("eXIf", tiff))
		files[odd+"-6.png"] = with(chunk("eXIf", tiff) + chunk("eXIf", turn(6)))
	}
	return files
}

func webpVariants(t *testing.T) map[string]string {
	little := binary.LittleEndian
	chunk := func(kind, content string) string {
		return kind + numbers(little, len(content)) + content + strings.Repeat("\x00", len(content)%2)
	}
	riff := func(chunks ...string) string { return chunk("RIFF", "WEBP"+strings.Join(chunks, "")) }
	extended := func(flags byte, width, height uint16) string {
		return chunk("VP8X", numbers(little, int(flags), width-1, byte(0), height-1, byte(0)))
	}
	lossy, lossless, animated := sample(t, "lossy.webp")[12:], sample(t, "lossless.webp")[12:], sample(t, "animated.webp")
	exif := func(value uint16) string { return chunk("EXIF", turn(value)) }
	flagged := []byte(animated)
	flagged[20] |= 8
	return map[string]string{
		"6.webp":               riff(extended(8, 40, 24), lossy, exif(6)),
		"6-unflagged.webp":     riff(extended(0, 40, 24), lossy, exif(6)),
		"6-first.webp":         riff(extended(8, 40, 24), exif(6), lossy),
		"6-lossless.webp":      riff(extended(8, 40, 24), lossless, exif(6)),
		"6-simple.webp":        riff(lossy, exif(6)),
		"6-with-mark.webp":     riff(extended(8, 40, 24), lossy, chunk("EXIF", "Exif\x00\x00"+turn(6))),
		"6-animated.webp":      riff(string(flagged[12:]), exif(6)),
		"canvas-wider.webp":    riff(extended(0, 41, 24), lossy),
		"canvas-higher.webp":   riff(extended(0, 40, 25), lossy),
		"canvas-lower.webp":    riff(extended(0, 40, 23), lossy),
		"canvas-lossless.webp": riff(extended(0, 41, 24), lossless),
		"unknown-first.webp":   riff(extended(0, 40, 24), chunk("abcd", "x"), lossy),
		"no-picture.webp":      riff(extended(0, 40, 24)),
		"frame-larger.webp":    strings.Replace(animated, animated[24:30], numbers(little, uint16(38), byte(0), uint16(23), byte(0)), 1),
	}
}

func gifVariants(*testing.T) map[string]string {
	type frame struct{ x, y, width, height uint16 }
	gif := func(width, height uint16, more string, frames ...frame) string {
		b := "GIF89a" + numbers(binary.LittleEndian, width, height, byte(0x80), byte(0), byte(0)) + "\x00\x00\x00\xff\xff\xff" + more
		for _, f := range frames {
			b += "," + numbers(binary.LittleEndian, f.x, f.y, f.width, f.height, byte(0)) + pixels(int(f.width)*int(f.height))
		}
		return b + ";"
	}
	larger := gif(20, 10, "", frame{0, 0, 30, 15})
	return map[string]string{
		"plain.gif":           gif(20, 10, "", frame{0, 0, 20, 10}),
		"smaller.gif":         gif(20, 10, "", frame{5, 5, 5, 5}),
		"larger.gif":          larger,
		"larger-87.gif":       strings.Replace(larger, "89a", "87a", 1),
		"wider.gif":           gif(20, 10, "", frame{0, 0, 30, 5}),
		"higher.gif":          gif(20, 10, "", frame{0, 0, 5, 15}),
		"beyond.gif":          gif(20, 10, "", frame{15, 8, 20, 10}),
		"beyond-right.gif":    gif(20, 10, "", frame{15, 0, 10, 5}),
		"larger-aside.gif":    gif(20, 10, "", frame{2, 3, 30, 15}),
		"no-screen.gif":       gif(0, 0, "", frame{0, 0, 30, 15}),
		"no-screen-aside.gif": gif(0, 0, "", frame{5, 5, 30, 15}),
		"no-width.gif":        gif(0, 10, "", frame{0, 0, 30, 5}),
		"no-height.gif":       gif(20, 0, "", frame{0, 0, 5, 15}),
		"second-larger.gif":   gif(20, 10, "", frame{0, 0, 20, 10}, frame{0, 0, 30, 15}),
		"no-frame.gif":        gif(20, 10, ""),
		"empty-first.gif":     gif(20, 10, "", frame{}, frame{0, 0, 30, 15}),
		"nothing-first.gif":   gif(0, 0, "", frame{}, frame{0, 0, 30, 15}),
		"comment.gif":         gif(20, 10, "\x21\xfe\x03abc\x00", frame{0, 0, 30, 15}),
		"unknown.gif":         gif(20, 10, "\x21\x77\x01a\x00", frame{0, 0, 30, 15}),
		"many-comments.gif":   gif(20, 10, strings.Repeat("\x21\xfe\x01a\x00", 500), frame{0, 0, 30, 15}),
		"rubbish.gif":         gif(20, 10, "\x00\x00\x00", frame{0, 0, 30, 15}),
		"cut-screen.gif":      larger[:10],
		"cut-table.gif":       larger[:17],
		"cut-frame.gif":       larger[:24],
		"cut-pixels.gif":      larger[:40],
	}
}

// pixels is a GIF's data of n pixels, all of one colour, that isn't compressed: codes of 3
// bits, with a clear code often enough that they stay so.
func pixels(n int) string {
	const clear, end, black = 4, 5, 0
	var codes []byte
	for i := range n {
		if i%2 == 0 {
			codes = append(codes, clear)
		}
		codes = append(codes, black)
	}
	codes = append(codes, end)
	data := make([]byte, (len(codes)*3+7)/8+1)
	for i, code := range codes {
		bits := uint16(code) << (3 * i % 8)
		data[3*i/8] |= byte(bits)
		data[3*i/8+1] |= byte(bits >> 8)
	}
	b := "\x02"
	for block := range slices.Chunk(data, 255) {
		b += string([]byte{byte(len(block))}) + string(block)
	}
	return b + "\x00"
}

func bmpVariants(*testing.T) map[string]string {
	little := binary.LittleEndian
	bmp := func(header string) string {
		content := strings.Repeat("\x7f", 60*10)
		return "BM" + numbers(little, 14+len(header)+len(content), 0, 14+len(header)) + header + content
	}
	later := func(length, width, height int) string {
		header := numbers(little, length, width, height, uint16(1), uint16(24), 0, 600, 0, 0, 0, 0)
		return bmp((header + strings.Repeat("\x00", 200))[:length])
	}
	files := map[string]string{
		"os2.bmp":       bmp(numbers(little, 12, uint16(20), uint16(10), uint16(1), uint16(24))),
		"top-down.bmp":  later(40, 20, -10),
		"no-width.bmp":  later(40, 0, 10),
		"no-height.bmp": later(40, 20, 0),
		"leftwards.bmp": later(40, -20, 10),
	}
	for _, length := range []int{13, 16, 20, 32, 36, 40, 42, 46, 48, 52, 56, 60, 64, 68, 108, 124, 128} {
		files["header-"+numbers(little, byte('a'+length/16), byte('a'+length%16))+".bmp"] = later(length, 20, 10)
	}
	return files
}
