package s3blob

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/seed-f0df946f/mediakit/media"
)

// TestExactReader: a body of another length than the declared one never comes to its end,
// however its reader cuts it up.
func TestExactReader(t *testing.T) {
	broken := errors.New("broken")
	cuts := map[string]func(io.Reader) io.Reader{
		"as it is": func(r io.Reader) io.Reader { return r },
		"by bytes": iotest.OneByteReader, "by halves": iotest.HalfReader, "with its end": iotest.DataErrReader,
	}
	for what, c := range map[string]struct {
		body io.Reader
		want error
	}{
		"7 bytes":                 {strings.NewReader("picture"), nil},
		"6 bytes":                 {strings.NewReader("pictur"), media.ErrObjectMismatch},
		"8 bytes":                 {strings.NewReader("pictures"), media.ErrObjectMismatch},
		"no byte":                 {strings.NewReader(""), media.ErrObjectMismatch},
		"3 bytes, then an error":  {io.MultiReader(strings.NewReader("pic"), iotest.ErrReader(broken)), broken},
		"7 bytes, then an error":  {io.MultiReader(strings.NewReader("picture"), iotest.ErrReader(broken)), broken},
		"an error instead":        {iotest.ErrReader(broken), broken},
		"7 bytes after a timeout": {iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("picture"))), iotest.ErrTimeout},
	} {
		all, err := io.ReadAll(c.body)
		for how, cut := range cuts {
			body := io.MultiReader(bytes.NewReader(all), iotest.ErrReader(err))
			if err == nil {
				body = bytes.NewReader(all)
			}
			e := &exactReader{body: cut(body), left: 7}
			got, err := io.ReadAll(e)
			if !errors.Is(err, c.want) || (c.want == nil) != (len(got) == 7) {
				t.Errorf("%s, %s: read %q, %v, want %v and the last byte only without an error", what, how, got, err, c.want)
			}
			again, err := e.Read(make([]byte, 10))
			if again != 0 || c.want == nil && err != io.EOF || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s, %s: read on %d, %v", what, how, again, err)
			}
		}
	}
}

func TestByteRange(t *testing.T) {
	for _, c := range []struct {
		off, n int64
		want   string
	}{
		{0, 1, "bytes=0-0"}, {0, 10, "bytes=0-9"}, {7, 5, "bytes=7-11"}, {7, 0, "bytes=7-7"},
		{0, math.MaxInt64, "bytes=0-9223372036854775806"},
		{1, math.MaxInt64 - 1, "bytes=1-9223372036854775806"},
		{1, math.MaxInt64, "bytes=1-"}, {math.MaxInt64, 1, "bytes=9223372036854775807-"},
	} {
		if got := byteRange(c.off, c.n); got != c.want {
			t.Errorf("byteRange(%d, %d) = %s, want %s", c.off, c.n, got, c.want)
		}
	}
}

// TestReadAtNothing: a read of no bytes is allowed, and asks whether there is an object.
// Offsets and lengths below zero are refused here.
func TestReadAtNothing(t *testing.T) {
	asked := 0
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusPartialContent)
		io.WriteString(w, "b")
	})
	rc, err := s.ReadAt(t.Context(), "k", media.Pin{}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	if got, err := io.ReadAll(rc); err != nil || len(got) > 0 || asked != 1 {
		t.Errorf("read %q, %v with %d requests, want nothing with one", got, err, asked)
	}
	for _, r := range [][2]int64{{-1, 1}, {0, -1}} {
		if _, err := s.ReadAt(t.Context(), "k", media.Pin{}, r[0], r[1]); err == nil || asked != 1 {
			t.Errorf("ReadAt(%d, %d): %v after %d requests, want it refused here", r[0], r[1], err, asked)
		}
	}
}

// TestReadAtBeyond: "fewer if it ends earlier" may be none.
func TestReadAtBeyond(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		io.WriteString(w, "<Error><Code>InvalidRange</Code></Error>")
	})
	rc, err := s.ReadAt(t.Context(), "k", media.Pin{}, 1000, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	if got, err := io.ReadAll(rc); err != nil || len(got) > 0 {
		t.Errorf("read %q, %v, want nothing", got, err)
	}
}

// TestPutRefuses: what no URL is signed for isn't stored either, and S3 isn't asked.
func TestPutRefuses(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("S3 is asked") })
	for what, spoil := range map[string]func(*media.Upload){
		"no object key":   func(u *media.Upload) { u.Key = "" },
		"no size":         func(u *media.Upload) { u.Size = 0 },
		"no content type": func(u *media.Upload) { u.ContentType = "" },
		"no sha256":       func(u *media.Upload) { u.SHA256 = media.Digest{} },
	} {
		u := picture
		spoil(&u)
		if err := s.Put(t.Context(), u, strings.NewReader("")); err == nil || errors.Is(err, media.ErrUnavailable) {
			t.Errorf("%s: Put = %v, want it refused", what, err)
		}
		if _, err := s.SignUpload(t.Context(), u, moment0, 1e9); err == nil || errors.Is(err, media.ErrUnavailable) {
			t.Errorf("%s: SignUpload = %v, want it refused", what, err)
		}
	}
}

// TestPutMismatch: S3 never sees the whole of a body that is too long or too short.
func TestPutMismatch(t *testing.T) {
	var whole atomic.Int64
	t.Cleanup(func() { // after the server has ended
		if n := whole.Load(); n != 0 {
			t.Errorf("S3 gets %d whole bodies", n)
		}
	})
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil && int64(len(body)) == r.ContentLength {
			whole.Add(1)
		}
	})
	broken := errors.New("broken")
	for what, c := range map[string]struct {
		body io.Reader
		want error
	}{
		"a byte less":     {bytes.NewReader(make([]byte, picture.Size-1)), media.ErrObjectMismatch},
		"a byte more":     {bytes.NewReader(make([]byte, picture.Size+1)), media.ErrObjectMismatch},
		"an error of its": {iotest.ErrReader(broken), broken},
	} {
		if err := s.Put(t.Context(), picture, c.body); !errors.Is(err, c.want) || errors.Is(err, media.ErrUnavailable) {
			t.Errorf("%s: Put = %v, want %v alone", what, err, c.want)
		}
	}
}
