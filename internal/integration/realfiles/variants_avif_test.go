package realfiles_test

import (
	"encoding/binary"
	"strings"
	"testing"
)

func avifVariants(t *testing.T) map[string]string {
	big := binary.BigEndian
	plain := sample(t, "plain.avif")
	clap := func(width, height, x, y int) string {
		return box("clap", numbers(big, width, 1, height, 1, x, 1, y, 1))
	}
	extent := func(width, height int) string { return box("ispe", numbers(big, 0, width, height)) }
	quarter, half, mirror := box("irot", "\x01"), box("irot", "\x02"), box("imir", "\x00")
	corner := clap(20, 10, -10, -7) // of 40 by 24
	const own = ""                  // the sample's own properties
	files := map[string]string{}
	for name, properties := range map[string][]string{
		"plain":          {own},
		"turned-first":   {quarter, own},
		"turned-last":    {own, quarter},
		"half-first":     {half, own},
		"mirrored-first": {mirror, own},
		"both-first":     {mirror, quarter, own},
		"both-around":    {quarter, own, mirror},
		"two-turns":      {own, quarter, box("irot", "\x01")},
		"no-turn-first":  {own, box("irot", "\x00"), quarter},
		"cropped":        {own, corner},
		"cropped-first":  {corner, own},
		"cropped-turned": {own, corner, quarter},
		"turned-cropped": {quarter, own, corner},
		"cropped-high":   {own, quarter, clap(10, 20, -15, -2)},
		"two-crops":      {own, corner, clap(10, 6, -15, -9)},
		"in-the-middle":  {own, clap(20, 10, 0, 0)},
		"left-middle":    {own, clap(20, 10, -10, 0)},
		"to-the-right":   {own, clap(20, 10, 15, 0)},
		"crop-larger":    {own, clap(80, 48, 20, 12)},
		"crop-whole":     {own, clap(40, 24, 0, 0)},
		"crop-nothing":   {own, clap(0, 10, -20, -7)},
		"crop-no-ratio":  {own, box("clap", numbers(big, 20, 0, 10, 1, -10, 1, -7, 1))},
		"crop-halves":    {own, box("clap", numbers(big, 40, 2, 20, 2, -10, 1, -7, 1))},
		"crop-part":      {own, box("clap", numbers(big, 41, 2, 20, 2, -39, 4, -7, 1))},
		"crop-odd":       {own, box("clap", numbers(big, 21, 1, 11, 1, -19, 2, -13, 2))},
		"crop-minus":     {own, box("clap", numbers(big, -20, -1, 10, 1, -10, 1, -7, 1))},
		"crop-cut":       {own, box("clap", numbers(big, 20, 1, 10, 1, -10, 1))},
		"turn-cut":       {own, box("irot", "")},
		"extent-cut":     {box("ispe", numbers(big, 0, 80)), own},
		"larger-last":    {own, extent(80, 48)},
		"larger-first":   {extent(80, 48), own},
		"wide-pixels":    {own, box("pasp", numbers(big, 2, 1))},
	} {
		files[name+".avif"] = withProperties(t, plain, properties)
	}
	sequence := sample(t, "sequence.avif")
	header := strings.Index(sequence, "tkhd") + int(sequence[strings.Index(sequence, "tkhd")-1]) - 4 - 8
	item := strings.Index(sequence, "ispe") + 8
	size := numbers(big, 80<<16, 48<<16)
	still := sequence[:8] + "avif" + sequence[12:]
	replace := func(file string, at int, by string) string { return file[:at] + by + file[at+len(by):] }
	for name, content := range map[string]string{
		"sequence":             sequence,
		"sequence-header":      replace(sequence, header, size),
		"sequence-turned":      replace(sequence, header-36, numbers(big, 0, 1<<16, 0, -1<<16, 0, 0, 0, 0, 1<<30)),
		"sequence-no-size":     replace(sequence, header, numbers(big, 0, 0)),
		"sequence-item":        replace(sequence, item, numbers(big, 80, 48)),
		"sequence-still":       still,
		"sequence-no-track":    sequence[:strings.Index(sequence, "moov")] + "free" + sequence[strings.Index(sequence, "moov")+4:],
		"sequence-in-name":     plain[:8] + "avis" + plain[12:],
		"track-alone":          strings.Replace(still, "meta", "free", 1),
		"track-alone-avis":     strings.Replace(sequence, "meta", "free", 1),
		"sequence-still-item":  replace(still, item, numbers(big, 80, 48)),
		"sequence-still-track": replace(still, header, size),
	} {
		files[name+".avif"] = content
	}
	return files
}

// box makes a box of ISO base media.
func box(kind, content string) string {
	return numbers(binary.BigEndian, 8+len(content)) + kind + content
}

// withProperties gives the one item of an AVIF file properties in the order given; an empty
// one stands for those that it has. The new meta box goes to the end of the file, so that
// what points into the file still holds, and the old one becomes free space.
func withProperties(t *testing.T, avif string, properties []string) string {
	t.Helper()
	at := strings.Index(avif, "meta") - 4
	meta := avif[at+8 : at+int(binary.BigEndian.Uint32([]byte(avif[at:])))]
	begin := strings.Index(meta, "iprp") - 4
	iprp := meta[begin : begin+int(binary.BigEndian.Uint32([]byte(meta[begin:])))]
	ipco := iprp[16 : 8+binary.BigEndian.Uint32([]byte(iprp[8:]))]
	links := iprp[strings.Index(iprp, "ipma")+4:]
	if !strings.HasPrefix(links, "\x00\x00\x00\x00\x00\x00\x00\x01") {
		t.Fatalf("the sample has not one item: %q", links)
	}
	own := links[11:][:links[10]]
	all, index := ipco, byte(strings.Count(own, "")-1)
	var order string
	for _, p := range properties {
		if p == "" {
			order += own
			continue
		}
		index++
		all += p
		order += string([]byte{index | 0x80})
	}
	links = links[:10] + string([]byte{byte(len(order))}) + order
	meta = meta[:begin] + box("iprp", box("ipco", all)+box("ipma", links)) + meta[begin+len(iprp):]
	return avif[:at+4] + "free" + avif[at+8:] + box("meta", meta)
}
