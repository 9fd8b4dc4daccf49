// Package dimensions tells how large an image or a video is, and how long a video
// plays, from the few ranges of a file in which its format says so. No pixel is
// decoded.
//
// It trusts nothing that it reads. A file that lies, is cut short or leads nowhere
// doesn't tell its size. How much is read and how many steps are taken is bounded,
// whatever the file says.
package dimensions

import (
	"io"
	"math"
	"math/bits"
	"strings"
	"time"
)

// Result is what a file tells of itself. A zero member is not known; Width and
// Height are known together.
type Result struct {
	// Width and Height are in pixels, as a browser displays them: an image is turned as
	// Exif or HEIF asks for, and cropped. A video is turned by the movie's matrix, and its
	// pixels are made square. Neither a video's crop nor its clean aperture is applied.
	Width, Height int

	// Pixels is how many pixels a decoder of an image has to make room for. That may
	// be more than are displayed: it is of the largest of its pictures, before that is
	// cropped. Of a video it is 0.
	Pixels int64

	// Duration is how long a video plays. Of an image it is 0.
	Duration time.Duration
}

// HeadLength is how many of a file's first bytes Measure is to be given. In most files
// the dimensions stand within them.
const HeadLength = 16 << 10

// formats holds the reader of each content type.
var formats = map[string]func(*source) Result{
	"image/jpeg": jpeg,
	"image/png":  png,
	"image/gif":  gif,
	"image/webp": webp,
	"image/bmp":  bmp,

	"image/avif": avif, "image/heic": heic, "image/heif": heic,
	"image/heic-sequence": heic, "image/heif-sequence": heic,

	"video/mp4": movie, "video/quicktime": movie, "video/x-m4v": movie,
	"video/3gpp": movie, "video/3gpp2": movie, "video/mj2": movie, "video/vnd.dvb.file": movie,

	"video/webm": matroska, "video/x-matroska": matroska, "video/matroska": matroska,

	"video/x-msvideo": avi, "video/ogg": ogg, "video/mpeg": mpeg, "video/mp2t": mpeg,
}

// Reads reports whether Measure can tell anything of files of the content type.
func Reads(contentType string) bool { return formats[contentType] != nil }

// Measure reads what a file of size bytes tells, by its content type. head is the
// first min(size, HeadLength) bytes of the file, which aren't read again. Besides them r is
// asked for at most 24 ranges, 16 MiB in all.
//
// Of an image either all is told or nothing: if a bound is reached before the walk through
// it ends, what comes later could still turn it or make it larger.
//
// The error is the first that r returned. Nothing in a file is an error.
func Measure(r io.ReaderAt, size int64, head []byte, contentType string) (Result, error) {
	read, ok := formats[contentType]
	if !ok {
		return Result{}, nil
	}
	s := &source{r: r, size: size, head: head}
	result := read(s)
	if s.err != nil || s.spent && strings.HasPrefix(contentType, "image/") {
		return Result{}, s.err
	}
	return result, nil
}

// picture returns the result for an image. No format allows sides of more than 31 bits:
// longer ones are taken for the longest, so that their product doesn't overflow.
func picture(width, height int64, turned bool) Result {
	if width <= 0 || height <= 0 {
		return Result{}
	}
	width, height = min(width, math.MaxInt32), min(height, math.MaxInt32)
	r := Result{Width: int(width), Height: int(height), Pixels: width * height}
	if turned {
		r.Width, r.Height = r.Height, r.Width
	}
	return r
}

// maxVideoSide is the longest side of a video that is believed. No codec in use has longer
// ones.
const maxVideoSide = 1 << 16

// frame is a picture of a video as it is coded.
type frame struct {
	width, height float64
	aspect        float64 // the width of a pixel by its height; 0 if it is unknown
	turned        bool    // whether width and height change places

	period time.Duration // how long the frame is shown; 0 if it is unknown
}

// video returns the result for a video. Its pixels are made square as browsers do it: by
// letting one side grow.
func video(f frame, duration time.Duration) Result {
	if f.aspect > 1 {
		f.width *= f.aspect
	} else if f.aspect > 0 {
		f.height /= f.aspect
	}
	if f.turned {
		f.width, f.height = f.height, f.width
	}
	w, h := math.Round(f.width), math.Round(f.height)
	if !(w >= 1 && h >= 1 && w <= maxVideoSide && h <= maxVideoSide) { // false for NaN too
		return Result{Duration: duration}
	}
	return Result{Width: int(w), Height: int(h), Duration: duration}
}

// duration converts units of a clock that ticks scale times a second. It returns 0 if scale
// is 0, and if the result overflows.
func duration(units uint64, scale uint32) time.Duration {
	if scale == 0 {
		return 0
	}
	high, low := bits.Mul64(units, uint64(time.Second))
	if high >= uint64(scale) {
		return 0
	}
	nanoseconds, _ := bits.Div64(high, low, uint64(scale))
	if nanoseconds > math.MaxInt64 {
		return 0
	}
	return time.Duration(nanoseconds)
}
