package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media"
)

func testPut(t *testing.T, h *Harness) {
	// This reader has no length, can't go back, and returns a byte at a time.
	if err := h.Store.Put(t.Context(), upload(key, content), iotest.OneByteReader(bytes.NewReader(content))); err != nil {
		t.Fatalf("Put: %v", err)
	}
	h.holds(t, content)
}

func testPutExists(t *testing.T, h *Harness) {
	h.put(t, key, content)
	for _, b := range [][]byte{content, []byte("other bytes")} {
		err := h.Store.Put(t.Context(), upload(key, b), bytes.NewReader(b))
		if !errors.Is(err, media.ErrObjectExists) {
			t.Errorf("Put of %q over an object: %v, want ErrObjectExists", b, err)
		}
	}
	h.holds(t, content)
}

func testPutMismatch(t *testing.T, h *Harness) {
	other := bytes.Clone(content)
	other[0] ^= 1
	for what, body := range map[string][]byte{
		"other": other, "short": content[:len(content)-1], "empty": nil,
		"long": append(bytes.Clone(content), '!'), // begins with what was declared
	} {
		err := h.Store.Put(t.Context(), upload(key, content), bytes.NewReader(body))
		if !errors.Is(err, media.ErrObjectMismatch) {
			t.Errorf("Put of %s bytes: %v, want ErrObjectMismatch", what, err)
		}
		h.holdsNothing(t, what)
	}
	broken := errors.New("broken")
	body := io.MultiReader(bytes.NewReader(content[:10]), iotest.ErrReader(broken))
	if err := h.Store.Put(t.Context(), upload(key, content), body); !errors.Is(err, broken) {
		t.Errorf("Put of a body that breaks off: %v, want its error", err)
	}
	h.holdsNothing(t, "a body that breaks off")
}

func testStat(t *testing.T, h *Harness) {
	h.holdsNothing(t, "at first")
	h.put(t, key+"0", content)
	h.holdsNothing(t, "the object of a longer object key")
	h.put(t, key, content)
	h.holds(t, content)
}

func testStatInProgress(t *testing.T, h *Harness) {
	body, client := io.Pipe()
	req := request(t, h.signUpload(t), nil, func(r *http.Request) { r.Body, r.ContentLength = body, int64(len(content)) })
	done := make(chan bool)
	go func() {
		a, err := try(req)
		done <- err == nil && a.ok()
	}()
	if _, err := client.Write(content[:len(content)/2]); err != nil {
		t.Fatal(err)
	}
	h.holdsNothing(t, "half an upload")
	client.CloseWithError(errors.New("the client goes away"))
	if <-done {
		t.Error("half an upload is answered with 2xx")
	}
	h.holdsNothing(t, "an upload that broke off")
}

// plant skips the test if the Harness has no Plant.
func (h *Harness) plant(t *testing.T, stray Stray) {
	t.Helper()
	if h.Plant == nil {
		t.Skip("nothing can be stored behind this store's back")
	}
	h.Plant(t, stray)
}

func testStatNoSHA256(t *testing.T, h *Harness) {
	h.plant(t, Stray{Key: key, Content: content, ContentType: "image/gif", NoSHA256: true})
	info, err := h.Store.Stat(t.Context(), key)
	if err != nil || !info.SHA256.IsZero() || info.Composite != "" || info.Size != int64(len(content)) {
		t.Errorf("Stat = %+v, %v, want a size and no checksum", info, err)
	}
}

func testStatUnexpected(t *testing.T, h *Harness) {
	h.plant(t, Stray{Key: key, Content: content, ContentType: "text/html", ContentEncoding: "gzip"})
	info, err := h.Store.Stat(t.Context(), key)
	if err != nil || len(info.Unexpected) == 0 || info.ContentType != "text/html" {
		t.Errorf("Stat = %+v, %v, want text/html and something unexpected", info, err)
	}
}

// testStatSmuggled adds headers that no signature covers. A store may refuse them or
// drop them. If it keeps them, Stat has to name them.
func testStatSmuggled(t *testing.T, h *Harness) {
	for name, value := range map[string]string{
		"Content-Encoding": "gzip", "Content-Language": "de", "Expires": "Thu, 01 Dec 1994 16:00:00 GMT", "X-Amz-Meta-Owner": "me",
		"X-Amz-Website-Redirect-Location": "https://elsewhere.example/", "X-Amz-Acl": "public-read",
	} {
		a := send(t, request(t, h.signUpload(t), content, func(r *http.Request) { r.Header.Set(name, value) }))
		if a.refused() {
			h.holdsNothing(t, "refusing "+name)
			continue
		}
		info, err := h.Store.Stat(t.Context(), key)
		if err != nil {
			t.Fatalf("%s: status %d, then Stat: %v", name, a.status, err)
		}
		served := send(t, request(t, h.signDownload(t), nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") }))
		if len(info.Unexpected) == 0 && served.header.Get(name) != "" {
			t.Errorf("%s was kept and is served, but Stat finds nothing unexpected", name)
		}
		if err := h.Store.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
}

func testReadAt(t *testing.T, h *Harness) {
	h.put(t, key, content)
	size := int64(len(content))
	pin := h.holds(t, content).Pin
	for _, r := range []struct {
		off, n int64
		want   []byte
	}{
		{0, size, content}, {0, 10, content[:10]}, {10, 1, content[10:11]}, {10, 0, nil},
		{size - 4, 4, content[size-4:]}, {size - 4, 100, content[size-4:]}, {1, math.MaxInt64, content[1:]},
		{size, 1, nil}, {size + 1000, 10, nil},
	} {
		for _, pin := range []media.Pin{pin, {}} {
			got, err := h.read(t.Context(), pin, r.off, r.n)
			if err != nil || !bytes.Equal(got, r.want) {
				t.Errorf("ReadAt(%+v, %d, %d) = %q, %v, want %q", pin, r.off, r.n, got, err, r.want)
			}
		}
	}
	for _, r := range [][2]int64{{-1, 1}, {0, -1}} {
		if _, err := h.read(t.Context(), pin, r[0], r[1]); err == nil {
			t.Errorf("ReadAt(%d, %d) succeeds", r[0], r[1])
		}
	}
}

func testReadAtNothing(t *testing.T, h *Harness) {
	if _, err := h.read(t.Context(), media.Pin{}, 0, 1); !errors.Is(err, media.ErrNoObject) {
		t.Errorf("ReadAt of nothing: %v, want ErrNoObject", err)
	}
	h.put(t, key, content)
	pin := h.holds(t, content).Pin
	if err := h.Store.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, err := h.read(t.Context(), pin, 0, 1); !errors.Is(err, media.ErrNoObject) {
		t.Errorf("ReadAt of what was deleted: %v, want ErrNoObject", err)
	}
}

// testReadAtChanged allows a store that keeps versions to return the old object, since
// the pin names it.
func testReadAtChanged(t *testing.T, h *Harness) {
	h.put(t, key, content)
	pin := h.holds(t, content).Pin
	other := bytes.Repeat([]byte("x"), len(content))
	h.plant(t, Stray{Key: key, Content: other, ContentType: "image/gif"})
	for _, off := range []int64{0, 10} {
		got, err := h.read(t.Context(), pin, off, 10)
		old := pin.Version != "" && err == nil && bytes.Equal(got, content[off:off+10])
		if !old && !errors.Is(err, media.ErrObjectChanged) {
			t.Errorf("ReadAt of what was replaced, from %d: %q, %v, want ErrObjectChanged", off, got, err)
		}
	}
}

func testDelete(t *testing.T, h *Harness) {
	h.put(t, key, content)
	h.put(t, key+"0", content)
	if err := h.Store.Delete(t.Context(), key); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	h.holdsNothing(t, "Delete")
	objects, _, err := h.Store.List(t.Context(), "", "")
	if err != nil || len(objects) != 1 || objects[0].Key != key+"0" {
		t.Errorf("List = %+v, %v, want the other object alone", objects, err)
	}
	h.put(t, key, content)
	h.holds(t, content)
}

func testDeleteNothing(t *testing.T, h *Harness) {
	for range 2 {
		if err := h.Store.Delete(t.Context(), key); err != nil {
			t.Errorf("Delete of nothing: %v", err)
		}
	}
	h.holdsNothing(t, "Delete of nothing")
}

// testDeleteThenUpload deletes as the service does: once at once, and once more when no
// URL lives any longer. What a URL stores in between is gone after the second time.
func testDeleteThenUpload(t *testing.T, h *Harness) {
	signed := h.signUpload(t)
	for range 2 {
		if a := send(t, request(t, signed, content, nil)); a.ok() {
			h.holds(t, content)
		} else if !a.refused() {
			t.Errorf("status %d, want 2xx or 4xx", a.status)
		}
		if err := h.Store.Delete(t.Context(), key); err != nil {
			t.Fatalf("Delete: %v", err)
		}
		h.holdsNothing(t, "Delete")
	}
}

func testContext(t *testing.T, h *Harness) {
	h.put(t, key, content)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for want, ctx := range map[error]context.Context{context.Canceled: ended, context.DeadlineExceeded: late} {
		for op, call := range map[string]func() error{
			"Put":    func() error { return h.Store.Put(ctx, upload(key+"0", content), bytes.NewReader(content)) },
			"Stat":   func() error { _, err := h.Store.Stat(ctx, key); return err },
			"ReadAt": func() error { _, err := h.read(ctx, media.Pin{}, 0, 1); return err },
			"Delete": func() error { return h.Store.Delete(ctx, key) },
			"List":   func() error { _, _, err := h.Store.List(ctx, "", ""); return err },
		} {
			if err := call(); !errors.Is(err, want) || errors.Is(err, media.ErrUnavailable) {
				t.Errorf("%s: %v, want %v", op, err, want)
			}
		}
	}
	h.holds(t, content)
}

func testConcurrent(t *testing.T, h *Harness) {
	var all sync.WaitGroup
	for i := range 8 {
		key := fmt.Sprint("media/", i)
		all.Go(func() {
			if err := h.Store.Put(t.Context(), upload(key, content), bytes.NewReader(content)); err != nil {
				t.Errorf("Put %s: %v", key, err)
			}
			if _, err := h.Store.SignUpload(t.Context(), upload(key, content), h.Now(), ttl); err != nil {
				t.Errorf("SignUpload %s: %v", key, err)
			}
			if _, err := h.Store.Stat(t.Context(), key); err != nil {
				t.Errorf("Stat %s: %v", key, err)
			}
			if i%2 == 0 {
				if err := h.Store.Delete(t.Context(), key); err != nil {
					t.Errorf("Delete %s: %v", key, err)
				}
			}
		})
	}
	all.Wait()
	if diff := cmp.Diff([]string{"media/1", "media/3", "media/5", "media/7"}, h.walk(t, "", "")); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}
