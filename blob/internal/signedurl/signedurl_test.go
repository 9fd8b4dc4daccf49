package signedurl_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/internal/signedurl"
	"github.com/seed-f0df946f/mediakit/media"
)

var (
	now     = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	content = []byte("the bytes of a picture")
	picture = media.Upload{Key: "media/1/original", Size: int64(len(content)), ContentType: "image/png", SHA256: sha256.Sum256(content)}
	signer  = signedurl.Signer{Base: "https://app.example/api/blobs", Secret: []byte("secret")}
)

// storage holds one object, or fails.
type storage struct {
	err error
}

func (s storage) Put(_ context.Context, _ media.Upload, body io.Reader) error {
	_, err := io.Copy(io.Discard, body)
	return errors.Join(s.err, err)
}

func (s storage) Stat(context.Context, string) (media.Info, error) {
	return media.Info{Size: int64(len(content)), ContentType: "text/html", Pin: media.Pin{ETag: `"e"`, Version: "v"}}, s.err
}

func (s storage) ReadAt(_ context.Context, _ string, _ media.Pin, off, n int64) (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(bytes.NewReader(content), off, n)), s.err
}

// answer serves a signed request, after change.
func answer(t *testing.T, s storage, signed media.SignedRequest, change func(*http.Request)) *http.Response {
	t.Helper()
	var body io.Reader
	if signed.Method == http.MethodPut {
		body = bytes.NewReader(content)
	}
	r := httptest.NewRequestWithContext(t.Context(), signed.Method, signed.URL, body)
	for name, value := range signed.Headers {
		r.Header.Set(name, value)
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	handler(s).ServeHTTP(w, r)
	return w.Result()
}

func handler(s signedurl.Storage) *signedurl.Handler {
	return loggingHandler(s, slog.New(slog.DiscardHandler))
}

func loggingHandler(s signedurl.Storage, logger *slog.Logger) *signedurl.Handler {
	return signedurl.NewHandler(signedurl.Config{
		Signer: func() signedurl.Signer { return signer }, Storage: s, Now: func() time.Time { return now },
		MaxTransfers: 1, MaxUploadTime: time.Hour, Logger: logger,
	})
}

func sign(t testing.TB) (upload, download media.SignedRequest) {
	t.Helper()
	upload, err := signer.Upload(picture, now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	download, err = signer.Download(media.Download{Key: picture.Key, ContentType: "image/png", Filename: "ü.png", Version: "v"}, now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return upload, download
}

// TestGolden pins the URLs: they have to outlive an update of the service.
func TestGolden(t *testing.T) {
	upload, download := sign(t)
	if want := "https://app.example/api/blobs/media/1/original?expires=1795521660" +
		"&sha256=4a42edeb02a1245fabf0553c44ff50b69f3a04054f7747516e90d3e31ea3c03d&signature=4735322a27945f12c4f70e7d5762cee413299eaa9ab25c823897254ddab5f242"; upload.URL != want {
		t.Errorf("an upload's URL (-want +got):\n%s", cmp.Diff(want, upload.URL))
	}
	if want := "https://app.example/api/blobs/media/1/original?disposition=inline%3B+filename%3D%22_.png%22%3B+filename%2A%3DUTF-8%27%27%25C3%25BC.png" +
		"&expires=1795521660&type=image%2Fpng&version=v&signature=41c29d586fcca22041c863d8c47a0fd004690f12e7067d8d2e67366f5d0da8df"; download.URL != want {
		t.Errorf("a download's URL (-want +got):\n%s", cmp.Diff(want, download.URL))
	}
}

// TestOneRefusal: 403 tells nobody what was wrong.
func TestOneRefusal(t *testing.T) {
	upload, download := sign(t)
	expired, err := signer.Upload(picture, now.Add(-time.Hour), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	ending, err := signer.Upload(picture, now.Add(-time.Minute), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if !ending.ExpiresAt.Equal(now) {
		t.Fatalf("the URL expires at %v, want %v", ending.ExpiresAt, now)
	}
	other, err := signedurl.Signer{Base: signer.Base, Secret: []byte("other")}.Upload(picture, now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	rewrite := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			u, err := url.Parse(strings.Replace("https://app.example"+r.URL.RequestURI(), old, new, 1))
			if err != nil {
				t.Fatal(err)
			}
			r.URL = u
		}
	}
	set := func(name string, values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = values }
	}
	var texts []string
	for what, r := range map[string]*http.Response{
		"expired":                answer(t, storage{}, expired, nil),
		"expired at this moment": answer(t, storage{}, ending, nil),
		"another secret":         answer(t, storage{}, other, nil),
		"another key":            answer(t, storage{}, upload, rewrite("original", "originak")),
		"an escaped key":         answer(t, storage{}, upload, rewrite("original", "origina%6c")),
		"another folder":         answer(t, storage{}, upload, rewrite("/api/blobs/", "/api/blobs/../blobs/")),
		"no base":                answer(t, storage{}, upload, rewrite("/api/blobs/", "/")),
		"a reordered query":      answer(t, storage{}, upload, rewrite("?expires=1795521660&", "?")),
		"an added item":          answer(t, storage{}, upload, rewrite("?", "?a=b&")),
		"an item at the end":     answer(t, storage{}, upload, func(r *http.Request) { r.URL.RawQuery += "&a=b" }),
		"a semicolon":            answer(t, storage{}, upload, rewrite("&sha256", ";sha256")),
		"upper case hex":         answer(t, storage{}, upload, rewrite("sha256=4a", "sha256=4A")),
		"no signature":           answer(t, storage{}, upload, func(r *http.Request) { r.URL.RawQuery = "" }),
		"another type":           answer(t, storage{}, upload, set("Content-Type", "image/gif")),
		"two types":              answer(t, storage{}, upload, set("Content-Type", "image/png", "image/gif")),
		"another length":         answer(t, storage{}, upload, func(r *http.Request) { r.ContentLength-- }),
		"no condition":           answer(t, storage{}, upload, set("If-None-Match")),
		"another condition":      answer(t, storage{}, upload, set("If-None-Match", `"e"`)),
		"GET by a PUT's URL":     answer(t, storage{}, upload, func(r *http.Request) { r.Method = http.MethodGet }),
		"PUT by a GET's URL":     answer(t, storage{}, download, func(r *http.Request) { r.Method = http.MethodPut }),
		"another version":        answer(t, storage{}, download, rewrite("version=v", "version=w")),
		"no version":             answer(t, storage{}, download, rewrite("&version=v", "")),
		"another disposition":    answer(t, storage{}, download, rewrite("inline", "attachment")),
		"another download type":  answer(t, storage{}, download, rewrite("image%2Fpng", "text%2Fhtml")),
	} {
		text, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d, %v, want 403", what, r.StatusCode, err)
		}
		if texts = append(texts, string(text)); texts[0] != string(text) {
			t.Errorf("%s: %q, want %q as for every other cause", what, text, texts[0])
		}
	}
}

func TestStatuses(t *testing.T) {
	upload, download := sign(t)
	for _, c := range []struct {
		err       error
		put, read int
	}{
		{nil, 200, 200},
		{media.ErrObjectExists, 412, 500},
		{fmt.Errorf("%w: %w", media.ErrUnavailable, signedurl.ErrUploading), 409, 500},
		{media.ErrObjectMismatch, 400, 500},
		{media.ErrNoObject, 404, 404},
		{media.ErrUnavailable, 503, 503},
		{context.DeadlineExceeded, 503, 503},
		{context.Canceled, 503, 503},
		{errors.New("disk is full"), 500, 500},
	} {
		if got := answer(t, storage{c.err}, upload, nil); got.StatusCode != c.put {
			t.Errorf("PUT with %v: status %d, want %d", c.err, got.StatusCode, c.put)
		}
		got := answer(t, storage{c.err}, download, nil)
		if retry := got.Header.Get("Retry-After"); (retry != "") != (got.StatusCode == 503) {
			t.Errorf("status %d with Retry-After %q", got.StatusCode, retry)
		}
		if c.read == 500 && c.put != 500 {
			continue // no such error comes from a read
		}
		if got.StatusCode != c.read {
			t.Errorf("GET with %v: status %d, want %d", c.err, got.StatusCode, c.read)
		}
		text, err := io.ReadAll(got.Body)
		if err != nil || c.err != nil && strings.Contains(string(text), c.err.Error()) {
			t.Errorf("GET with %v answers %q, %v, want nothing of the cause", c.err, text, err)
		}
	}
	chunked := answer(t, storage{}, upload, func(r *http.Request) { r.ContentLength = -1 })
	if chunked.StatusCode != http.StatusLengthRequired {
		t.Errorf("PUT without a length: status %d, want 411", chunked.StatusCode)
	}
	deleted := answer(t, storage{}, upload, func(r *http.Request) { r.Method = http.MethodDelete })
	if deleted.StatusCode != http.StatusMethodNotAllowed || deleted.Header.Get("Allow") != "GET, HEAD, PUT" {
		t.Errorf("DELETE: status %d, Allow %q, want 405", deleted.StatusCode, deleted.Header.Get("Allow"))
	}
	broken := answer(t, storage{}, upload, func(r *http.Request) {
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader("the"), errReader{}))
	})
	if broken.StatusCode != http.StatusBadRequest {
		t.Errorf("PUT that breaks off: status %d, want 400", broken.StatusCode)
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestHeaders: what is served can't be taken for a page of the application.
func TestHeaders(t *testing.T) {
	_, download := sign(t)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r := answer(t, storage{}, download, func(r *http.Request) { r.Method = method })
		got := make(map[string]string)
		for name := range r.Header {
			got[name] = r.Header.Get(name)
		}
		want := map[string]string{
			"Accept-Ranges": "bytes", "Cache-Control": "private, max-age=300", "Content-Length": "22",
			"Content-Disposition":     `inline; filename="_.png"; filename*=UTF-8''%C3%BC.png`,
			"Content-Security-Policy": "sandbox", "Content-Type": "image/png", "Etag": `"e"`, "X-Content-Type-Options": "nosniff",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", method, diff)
		}
		if body, err := io.ReadAll(r.Body); err != nil || (method == http.MethodHead) != (len(body) == 0) {
			t.Errorf("%s answers %d bytes, %v", method, len(body), err)
		}
	}
	cached := answer(t, storage{}, download, func(r *http.Request) { r.Header.Set("If-None-Match", `"e"`) })
	if cached.StatusCode != http.StatusNotModified {
		t.Errorf("GET of what the client has: status %d, want 304", cached.StatusCode)
	}
}

// TestVersion: a URL hands out the object that it was signed for, and none that takes
// its place.
func TestVersion(t *testing.T) {
	for version, want := range map[string]int{"v": 200, "": 200, "w": 404} {
		signed, err := signer.Download(media.Download{Key: picture.Key, ContentType: "image/png", Version: version}, now, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			got := answer(t, storage{}, signed, func(r *http.Request) { r.Method = method })
			if got.StatusCode != want {
				t.Errorf("%s of version %q: status %d, want %d", method, version, got.StatusCode, want)
			}
		}
	}
}

// blocked is a Storage that waits with each Put.
type blocked struct {
	storage
	begun, end chan struct{}
}

func (b blocked) Put(context.Context, media.Upload, io.Reader) error {
	b.begun <- struct{}{}
	<-b.end
	return nil
}

// TestPlaces: as many transfers run as there are places, and each gives its own back.
func TestPlaces(t *testing.T) {
	upload, download := sign(t)
	b := blocked{begun: make(chan struct{}), end: make(chan struct{})}
	var log bytes.Buffer
	h := loggingHandler(b, slog.New(slog.NewTextHandler(&log, nil)))
	serve := func(signed media.SignedRequest) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), signed.Method, signed.URL, bytes.NewReader(content))
		for name, value := range signed.Headers {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for range 2 {
		first := make(chan int)
		go func() { first <- serve(upload).Code }()
		<-b.begun
		for _, signed := range []media.SignedRequest{upload, download} {
			if w := serve(signed); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
				t.Errorf("%s beyond the bound: status %d, Retry-After %q", signed.Method, w.Code, w.Header().Get("Retry-After"))
			}
		}
		b.end <- struct{}{}
		if code := <-first; code != http.StatusOK {
			t.Errorf("the transfer that was running: status %d, want 200", code)
		}
		if w := serve(download); w.Code != http.StatusOK {
			t.Errorf("a transfer after it: status %d, want 200", w.Code)
		}
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 4 {
		t.Errorf("%d warnings, want one for each of the 4 that were refused: %s", n, &log)
	}
}

func TestCheckBase(t *testing.T) {
	for _, base := range []string{
		"http://localhost:8080", "https://app.example", "https://app.example/", "https://app.example/a/b", "https://app.example/a/",
		"http://[::1]:8080/blobs", "https://app.example/%C3%BC",
	} {
		if err := signedurl.CheckBase(base); err != nil {
			t.Errorf("CheckBase(%q) = %v", base, err)
		}
	}
	for _, base := range []string{
		"", "localhost:8080", "app.example", "/blobs", "//app.example", "ftp://app.example", "http://", "http://:8080", "https:app.example",
		"https://user@app.example", "https://app.example?a", "https://app.example/?", "https://app.example/#a", "https://app.example/#",
		"https://app.example/a b", "https://app.example/ü", "https://app.example//", "https://app.example/a//b", "https://app.example/../b",
		"HTTPS://app.example", "https://app.example/%zz", "https://app.example:port",
	} {
		if signedurl.CheckBase(base) == nil {
			t.Errorf("CheckBase(%q) accepts it", base)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	for what, spoil := range map[string]func(*media.Upload){
		"a key out of the grammar": func(u *media.Upload) { u.Key = "../etc/passwd" },
		"size 0":                   func(u *media.Upload) { u.Size = 0 },
	} {
		u := picture
		spoil(&u)
		if _, err := signer.Upload(u, now, time.Minute); err == nil {
			t.Errorf("Upload signs %s", what)
		}
	}
	if _, err := signer.Download(media.Download{Key: "a//b"}, now, time.Minute); err == nil {
		t.Error("Download signs a key out of the grammar")
	}
	if _, err := signer.Download(media.Download{Key: "a"}, now, 0); err == nil {
		t.Error("Download signs for no time")
	}
}
