package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media"
)

// ttl is how long most of the suite's URLs live.
const ttl = 15 * time.Minute

// key is the object key of most of the suite's objects.
const key = "media/0190b2f0-7a3c-7def-8000-000000000000/00112233445566778899aabbccddeeff"

// content is in most of the suite's objects. It is small: if some servers refuse a large
// body, they close the connection before the client can read why.
var content = []byte("GIF89a, or so it says: sixty-four bytes that stand for a picture")

// upload describes b under an object key.
func upload(key string, b []byte) media.Upload {
	return media.Upload{Key: key, Size: int64(len(b)), ContentType: "image/gif", SHA256: sha256.Sum256(b)}
}

// signUpload signs an upload of content under key, from now on.
func (h *Harness) signUpload(t *testing.T) media.SignedRequest {
	t.Helper()
	signed, err := h.Store.SignUpload(t.Context(), upload(key, content), h.Now(), ttl)
	if err != nil {
		t.Fatalf("SignUpload: %v", err)
	}
	return signed
}

// signDownload signs a download of key, from now on.
func (h *Harness) signDownload(t *testing.T) media.SignedRequest {
	t.Helper()
	signed, err := h.Store.SignDownload(t.Context(), media.Download{Key: key, ContentType: "image/gif", Filename: "a.gif"}, h.Now(), ttl)
	if err != nil {
		t.Fatalf("SignDownload: %v", err)
	}
	return signed
}

// put stores b by Put.
func (h *Harness) put(t *testing.T, key string, b []byte) {
	t.Helper()
	if err := h.Store.Put(t.Context(), upload(key, b), bytes.NewReader(b)); err != nil {
		t.Fatalf("Put: %v", err)
	}
}

// request makes the signed request, and alters it by change if that isn't nil.
func request(t *testing.T, signed media.SignedRequest, body []byte, change func(*http.Request)) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(withoutURL(err))
	}
	for name, value := range signed.Headers {
		req.Header.Set(name, value)
	}
	if change != nil {
		change(req)
	}
	return req
}

// answer is an HTTP response whose body was read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) ok() bool      { return a.status >= 200 && a.status < 300 }
func (a answer) refused() bool { return a.status >= 400 && a.status < 500 }

// try sends a request. A redirect is an answer, and isn't followed.
func try(req *http.Request) (answer, error) {
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, withoutURL(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, body}, err
}

func send(t *testing.T, req *http.Request) answer {
	t.Helper()
	a, err := try(req)
	if err != nil {
		t.Fatalf("%s: %v", req.Method, err)
	}
	return a
}

// withoutURL keeps a signed URL out of a test's log.
func withoutURL(err error) error {
	var wrapped interface {
		error
		Unwrap() error
	}
	if errors.As(err, &wrapped) {
		return wrapped.Unwrap()
	}
	return err
}

// refuses checks that the store refuses an upload and stores nothing for it.
func (h *Harness) refuses(t *testing.T, what string, req *http.Request) {
	t.Helper()
	if a := send(t, req); !a.refused() {
		t.Errorf("%s: status %d, want 4xx", what, a.status)
	}
	h.holdsNothing(t, what)
}

func (h *Harness) holdsNothing(t *testing.T, after string) {
	t.Helper()
	if info, err := h.Store.Stat(t.Context(), key); !errors.Is(err, media.ErrNoObject) {
		t.Fatalf("%s: Stat = %+v, %v, want ErrNoObject", after, info, err)
	}
}

// holds checks that key has content, with the type that was signed.
func (h *Harness) holds(t *testing.T, content []byte) media.Info {
	t.Helper()
	info, err := h.Store.Stat(t.Context(), key)
	if err != nil {
		t.Fatalf("Stat: %v", err)
	}
	want := media.Info{Pin: info.Pin, Size: int64(len(content)), ContentType: "image/gif", SHA256: sha256.Sum256(content)}
	if diff := cmp.Diff(want, info); diff != "" {
		t.Fatalf("Stat (-want +got):\n%s", diff)
	}
	if info.ETag == "" {
		t.Error("Stat names no ETag to pin")
	}
	got, err := h.read(t.Context(), info.Pin, 0, info.Size)
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("ReadAt = %q, %v, want %q", got, err, content)
	}
	return info
}

func (h *Harness) read(ctx context.Context, pin media.Pin, off, n int64) ([]byte, error) {
	rc, err := h.Store.ReadAt(ctx, key, pin, off, n)
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	return io.ReadAll(rc)
}
