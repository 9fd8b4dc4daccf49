package blobtest

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

func testDownload(t *testing.T, h *Harness) {
	h.put(t, key, content)
	signed := h.signDownload(t)
	if signed.Method != http.MethodGet || len(signed.Headers) > 0 {
		t.Errorf("method %q, %d headers, want GET with none", signed.Method, len(signed.Headers))
	}
	if a := send(t, request(t, signed, nil, nil)); a.status != http.StatusOK || !bytes.Equal(a.body, content) {
		t.Errorf("status %d, body %q, want 200, %q", a.status, a.body, content)
	}
	if err := h.Store.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if a := send(t, request(t, signed, nil, nil)); a.status != http.StatusNotFound {
		t.Errorf("after a delete: status %d, want 404", a.status)
	}
}

func testDownloadLife(t *testing.T, h *Harness) {
	h.put(t, key, content)
	for age, live := range map[time.Duration]bool{time.Minute: true, time.Hour: false} {
		signed, err := h.Store.SignDownload(t.Context(),
			media.Download{Key: key, ContentType: "image/gif", Filename: "a.gif"}, h.Now().Add(-age), 30*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if a := send(t, request(t, signed, nil, nil)); a.ok() != live || !live && !a.refused() {
			t.Errorf("%v after it was signed for 30m: status %d, want it to live: %t", age, a.status, live)
		}
	}
}

func testDownloadEqual(t *testing.T, h *Harness) {
	at := h.Now()
	d := media.Download{Key: key, ContentType: "image/gif", Filename: "ü \"x\".gif"}
	sign := func(d media.Download, at time.Time, ttl time.Duration) string {
		t.Helper()
		signed, err := h.Store.SignDownload(t.Context(), d, at, ttl)
		if err != nil {
			t.Fatal(err)
		}
		return signed.URL
	}
	first := sign(d, at, ttl)
	if sign(d, at, ttl) != first {
		t.Error("equal arguments give different URLs")
	}
	attachment := d
	attachment.Attachment = true
	for what, url := range map[string]string{
		"an attachment": sign(attachment, at, ttl), "another time": sign(d, at.Add(time.Minute), ttl), "another life": sign(d, at, 2*ttl),
	} {
		if url == first {
			t.Errorf("%s gives an equal URL", what)
		}
	}
}

func testDownloadHeaders(t *testing.T, h *Harness) {
	h.put(t, key, content)
	names := map[string]string{"holiday.html": "holiday.html.webp", "a": "a.webp", "a.jpg": "a.jpg.webp", "A.WEBP": "A.WEBP"}
	for _, name := range []string{
		"beach", "a b", `q"uo"te`, `back\slash`, "100%41", "plus+and&amp=1", "semi;colon", "it's",
		"Größe", "日本語", "👩‍👩‍👧", "cafe\u0301", "filename*=UTF-8''x", "-", strings.Repeat("👧", 250), // 255 characters, 1,005 bytes
	} {
		names[name+".webp"] = name + ".webp"
	}
	for name, want := range names {
		for kind, attachment := range map[string]bool{"inline": false, "attachment": true} {
			signed, err := h.Store.SignDownload(t.Context(),
				media.Download{Key: key, ContentType: "image/webp", Filename: name, Attachment: attachment}, h.Now(), ttl)
			if err != nil {
				t.Fatal(err)
			}
			a := send(t, request(t, signed, nil, nil))
			got, params, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
			if err != nil || got != kind || params["filename"] != want {
				t.Errorf("status %d, Content-Disposition %q: %q of %q, %v; want %q of %q",
					a.status, a.header.Get("Content-Disposition"), got, params["filename"], err, kind, want)
			}
			if got := a.header.Get("Content-Type"); got != "image/webp" {
				t.Errorf("%s: Content-Type %q, want the Download's", name, got)
			}
		}
	}
}

func testDownloadRange(t *testing.T, h *Harness) {
	h.put(t, key, content)
	signed := h.signDownload(t)
	for header, want := range map[string][]byte{
		"bytes=0-9": content[:10], "bytes=60-": content[60:], "bytes=-4": content[len(content)-4:], "bytes=10-10000": content[10:], "bytes=-10000": content,
	} {
		a := send(t, request(t, signed, nil, func(r *http.Request) { r.Header.Set("Range", header) }))
		if a.status != http.StatusPartialContent || !bytes.Equal(a.body, want) {
			t.Errorf("Range %s: status %d, %q, want 206, %q", header, a.status, a.body, want)
		}
	}
	beyond := send(t, request(t, signed, nil, func(r *http.Request) { r.Header.Set("Range", "bytes=1000-") }))
	if beyond.status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range beyond the end: status %d, want 416", beyond.status)
	}
	for _, many := range []string{"bytes=0-1,4-5", "bytes=" + strings.Repeat("0-,", 400) + "0-"} {
		a := send(t, request(t, signed, nil, func(r *http.Request) { r.Header.Set("Range", many) }))
		if strings.HasPrefix(a.header.Get("Content-Type"), "multipart/") || len(a.body) > len(content) && a.ok() {
			t.Errorf("%d ranges: status %d, %s, %d bytes, want no more than the object", strings.Count(many, "-"),
				a.status, a.header.Get("Content-Type"), len(a.body))
		}
	}
}

// testDownloadVersion deletes an object and stores it again by the URL that stored it
// first. A store that tells no versions apart can't keep this clause.
func testDownloadVersion(t *testing.T, h *Harness) {
	upload := h.signUpload(t)
	if a := send(t, request(t, upload, content, nil)); !a.ok() {
		t.Fatalf("status %d, want 2xx", a.status)
	}
	version := h.holds(t, content).Version
	if version == "" {
		t.Skip("this store tells no versions apart")
	}
	signed, err := h.Store.SignDownload(t.Context(),
		media.Download{Key: key, Version: version, ContentType: "image/gif", Filename: "a.gif"}, h.Now(), ttl)
	if err != nil {
		t.Fatal(err)
	}
	if a := send(t, request(t, signed, nil, nil)); a.status != http.StatusOK || !bytes.Equal(a.body, content) {
		t.Errorf("status %d, body %q, want 200, %q", a.status, a.body, content)
	}
	if err := h.Store.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if a := send(t, request(t, upload, content, nil)); a.ok() && h.holds(t, content).Version == version {
		t.Errorf("two objects have the version %q", version)
	}
	if a := send(t, request(t, signed, nil, nil)); !a.refused() {
		t.Errorf("after a delete and another upload: status %d, want 4xx", a.status)
	}
}

func testDownloadTampered(t *testing.T, h *Harness) {
	h.put(t, key, content)
	signed := h.signDownload(t)
	for what, req := range tampered(t, signed) {
		req.Body, req.ContentLength = nil, 0
		if a := send(t, req); !a.refused() {
			t.Errorf("%s: status %d, want 4xx", what, a.status)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodPost, http.MethodDelete} {
		a := send(t, request(t, signed, content, func(r *http.Request) { r.Method = method }))
		if !a.refused() {
			t.Errorf("%s with a GET's URL: status %d, want 4xx", method, a.status)
		}
	}
	h.holds(t, content)
}
