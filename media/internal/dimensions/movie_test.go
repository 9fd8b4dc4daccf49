package dimensions_test

import (
	"testing"
	"time"
)

// transform makes a matrix of the four numbers that turn and stretch, in 65,536ths.
func transform(a, b, c, d int32) string {
	return u32(uint32(a), uint32(b), 0, uint32(c), uint32(d), 0, 0, 0, 1<<30)
}

const one = 1 << 16

var (
	asIs    = transform(one, 0, 0, one)
	quarter = transform(0, one, -one, 0)
	back    = transform(0, -one, one, 0)
)

// film is a movie of one track, which says all that tells how it is shown.
type film struct {
	whole, own   string // matrices
	off          bool
	width        uint32 // at which it is presented
	height       uint32
	coded        string   // width and height
	boxes        []string // that follow in the description of samples
	codec        string
	length       uint32 // of the movie, in ms
	media        uint32 // of the track, in ms
	edits        string
	secondWidth  uint32 // of another track
	secondOff    bool
	secondLength uint32 // of a sound track
	secondEdits  string
}

// content is the whole file.
func (f film) content() string {
	flags := uint32(1)
	if f.off {
		flags = 0
	}
	trak := func(flags, id uint32, kind, own string, width, height, media uint32, edits, table string) string {
		return box("trak",
			box("tkhd", u32(flags, 0, 0, id, 0, 0, 0, 0, 0, 0), own, u32(width<<16|0xffff, height<<16)), edits,
			box("mdia", box("mdhd", u32(0, 0, 0, 1000, media, 0)), box("hdlr", u32(0, 0), kind), box("minf", box("stbl", table))))
	}
	entry := box(f.codec, u32(0, 0, 0, 0, 0, 0), f.coded, string(make([]byte, 50)))
	for _, b := range f.boxes {
		entry = box(f.codec, entry[8:], b)
	}
	content := trak(flags, 7, "vide", f.own, f.width, f.height, f.media, f.edits, box("stsd", u32(0, 1), entry))
	if f.secondWidth > 0 {
		second := flags
		if f.off && !f.secondOff {
			second = 1
		}
		content += trak(second, 8, "vide", asIs, f.secondWidth, 24, 1, "", "")
	}
	if f.secondLength > 0 {
		content += trak(1, 9, "soun", asIs, 0, 0, f.secondLength, f.secondEdits, "")
	}
	header := box("mvhd", u32(0, 0, 0, 1000, f.length, one, 1<<24, 0, 0), f.whole, string(make([]byte, 28)))
	return box("ftyp", "isom") + box("moov", header, content)
}

// TestFilms holds what is told of movies to what Chromium 156 shows of a file of H.264 with
// 64 by 48 pixels, of a second. It doesn't play H.263: that is as ffprobe tells it.
func TestFilms(t *testing.T) {
	pasp := func(wide, high uint32) []string { return []string{box("pasp", u32(wide, high))} }
	clap := box("clap", u32(40, 1, 30, 1, 0, 1, 0, 1))
	edits := func(entries ...uint32) string {
		return box("edts", box("elst", u32(0, uint32(len(entries)/3)), u32(entries...)))
	}
	for name, c := range map[string]struct {
		change        func(*film)
		width, height int
		duration      time.Duration
	}{
		"plain":                              {func(*film) {}, 64, 48, 1000},
		"wide pixels":                        {func(f *film) { f.boxes = pasp(4, 3) }, 85, 48, 1000},
		"high pixels":                        {func(f *film) { f.boxes = pasp(3, 4) }, 64, 64, 1000},
		"a bit wide":                         {func(f *film) { f.boxes = pasp(117, 100) }, 75, 48, 1000},
		"pixels without a width":             {func(f *film) { f.boxes = pasp(0, 1) }, 64, 48, 1000},
		"pixels without a height":            {func(f *film) { f.boxes = pasp(1, 0) }, 64, 48, 1000},
		"pixels that are too wide":           {func(f *film) { f.boxes = pasp(10000, 1) }, 0, 0, 1000},
		"pixels that are square after all":   {func(f *film) { f.boxes, f.width = pasp(1, 1), 128 }, 64, 48, 1000},
		"wide by the pixels, not the track":  {func(f *film) { f.boxes, f.width = pasp(4, 3), 128 }, 85, 48, 1000},
		"another box in front of the pixels": {func(f *film) { f.boxes = append([]string{box("avcC", u32(1))}, pasp(4, 3)...) }, 85, 48, 1000},
		"a clean aperture":                   {func(f *film) { f.boxes = []string{clap} }, 64, 48, 1000},
		"presented wide":                     {func(f *film) { f.width = 128 }, 128, 48, 1000},
		"presented narrow":                   {func(f *film) { f.width = 32 }, 64, 96, 1000},
		"presented large":                    {func(f *film) { f.width, f.height = 128, 96 }, 64, 48, 1000},
		"presented small":                    {func(f *film) { f.width, f.height = 32, 24 }, 64, 48, 1000},
		"presented at no size":               {func(f *film) { f.width, f.height = 0, 0 }, 64, 48, 1000},
		"presented at no height":             {func(f *film) { f.height = 0 }, 64, 48, 1000},
		"described otherwise":                {func(f *film) { f.coded = "\x00\x64\x00\x32" }, 100, 75, 1000},
		"described at no size":               {func(f *film) { f.coded = "\x00\x00\x00\x00" }, 64, 48, 1000},
		"described at no height":             {func(f *film) { f.coded = "\x00\x64\x00\x00" }, 64, 48, 1000},

		"H.263 of its own format": {func(f *film) { f.codec, f.coded, f.width, f.height = "s263", "\x00\xb0\x00\x90", 176, 144 }, 192, 144, 1000},
		"H.263 of its own format with square pixels": {func(f *film) {
			f.codec, f.coded, f.width, f.height, f.boxes = "s263", "\x00\xb0\x00\x90", 176, 144, pasp(1, 1)
		}, 176, 144, 1000},
		"H.263 of another format": {func(f *film) { f.codec = "s263" }, 64, 48, 1000},

		"turned":                        {func(f *film) { f.own = quarter }, 48, 64, 1000},
		"turned and wide":               {func(f *film) { f.own, f.boxes = quarter, pasp(4, 3) }, 48, 85, 1000},
		"turned on its head":            {func(f *film) { f.own = transform(-one, 0, 0, -one) }, 64, 48, 1000},
		"turned with the movie":         {func(f *film) { f.whole = quarter }, 48, 64, 1000},
		"turned twice":                  {func(f *film) { f.whole, f.own = quarter, quarter }, 64, 48, 1000},
		"turned there and back":         {func(f *film) { f.whole, f.own = back, quarter }, 64, 48, 1000},
		"turned thrice":                 {func(f *film) { f.whole, f.own = transform(-one, 0, 0, -one), quarter }, 48, 64, 1000},
		"mirrored":                      {func(f *film) { f.own = transform(-one, 0, 0, one) }, 64, 48, 1000},
		"mirrored and turned":           {func(f *film) { f.own = transform(0, one, one, 0) }, 48, 64, 1000},
		"turned by 45 degrees":          {func(f *film) { f.own = transform(46340, 46340, -46340, 46340) }, 64, 48, 1000},
		"turned by 89 degrees":          {func(f *film) { f.own = transform(1144, 65526, -65526, 1144) }, 64, 48, 1000},
		"turned to nothing":             {func(f *film) { f.own = transform(0, 0, 0, 0) }, 64, 48, 1000},
		"turned to nothing by the film": {func(f *film) { f.whole, f.own = transform(0, 0, 0, 0), quarter }, 64, 48, 1000},
		"turned to a line":              {func(f *film) { f.own = transform(0, one, 0, 0) }, 64, 48, 1000},
		"stretched":                     {func(f *film) { f.own = transform(2*one, 0, 0, one) }, 128, 48, 1000},
		"stretched with the movie":      {func(f *film) { f.whole = transform(2*one, 0, 0, one) }, 128, 48, 1000},
		"stretched, with square pixels": {func(f *film) { f.own, f.boxes = transform(2*one, 0, 0, one), pasp(1, 1) }, 64, 48, 1000},
		"stretched and turned":          {func(f *film) { f.own = transform(0, 2*one, -one, 0) }, 64, 96, 1000},
		"enlarged":                      {func(f *film) { f.own = transform(2*one, 0, 0, 2*one) }, 64, 48, 1000},

		"switched off":                   {func(f *film) { f.off = true }, 64, 48, 1000},
		"another track":                  {func(f *film) { f.secondWidth = 32 }, 64, 48, 1000},
		"all switched off":               {func(f *film) { f.off, f.secondWidth, f.secondOff = true, 32, true }, 64, 48, 1000},
		"switched off for another track": {func(f *film) { f.off, f.secondWidth = true, 32 }, 32, 24, 1000},

		"a movie that knows no length":  {func(f *film) { f.length = 0 }, 64, 48, 1000},
		"a movie of all ones":           {func(f *film) { f.length = 1<<32 - 1 }, 64, 48, 1000},
		"a movie that says more":        {func(f *film) { f.length = 5000 }, 64, 48, 1000},
		"a movie that says less":        {func(f *film) { f.length = 500 }, 64, 48, 1000},
		"a movie that alone knows":      {func(f *film) { f.media = 0 }, 64, 48, 1000},
		"nobody knows":                  {func(f *film) { f.length, f.media = 0, 0 }, 64, 48, 0},
		"longer sound":                  {func(f *film) { f.secondLength = 3000 }, 64, 48, 3000},
		"shorter sound":                 {func(f *film) { f.secondLength = 300 }, 64, 48, 1000},
		"cut":                           {func(f *film) { f.edits = edits(500, 0, one) }, 64, 48, 500},
		"cut at the begin":              {func(f *film) { f.edits = edits(500, 500, one) }, 64, 48, 500},
		"cut out of the middle":         {func(f *film) { f.edits = edits(300, 0, one, 300, 700, one) }, 64, 48, 600},
		"cut to more than there is":     {func(f *film) { f.edits = edits(5000, 0, one) }, 64, 48, 1000},
		"a pause first":                 {func(f *film) { f.edits = edits(1000, 1<<32-1, one, 1000, 0, one) }, 64, 48, 1000},
		"cut to a second after a pause": {func(f *film) { f.edits = edits(1000, 1<<32-1, one, 400, 0, one) }, 64, 48, 400},
		"a pause in the middle of sound": {func(f *film) {
			f.secondLength, f.secondEdits = 1000, edits(500, 1<<32-1, one, 300, 0, one, 5000, 1<<32-1, one, 700, 300, one)
		}, 64, 48, 1500},
		"a pause, then longer sound":  {func(f *film) { f.edits, f.secondLength = edits(500, 1<<32-1, one, 1000, 0, one), 3000 }, 64, 48, 3000},
		"a pause, then shorter sound": {func(f *film) { f.edits, f.secondLength = edits(500, 1<<32-1, one, 1000, 0, one), 300 }, 64, 48, 1500},
		"sound after a pause": {func(f *film) {
			f.secondLength, f.secondEdits = 3000, edits(500, 1<<32-1, one, 500, 1<<32-1, one, 3000, 0, one)
		}, 64, 48, 4000},
		"sound long after": {func(f *film) { f.secondLength, f.secondEdits = 1000, edits(5000, 1<<32-1, one, 1000, 0, one) }, 64, 48, 6000},
		"sound and pictures after a pause": {func(f *film) {
			f.edits, f.secondLength, f.secondEdits = edits(1000, 1<<32-1, one, 1000, 0, one), 1000, edits(1500, 1<<32-1, one, 1000, 0, one)
		}, 64, 48, 1500},
		"silence after a pause": {func(f *film) { f.secondLength, f.secondEdits = 1, edits(0, 1<<32-1, one, 1, 0, one) }, 64, 48, 1000},
		"a pause that never ends": {func(f *film) {
			f.edits = box("edts", box("elst", u32(1<<24, 2, 2147, 2_077_252_342, 1<<32-1, 1<<32-1, one, 0, 1000, 0, 0, one)))
		}, 64, 48, 1000},
		"more edits than it says":  {func(f *film) { f.edits = box("edts", box("elst", u32(0, 1, 400, 0, one, 100, 500, one))) }, 64, 48, 400},
		"edits that are cut short": {func(f *film) { f.edits = box("edts", box("elst", u32(0, 1<<32-1, 400, 0, one, 100))) }, 64, 48, 400},
	} {
		f := film{whole: asIs, own: asIs, width: 64, height: 48, coded: "\x00\x40\x00\x30", codec: "avc1", length: 1000, media: 1000}
		c.change(&f)
		got, _ := measure(t, []byte(f.content()), "video/mp4")
		if got.Width != c.width || got.Height != c.height || got.Duration != c.duration*time.Millisecond {
			t.Errorf("%s: %d by %d, %v; want %d by %d, %d ms", name, got.Width, got.Height, got.Duration, c.width, c.height, c.duration)
		}
	}
}
