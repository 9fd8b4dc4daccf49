package media_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
)

// piece is a range that was read.
type piece struct{ Off, N int64 }

// watchedStore notes what is read of its objects, and is what a test makes of it.
type watchedStore struct {
	*memblob.Store
	pieces []piece
	fail   map[int]error               // by the number of the read, from 0 on
	cut    map[int]int64               // likewise: the read ends after so many bytes
	broken map[int]error               // likewise: the error in the middle of a read that is cut
	stat   func(media.Info) media.Info // what is told of an object that is there, or isn't
}

func (w *watchedStore) ReadAt(ctx context.Context, key string, pin media.Pin, off, n int64) (io.ReadCloser, error) {
	read := len(w.pieces)
	w.pieces = append(w.pieces, piece{off, n})
	if err := w.fail[read]; err != nil {
		return nil, err
	}
	body, err := w.Store.ReadAt(ctx, key, pin, off, n)
	end, cut := w.cut[read]
	if err != nil || !cut {
		return body, err
	}
	defer body.Close()
	begin := io.LimitReader(body, end)
	content, err := io.ReadAll(begin)
	if err != nil {
		return nil, err
	}
	var rest io.Reader = bytes.NewReader(nil)
	if err := w.broken[read]; err != nil {
		rest = iotest.ErrReader(err)
	}
	return io.NopCloser(io.MultiReader(bytes.NewReader(content), rest)), nil
}

func (w *watchedStore) Stat(ctx context.Context, key string) (media.Info, error) {
	info, err := w.Store.Stat(ctx, key)
	if w.stat == nil {
		return info, err
	}
	return w.stat(info), nil
}

func newWatched(t *testing.T) (*bench, *watchedStore) {
	t.Helper()
	b := &bench{at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	b.blobs = memblob.New(&memblob.Options{Now: b.now})
	server := httptest.NewServer(b.blobs)
	t.Cleanup(server.Close)
	b.blobs.SetBaseURL(server.URL)
	w := &watchedStore{Store: b.blobs}
	var err error
	if b.Service, err = media.NewService(memory.New().Media(), w, &media.Options{Now: b.now}); err != nil {
		t.Fatal(err)
	}
	return b, w
}

// arrive creates a media of the type and uploads its content.
func (b *bench) arrive(t *testing.T, contentType string, content []byte) media.View {
	t.Helper()
	in := input(content)
	in.ContentType = contentType
	v := b.create(t, in)
	b.upload(t, v, content)
	return v
}

func measured(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("internal", "dimensions", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// claim is the begin of a PNG that says it is so large.
func claim(width, height uint32) []byte {
	content := bytes.Clone(png)
	binary.BigEndian.PutUint32(content[16:], width)
	binary.BigEndian.PutUint32(content[20:], height)
	return content
}

// apart is a movie whose moov box stands behind more than is read of a file's begin.
func apart(t *testing.T) (content []byte, moov int64) {
	t.Helper()
	movie := measured(t, "plain.mp4")
	at := bytes.Index(movie, []byte("moov")) - 4
	content = append(content, movie[:at]...)
	content = binary.BigEndian.AppendUint32(content, 1<<17)
	content = append(content, "free"...)
	content = append(content, make([]byte, 1<<17-8)...)
	return append(content, movie[at:]...), int64(at + 1<<17)
}

func TestFinalizeTellsDimensions(t *testing.T) {
	b, store := newWatched(t)
	for _, c := range []struct {
		name, contentType string
		width, height     int
		durationMS        int64
	}{
		{"exif-MM-6.jpg", "image/jpeg", 24, 40, 0},
		{"irot1.avif", "image/avif", 24, 40, 0},
		{"animated.gif", "image/gif", 40, 24, 0},
		{"rotated-90.mov", "video/quicktime", 48, 64, 1000},
		{"rotated-90.mov", "video/mp4", 48, 64, 1000}, // named loosely
		{"live.webm", "video/webm", 64, 48, 900},
		{"sound-first.avi", "video/x-msvideo", 64, 48, 1008},
		{"region.ogv", "video/ogg", 50, 38, 1000},
		{"program-1.mpg", "video/mpeg", 64, 48, 920},
	} {
		content := measured(t, c.name)
		store.pieces = nil
		v := b.arrive(t, c.contentType, content)
		if _, err := b.Finalize(t.Context(), v.ID); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got, err := b.Get(t.Context(), v.ID, media.GetOptions{})
		if err != nil || got.Width != c.width || got.Height != c.height || got.DurationMS != c.durationMS {
			t.Errorf("%s is %d by %d, %d ms, %v; want %+v", c.name, got.Width, got.Height, got.DurationMS, err, c)
		}
		if diff := cmp.Diff([]piece{{0, int64(len(content))}}, store.pieces); diff != "" {
			t.Errorf("%s is read otherwise than once: %s", c.name, diff)
		}
	}
}

func TestFinalizeTellsNoDimensionsOfAVideoThatDoesnt(t *testing.T) {
	b, _ := newWatched(t)
	for contentType, content := range map[string][]byte{
		"video/mp4":  measured(t, "plain.mp4")[:100],
		"video/mpeg": append([]byte{0, 0, 1, 0xba}, make([]byte, 100)...),
	} {
		v := b.arrive(t, contentType, content)
		got, err := b.Finalize(t.Context(), v.ID)
		if err != nil || got.State != media.StateReady || got.Width != 0 || got.Height != 0 || got.DurationMS != 0 {
			t.Errorf("%s: %s, %d by %d, %d ms, %v; want it ready without", contentType, got.State, got.Width, got.Height, got.DurationMS, err)
		}
	}
}

func TestFinalizeRejectsAnImageThatTellsNoSize(t *testing.T) {
	b, _ := newWatched(t)
	for name, c := range map[string]struct {
		contentType string
		content     []byte
	}{
		"a PNG of no width":   {"image/png", claim(0, 48)},
		"a PNG of no height":  {"image/png", claim(64, 0)},
		"a JPEG cut short":    {"image/jpeg", measured(t, "plain.jpg")[:30]},
		"an AVIF cut short":   {"image/avif", measured(t, "plain.avif")[:100]},
		"a GIF cut short":     {"image/gif", measured(t, "plain.gif")[:13]},
		"a PNG of few bytes":  {"image/png", png[:12]},
		"a PNG of many parts": {"image/png", append(bytes.Clone(png[:33]), bytes.Repeat([]byte("\x00\x00\x00\x00teXt\x00\x00\x00\x00"), 70_000)...)},
	} {
		v := b.arrive(t, c.contentType, c.content)
		for range 2 {
			_, err := b.Finalize(t.Context(), v.ID)
			var rejected *media.RejectedError
			if !errors.As(err, &rejected) || rejected.Reason != media.FailureUnreadable || rejected.Found != "" {
				t.Errorf("%s: %v; want it unreadable", name, err)
			}
		}
		if _, err := b.blobs.Stat(t.Context(), v.ObjectKey); !errors.Is(err, media.ErrNoObject) {
			t.Errorf("%s: its object: %v; want none", name, err)
		}
	}
}

// TestFinalizeTellsNoTypeThatItDoesNotKnow: a general sniffer's last resort is no type.
func TestFinalizeTellsNoTypeThatItDoesNotKnow(t *testing.T) {
	b, _ := newWatched(t)
	for _, content := range []string{"\x00\x01\x02\x03", "any words", "\xff\xd8garbage"} {
		v := b.arrive(t, "image/jpeg", []byte(content))
		for range 2 {
			_, err := b.Finalize(t.Context(), v.ID)
			rejected, ok := errors.AsType[*media.RejectedError](err)
			if !ok || rejected.Reason != media.FailureContent || rejected.Found != "" || rejected.Detail() != "This is not a JPEG." {
				t.Errorf("%q: %#v", content, err)
			}
		}
	}
}

func TestFinalizeRejectsTooManyPixels(t *testing.T) {
	for _, c := range []struct {
		width, height uint32
		rejected      bool
	}{
		{60_000, 60_000, true}, {10_000, 30_001, true}, {1<<32 - 1, 1<<32 - 1, true}, {10_000, 30_000, false}, {300_000_000, 1, false},
	} {
		b, _ := newWatched(t)
		v := b.arrive(t, "image/png", claim(c.width, c.height))
		for range 2 {
			got, err := b.Finalize(t.Context(), v.ID)
			var rejected *media.RejectedError
			switch {
			case c.rejected && (!errors.As(err, &rejected) || rejected.Reason != media.FailureTooManyPixels):
				t.Errorf("%d by %d: %v; want too-many-pixels", c.width, c.height, err)
			case !c.rejected && (err != nil || got.Width != int(c.width)):
				t.Errorf("%d by %d: %d wide, %v", c.width, c.height, got.Width, err)
			}
		}
		if _, err := b.blobs.Stat(t.Context(), v.ObjectKey); errors.Is(err, media.ErrNoObject) != c.rejected {
			t.Errorf("%d by %d: its object: %v", c.width, c.height, err)
		}
	}
}

// TestFinalizeReadsTheEndOfARecording finalizes what a recorder left that couldn't go back
// to write down how long it is.
func TestFinalizeReadsTheEndOfARecording(t *testing.T) {
	recording := measured(t, "live.webm")
	first := bytes.Index(recording, []byte("\x1f\x43\xb6\x75")) // a cluster
	padding := append(binary.BigEndian.AppendUint64([]byte{0xec}, 1<<56|1<<17), make([]byte, 1<<17)...)
	content := slices.Concat(recording[:first], padding, recording[first:])
	b, store := newWatched(t)
	got, err := b.Finalize(t.Context(), b.arrive(t, "video/webm", content).ID)
	if err != nil || got.Width != 64 || got.Height != 48 || got.DurationMS != 900 {
		t.Errorf("%d by %d, %d ms, %v", got.Width, got.Height, got.DurationMS, err)
	}
	end := int64(len(content))
	if diff := cmp.Diff([]piece{{0, 16 << 10}, {end - 64<<10, 64 << 10}}, store.pieces); diff != "" {
		t.Errorf("reads: %s", diff)
	}
}

func TestFinalizeReadsWhereTheDimensionsAre(t *testing.T) {
	content, moov := apart(t)
	b, store := newWatched(t)
	v := b.arrive(t, "video/mp4", content)

	store.fail = map[int]error{1: media.ErrUnavailable, 3: media.ErrObjectChanged}
	if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrUnavailable) {
		t.Errorf("the store is away: %v; want ErrUnavailable", err)
	}
	if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrUploadIncomplete) {
		t.Errorf("the object has gone: %v; want ErrUploadIncomplete, as of the row", err)
	}
	store.pieces, store.fail = nil, nil
	got, err := b.Finalize(t.Context(), v.ID)
	if err != nil || got.Width != 64 || got.Height != 48 || got.DurationMS != 1000 {
		t.Errorf("%d by %d, %d ms, %v", got.Width, got.Height, got.DurationMS, err)
	}
	if diff := cmp.Diff([]piece{{0, 16 << 10}, {moov, int64(len(content)) - moov}}, store.pieces); diff != "" {
		t.Errorf("reads: %s", diff)
	}
}

// withoutSum is an object of which the store doesn't know the sha256.
func withoutSum(info media.Info) media.Info {
	info.SHA256 = media.Digest{}
	return info
}

// TestFinalizeReadsThroughAStoreThatKnowsNoSum lets a read of the whole object, and the
// look at its begin that follows, end early: the media stays pending until both succeed.
func TestFinalizeReadsThroughAStoreThatKnowsNoSum(t *testing.T) {
	b, store := newWatched(t)
	store.stat = withoutSum
	content := measured(t, "plain.png")
	v := b.arrive(t, "image/png", content)
	length := int64(len(content))
	for name, c := range map[string]struct {
		cut    map[int]int64
		broken map[int]error
		fail   map[int]error
		reads  int
	}{
		"the sum can't be read":        {fail: map[int]error{0: media.ErrUnavailable}, reads: 1},
		"the sum's read yields none":   {cut: map[int]int64{0: 0}, reads: 1},
		"the sum's read ends early":    {cut: map[int]int64{0: length - 1}, reads: 1},
		"the sum's read breaks":        {cut: map[int]int64{0: 10}, broken: map[int]error{0: errors.New("broken")}, reads: 1},
		"the begin's read ends early":  {cut: map[int]int64{1: length - 1}, reads: 2},
		"the begin's read yields none": {cut: map[int]int64{1: 0}, reads: 2},
		"the begin's read breaks":      {cut: map[int]int64{1: 10}, broken: map[int]error{1: errors.New("broken")}, reads: 2},
	} {
		store.pieces, store.cut, store.broken, store.fail = nil, c.cut, c.broken, c.fail
		_, err := b.Finalize(t.Context(), v.ID)
		if got, getErr := b.Get(t.Context(), v.ID, media.GetOptions{}); !errors.Is(err, media.ErrUnavailable) || getErr != nil || got.State != media.StatePending {
			t.Errorf("%s: %v, and then it is %s, %v; want ErrUnavailable, and it pending", name, err, got.State, getErr)
		}
		if len(store.pieces) != c.reads {
			t.Errorf("%s: reads %v; want %d", name, store.pieces, c.reads)
		}
	}
	store.pieces, store.cut, store.broken, store.fail = nil, nil, nil, nil
	if got, err := b.Finalize(t.Context(), v.ID); err != nil || got.State != media.StateReady || got.SHA256Status != media.SHA256Verified {
		t.Errorf("at last: %s, %v; want it ready and verified", got.State, err)
	}
	if diff := cmp.Diff([]piece{{0, length}, {0, length}}, store.pieces); diff != "" {
		t.Errorf("reads: %s", diff)
	}
}

func TestFinalizeEndsWithItsContextInTheMiddleOfARead(t *testing.T) {
	b, store := newWatched(t)
	v := b.arrive(t, "image/png", measured(t, "plain.png"))
	for _, sum := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		store.pieces, store.cut = nil, map[int]int64{0: 10}
		store.stat = func(info media.Info) media.Info {
			cancel()
			if !sum {
				info = withoutSum(info)
			}
			return info
		}
		if _, err := b.Finalize(ctx, v.ID); !errors.Is(err, context.Canceled) || errors.Is(err, media.ErrUnavailable) {
			t.Errorf("%v; want the context's error alone", err)
		}
	}
}

// TestFinalizeReadsThroughNoMoreThan64MiB asks for a sum that is too long to compute.
func TestFinalizeReadsThroughNoMoreThan64MiB(t *testing.T) {
	for _, c := range []struct {
		size int64
		want error
	}{
		{64<<20 + 1, media.ErrStoreMisconfigured},
		{64 << 20, media.ErrUploadIncomplete}, // it is read, and isn't there
	} {
		b, store := newWatched(t)
		in := input(png)
		in.Size = c.size
		v := b.create(t, in)
		store.stat = func(media.Info) media.Info { return media.Info{Size: c.size, ContentType: "image/png"} }
		if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, c.want) {
			t.Errorf("%d bytes: %v; want %v", c.size, err, c.want)
		}
		if got, err := b.Get(t.Context(), v.ID, media.GetOptions{}); err != nil || got.State != media.StatePending {
			t.Errorf("%d bytes: it is %s, %v; want it pending", c.size, got.State, err)
		}
	}
}
