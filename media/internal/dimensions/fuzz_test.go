package dimensions_test

import (
	"bytes"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/media/internal/dimensions"
)

// Each target takes one family of formats, with its samples as seeds. Whatever the content
// is, the result keeps its promises and the cost its bounds.

func FuzzJPEG(f *testing.F)     { fuzz(f, "image/jpeg") }
func FuzzPNG(f *testing.F)      { fuzz(f, "image/png") }
func FuzzGIF(f *testing.F)      { fuzz(f, "image/gif") }
func FuzzWebP(f *testing.F)     { fuzz(f, "image/webp") }
func FuzzBMP(f *testing.F)      { fuzz(f, "image/bmp") }
func FuzzAVIF(f *testing.F)     { fuzz(f, "image/avif", "image/heic") }
func FuzzHEIC(f *testing.F)     { fuzz(f, "image/heic", "image/avif") }
func FuzzMovie(f *testing.F)    { fuzz(f, "video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp") }
func FuzzMatroska(f *testing.F) { fuzz(f, "video/webm", "video/x-matroska") }
func FuzzAVI(f *testing.F)      { fuzz(f, "video/x-msvideo") }
func FuzzOgg(f *testing.F)      { fuzz(f, "video/ogg") }
func FuzzMPEG(f *testing.F)     { fuzz(f, "video/mpeg") }

func fuzz(f *testing.F, contentTypes ...string) {
	for _, s := range samples(f) {
		for _, contentType := range contentTypes {
			if s.contentType == contentType {
				f.Add(s.content)
			}
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got, c := measure(t, content, contentTypes[0])
		if got.Width < 0 || got.Height < 0 || got.Pixels < 0 || got.Duration < 0 ||
			got.Width > math.MaxInt32 || got.Height > math.MaxInt32 || (got.Width == 0) != (got.Height == 0) {
			t.Errorf("%+v can't be", got)
		}
		if c.reads > 24 || c.read > 16<<20 {
			t.Errorf("it took %d reads of %d bytes", c.reads, c.read)
		}
		bare := &counted{r: bytes.NewReader(content)}
		again, err := dimensions.Measure(bare, int64(len(content)), nil, contentTypes[0])
		if err != nil || again != got && bare.reads < 24 {
			t.Errorf("%+v, %v without a head; %+v with one", again, err, got)
		}
		decoded, format, err := image.DecodeConfig(bytes.NewReader(content))
		if err != nil || !strings.HasSuffix(contentTypes[0], format) || decoded.Width == 0 || decoded.Height == 0 || got.Width == 0 {
			return // there is no second opinion, or the decoder would fail later
		}
		if format == "gif" { // the decoder tells of the screen alone, and doesn't make it larger
			decoded.Width, decoded.Height = max(decoded.Width, got.Width), max(decoded.Height, got.Height)
		}
		// Exif turns what the decoder tells.
		same := got.Width == decoded.Width && got.Height == decoded.Height || got.Width == decoded.Height && got.Height == decoded.Width
		if !same {
			t.Errorf("%d by %d; a decoder has %d by %d", got.Width, got.Height, decoded.Width, decoded.Height)
		}
	})
}
