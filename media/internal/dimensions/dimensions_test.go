package dimensions_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media/internal/dimensions"
)

// types are the content types of the samples, by what their names end in.
var types = map[string]string{
	".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp", ".bmp": "image/bmp",
	".avif": "image/avif", ".heic": "image/heic",
	".mp4": "video/mp4", ".m4v": "video/x-m4v", ".mov": "video/quicktime", ".3gp": "video/3gpp",
	".webm": "video/webm", ".mkv": "video/x-matroska",
	".avi": "video/x-msvideo", ".ogv": "video/ogg", ".mpg": "video/mpeg",
}

// sample is a file of testdata and what other programs tell of it.
type sample struct {
	name, contentType string
	content           []byte
	width, height     int
	duration          time.Duration // to the millisecond
}

func samples(t testing.TB) []sample {
	t.Helper()
	table, err := os.ReadFile("testdata/expected.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []sample
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		var numbers [3]int
		for i := range numbers {
			if numbers[i], err = strconv.Atoi(fields[1+i]); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, sample{
			name: fields[0], contentType: types[filepath.Ext(fields[0])], content: read(t, fields[0]),
			width: numbers[0], height: numbers[1], duration: time.Duration(numbers[2]) * time.Millisecond,
		})
	}
	return all
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// counted counts what is read of a file.
type counted struct {
	r           io.ReaderAt
	reads, read int
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	c.reads++
	c.read += len(p)
	return c.r.ReadAt(p, off)
}

// measure measures a file that is all there, with a head as long as is asked for.
func measure(t testing.TB, content []byte, contentType string) (dimensions.Result, *counted) {
	t.Helper()
	c := &counted{r: bytes.NewReader(content)}
	r, err := dimensions.Measure(c, int64(len(content)), content[:min(len(content), dimensions.HeadLength)], contentType)
	if err != nil {
		t.Fatalf("%v; nothing in a file is an error", err)
	}
	return r, c
}

func TestSamples(t *testing.T) {
	all := samples(t)
	if len(all) < 100 {
		t.Errorf("%d samples; the table has lost some", len(all))
	}
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			got, _ := measure(t, s.content, s.contentType)
			if got.Width != s.width || got.Height != s.height {
				t.Errorf("%d by %d; want %d by %d", got.Width, got.Height, s.width, s.height)
			}
			if d := (got.Duration - s.duration).Abs(); d > time.Millisecond {
				t.Errorf("it plays for %v; want %v", got.Duration, s.duration)
			}
		})
	}
}

// TestReadsWhatItNeeds holds a Measure to the samples with nothing at hand: what it
// tells doesn't hang on where reads begin and end.
func TestReadsWhatItNeeds(t *testing.T) {
	for _, s := range samples(t) {
		want, _ := measure(t, s.content, s.contentType)
		for _, head := range []int{0, 1, 30, 100} {
			got, err := dimensions.Measure(bytes.NewReader(s.content), int64(len(s.content)), s.content[:min(head, len(s.content))], s.contentType)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s with a head of %d bytes: %v %s", s.name, head, err, diff)
			}
		}
	}
}

// TestCutShort cuts each sample short in many places. What is then told is what the
// whole file tells, or less.
func TestCutShort(t *testing.T) {
	for _, s := range samples(t) {
		whole, _ := measure(t, s.content, s.contentType)
		for n := 0; n < len(s.content); n += 1 + len(s.content)>>10 { // in fewer places if it is long
			got, c := measure(t, s.content[:n], s.contentType)
			size := [2]int{got.Width, got.Height}
			// Turns, crops and the shape of pixels may stand behind what was cut off.
			late := slices.ContainsFunc([]string{"clap", "anamorphic", "plain.3gp"}, func(prefix string) bool { return strings.HasPrefix(s.name, prefix) })
			if !late && size != [2]int{} && size != [2]int{whole.Width, whole.Height} && size != [2]int{whole.Height, whole.Width} {
				t.Errorf("%s cut at %d is %v", s.name, n, size)
			}
			if got.Duration > whole.Duration || c.reads > 24 {
				t.Errorf("%s cut at %d plays for %v, and takes %d reads", s.name, n, got.Duration, c.reads)
			}
		}
	}
}

func TestAnErrorOfTheReader(t *testing.T) {
	away := errors.New("away")
	content := read(t, "plain.mp4")
	for _, s := range samples(t) {
		head := s.content[:8]
		got, err := dimensions.Measure(failing{away}, int64(len(s.content)), head, s.contentType)
		if !errors.Is(err, away) || got != (dimensions.Result{}) {
			t.Errorf("%s: %+v, %v; want the reader's error alone", s.name, got, err)
		}
	}
	if got, err := dimensions.Measure(failing{away}, int64(len(content)), content[:8], "video/x-flv"); err != nil || got != (dimensions.Result{}) {
		t.Errorf("a type that isn't read: %+v, %v", got, err)
	}
}

type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

// TestFarApart puts what tells the size far behind the beginning: it takes few reads
// all the same.
func TestFarApart(t *testing.T) {
	const gigabyte = 1 << 30
	jpg, mp4 := read(t, "exif-MM-6.jpg"), read(t, "plain.mp4")
	segment := append([]byte("\xff\xe2\xff\xff"), make([]byte, 1<<16-3)...)
	moov := bytes.Index(mp4, []byte("moov")) - 4
	ftyp := int(binary.BigEndian.Uint32(mp4))
	mdat := binary.BigEndian.AppendUint64([]byte("\x00\x00\x00\x01mdat"), gigabyte)
	for _, c := range []struct {
		name, contentType string
		begin             []byte
		hole              int64 // bytes that are never asked for, or are zero
		end               []byte
		reads             int
	}{
		{"a jpeg behind a megabyte of profiles", "image/jpeg", append(append([]byte(nil), jpg[:2]...), bytes.Repeat(segment, 16)...), 0, jpg[2:], 7},
		{"the moov box behind a gigabyte", "video/mp4", append(append([]byte(nil), mp4[:ftyp]...), mdat...), gigabyte - 16, mp4[moov:], 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			size := int64(len(c.begin)) + c.hole + int64(len(c.end))
			r := &counted{r: sparse{c.begin, c.hole, c.end}}
			head := make([]byte, dimensions.HeadLength)
			if _, err := r.r.ReadAt(head, 0); err != nil {
				t.Fatal(err)
			}
			got, err := dimensions.Measure(r, size, head, c.contentType)
			if err != nil || got.Width == 0 || r.reads > c.reads {
				t.Errorf("%+v, %v in %d reads of %d bytes; want it in %d", got, err, r.reads, r.read, c.reads)
			}
		})
	}
}

// sparse is a file with a hole of zeros in it.
type sparse struct {
	begin []byte
	hole  int64
	end   []byte
}

func (s sparse) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		at, p := off+int64(i), &p[i]
		switch behind := at - int64(len(s.begin)) - s.hole; {
		case at < int64(len(s.begin)):
			*p = s.begin[at]
		case behind < 0:
			*p = 0
		case behind < int64(len(s.end)):
			*p = s.end[behind]
		default:
			return i, io.EOF
		}
	}
	return len(p), nil
}

func BenchmarkMeasure(b *testing.B) {
	for _, s := range samples(b) {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			r := bytes.NewReader(s.content)
			head := s.content[:min(len(s.content), dimensions.HeadLength)]
			for b.Loop() {
				if _, err := dimensions.Measure(r, int64(len(s.content)), head, s.contentType); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
