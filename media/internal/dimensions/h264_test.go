package dimensions_test

import (
	"bytes"
	"math/bits"
	"testing"
	"time"
)

// bitWriter puts numbers behind each other, bit by bit.
type bitWriter struct {
	all  []byte
	used int // bits of the last byte
}

func (w *bitWriter) u(n int, value uint32) {
	for i := n - 1; i >= 0; i-- {
		if w.used %= 8; w.used == 0 {
			w.all = append(w.all, 0)
		}
		w.all[len(w.all)-1] |= byte(value>>i&1) << (7 - w.used)
		w.used++
	}
}

// ue writes numbers with as many zeros in front as they need bits.
func (w *bitWriter) ue(values ...uint32) {
	for _, v := range values {
		n := bits.Len32(v + 1)
		w.u(n-1, 0)
		w.u(n, v+1)
	}
}

// sps is a sequence parameter set of H.264.
type sps struct {
	profile  uint32
	colours  func(*bitWriter) // what some profiles have
	order    []uint32         // how the order of pictures is told
	width    uint32           // in blocks of 16 pixels
	height   uint32
	fields   bool
	crop     []uint32 // left, right, top, bottom
	shown    func(*bitWriter)
	cutShort int
}

func (s sps) content() string {
	w := &bitWriter{}
	w.u(8, s.profile)
	w.u(16, 30)
	w.ue(0)
	if s.colours != nil {
		s.colours(w)
	}
	w.ue(0)
	w.ue(s.order[0])
	if s.order[0] == 1 {
		w.u(1, 0)
	}
	w.ue(s.order[1:]...)
	w.ue(1)
	w.u(1, 0)
	w.ue(s.width-1, s.height-1)
	if s.fields {
		w.u(2, 0)
	} else {
		w.u(1, 1)
	}
	w.u(1, 1)
	if s.crop != nil {
		w.u(1, 1)
		w.ue(s.crop...)
	} else {
		w.u(1, 0)
	}
	if s.shown != nil {
		w.u(1, 1)
		s.shown(w)
	} else {
		w.u(1, 0)
	}
	w.u(1, 1)
	all := bytes.ReplaceAll(w.all, []byte{0, 0}, []byte{0, 0, 3})
	return "\x00\x00\x01\x67" + string(all[:len(all)-s.cutShort]) + "\x00\x00\x01\x68"
}

// TestSequenceSets holds what is read of H.264 to what was written.
func TestSequenceSets(t *testing.T) {
	type told struct {
		width, height int
		period        time.Duration
	}
	high := func(chroma uint32, lists func(*bitWriter)) func(*bitWriter) {
		return func(w *bitWriter) {
			w.ue(chroma)
			if chroma == 3 {
				w.u(1, 0)
			}
			w.ue(2, 2)
			w.u(1, 0)
			if lists == nil {
				w.u(1, 0)
				return
			}
			w.u(1, 1)
			lists(w)
		}
	}
	// One list goes up and down to its end, one ends early, and one is left out.
	lists := func(n int) func(*bitWriter) {
		return func(w *bitWriter) {
			for i := range n {
				switch {
				case i == 0:
					w.u(1, 1)
					for range 8 {
						w.ue(3, 4) // 2 up, 2 down
					}
				case i == 6:
					w.u(1, 1)
					for range 32 {
						w.ue(3, 4)
					}
				case i == 7:
					w.u(1, 1)
					w.ue(16) // 8 down: the end
				case i == 1:
					w.u(1, 1)
					w.ue(495) // 248 up: 256, the end
				default:
					w.u(1, 0)
				}
			}
		}
	}
	shape := func(code uint32, own ...uint32) func(*bitWriter) {
		return func(w *bitWriter) {
			w.u(1, 1)
			w.u(8, code)
			for _, n := range own {
				w.u(16, n)
			}
			w.u(4, 0)
		}
	}
	for name, c := range map[string]struct {
		change func(*sps)
		want   told
	}{
		"plain":                         {func(*sps) {}, told{64, 48, 0}},
		"main":                          {func(s *sps) { s.profile = 77 }, told{64, 48, 0}},
		"extended":                      {func(s *sps) { s.profile = 88 }, told{64, 48, 0}},
		"of a profile nobody knows":     {func(s *sps) { s.profile = 67 }, told{}},
		"fields":                        {func(s *sps) { s.fields = true }, told{64, 96, 0}},
		"order without a number":        {func(s *sps) { s.order = []uint32{2} }, told{64, 48, 0}},
		"order by a cycle":              {func(s *sps) { s.order = []uint32{1, 1, 1, 3, 5, 6, 7} }, told{64, 48, 0}},
		"high":                          {func(s *sps) { s.profile, s.colours = 100, high(1, nil) }, told{64, 48, 0}},
		"high with lists":               {func(s *sps) { s.profile, s.colours = 100, high(1, lists(8)) }, told{64, 48, 0}},
		"4:4:4 with lists":              {func(s *sps) { s.profile, s.colours = 244, high(3, lists(12)) }, told{64, 48, 0}},
		"cropped":                       {func(s *sps) { s.crop = []uint32{1, 2, 3, 4} }, told{58, 34, 0}},
		"cropped fields":                {func(s *sps) { s.fields, s.crop = true, []uint32{1, 2, 3, 4} }, told{58, 68, 0}},
		"cropped without colours":       {func(s *sps) { s.profile, s.colours, s.crop = 100, high(0, nil), []uint32{1, 2, 3, 4} }, told{61, 41, 0}},
		"cropped 4:2:2":                 {func(s *sps) { s.profile, s.colours, s.crop = 122, high(2, nil), []uint32{1, 2, 3, 4} }, told{58, 41, 0}},
		"cropped 4:4:4":                 {func(s *sps) { s.profile, s.colours, s.crop = 244, high(3, nil), []uint32{1, 2, 3, 4} }, told{61, 41, 0}},
		"cropped to nothing":            {func(s *sps) { s.crop = []uint32{32, 0, 0, 0} }, told{}},
		"cropped to a line":             {func(s *sps) { s.crop = []uint32{0, 0, 24, 0} }, told{}},
		"wide pixels":                   {func(s *sps) { s.shown = shape(14) }, told{85, 48, 0}},
		"the last shape there is":       {func(s *sps) { s.shown = shape(16) }, told{128, 48, 0}},
		"a shape nobody knows":          {func(s *sps) { s.shown = shape(17) }, told{64, 48, 0}},
		"a shape that isn't said":       {func(s *sps) { s.shown = shape(0) }, told{64, 48, 0}},
		"a shape of its own":            {func(s *sps) { s.shown = shape(255, 3, 4) }, told{64, 64, 0}},
		"a shape without a width":       {func(s *sps) { s.shown = shape(255, 0, 4) }, told{64, 48, 0}},
		"all that is told of showing":   {func(s *sps) { s.shown = everything }, told{85, 48, 40 * time.Millisecond}},
		"pictures as long as a day":     {func(s *sps) { s.width = 1 << 20 }, told{}},
		"a set that is cut short":       {func(s *sps) { s.cutShort = 3 }, told{}},
		"a number that is all in front": {func(s *sps) { s.order = []uint32{1, 1, 1, 1<<32 - 2} }, told{}},
	} {
		s := sps{profile: 66, order: []uint32{0, 4}, width: 4, height: 3}
		c.change(&s)
		// A packet a second after the first tells how long a picture is shown.
		packs := pack(90_000, s.content()) + pack(180_000, "a")
		got, _ := measure(t, []byte(packs), "video/mpeg")
		if got.Width != c.want.width || got.Height != c.want.height || got.Duration != time.Second+c.want.period {
			t.Errorf("%s: %d by %d, %v; want %+v", name, got.Width, got.Height, got.Duration, c.want)
		}
	}
}

// everything tells all of a picture's show up to its time.
func everything(w *bitWriter) {
	w.u(1, 1)
	w.u(8, 14)
	w.u(2, 3) // overscan
	w.u(1, 1) // the kind of signal
	w.u(4, 5)
	w.u(1, 1)
	w.u(24, 0x010203)
	w.u(1, 1) // where colours are
	w.ue(2, 3)
	w.u(1, 1) // ticks
	w.u(32, 1)
	w.u(32, 50)
}
