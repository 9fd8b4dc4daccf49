package blobtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media"
)

func testUploadStores(t *testing.T, h *Harness) {
	if a := send(t, request(t, h.signUpload(t), content, nil)); !a.ok() {
		t.Fatalf("status %d, want 2xx: %s", a.status, a.body)
	}
	h.holds(t, content)
}

func testUploadTTL(t *testing.T, h *Harness) {
	for d, ok := range map[time.Duration]bool{
		-time.Second: false, 0: false, time.Second - 1: false, time.Second: true,
		media.MaxSignedTTL: true, media.MaxSignedTTL + time.Second: false,
	} {
		if _, err := h.Store.SignUpload(t.Context(), upload(key, content), h.Now(), d); (err == nil) != ok {
			t.Errorf("SignUpload for %v: error %v, want one: %t", d, err, !ok)
		}
		download := media.Download{Key: key, ContentType: "image/gif", Filename: "a.gif"}
		if _, err := h.Store.SignDownload(t.Context(), download, h.Now(), d); (err == nil) != ok {
			t.Errorf("SignDownload for %v: error %v, want one: %t", d, err, !ok)
		}
	}
}

func testUploadExpired(t *testing.T, h *Harness) {
	signed, err := h.Store.SignUpload(t.Context(), upload(key, content), h.Now().Add(-time.Hour), 30*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	h.refuses(t, "a URL that died half an hour ago", request(t, signed, content, nil))

	signed, err = h.Store.SignUpload(t.Context(), upload(key, content), h.Now().Add(-time.Hour), 2*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if a := send(t, request(t, signed, content, nil)); !a.ok() {
		t.Errorf("a URL that lives for another hour: status %d, want 2xx", a.status)
	}
}

func testUploadOtherBytes(t *testing.T, h *Harness) {
	other := bytes.Clone(content)
	other[len(other)-1] ^= 1
	h.refuses(t, "other bytes of the same length", request(t, h.signUpload(t), other, nil))
	h.refuses(t, "other bytes with their own checksum", request(t, h.signUpload(t), other, func(r *http.Request) {
		sum := sha256.Sum256(other)
		r.Header.Set("X-Amz-Checksum-Sha256", base64.StdEncoding.EncodeToString(sum[:]))
	}))
}

func testUploadOtherLengthOrType(t *testing.T, h *Harness) {
	for what, body := range map[string][]byte{
		"a shorter body": content[:len(content)-1], "a longer body": append(bytes.Clone(content), '!'), "an empty body": nil,
	} {
		h.refuses(t, what, request(t, h.signUpload(t), body, nil))
	}
	h.refuses(t, "a body of unknown length", request(t, h.signUpload(t), content, func(r *http.Request) { r.ContentLength = -1 }))
	for _, kind := range []string{"text/html", "image/gif; charset=utf-8", "IMAGE/GIF", ""} {
		h.refuses(t, "type "+kind, request(t, h.signUpload(t), content, func(r *http.Request) { r.Header.Set("Content-Type", kind) }))
	}
}

func testUploadHeaders(t *testing.T, h *Harness) {
	signed := h.signUpload(t)
	for name := range signed.Headers {
		h.refuses(t, "without "+name, request(t, signed, content, func(r *http.Request) { r.Header.Del(name) }))
		h.refuses(t, "another "+name, request(t, signed, content, func(r *http.Request) { r.Header.Set(name, "x"+r.Header.Get(name)) }))
	}
	if a := send(t, request(t, signed, content, nil)); !a.ok() {
		t.Errorf("with all headers: status %d, want 2xx: refusals must not use a URL up", a.status)
	}
}

func testUploadSecondWrite(t *testing.T, h *Harness) {
	signed := h.signUpload(t)
	if a := send(t, request(t, signed, content, nil)); !a.ok() {
		t.Fatalf("first PUT: status %d, want 2xx", a.status)
	}
	first := h.holds(t, content)
	if a := send(t, request(t, signed, content, nil)); !a.refused() {
		t.Errorf("second PUT: status %d, want 4xx", a.status)
	}
	other := []byte("other bytes, signed for the same object key")
	again, err := h.Store.SignUpload(t.Context(), upload(key, other), h.Now(), ttl)
	if err != nil {
		t.Fatal(err)
	}
	if a := send(t, request(t, again, other, nil)); !a.refused() {
		t.Errorf("PUT of other bytes: status %d, want 4xx", a.status)
	}
	if diff := cmp.Diff(first, h.holds(t, content)); diff != "" {
		t.Errorf("the object is no longer the first one (-want +got):\n%s", diff)
	}
}

func testUploadRace(t *testing.T, h *Harness) {
	const racers = 16
	signed := h.signUpload(t)
	requests := make([]*http.Request, racers)
	for i := range requests {
		requests[i] = request(t, signed, content, nil)
	}
	results := make([]string, racers)
	var all sync.WaitGroup
	for i, req := range requests {
		all.Go(func() {
			switch a, err := try(req); {
			case err != nil:
				results[i] = err.Error()
			case a.ok():
				results[i] = "won"
			case a.refused():
				results[i] = "lost"
			default:
				results[i] = fmt.Sprint("status ", a.status)
			}
		})
	}
	all.Wait()
	counts := make(map[string]int)
	for _, result := range results {
		counts[result]++
	}
	if diff := cmp.Diff(map[string]int{"won": 1, "lost": racers - 1}, counts); diff != "" {
		t.Errorf("outcomes of %d PUTs at once (-want +got):\n%s", racers, diff)
	}
	h.holds(t, content)
}

func testUploadTampered(t *testing.T, h *Harness) {
	signed := h.signUpload(t)
	for what, req := range tampered(t, signed) {
		h.refuses(t, what, req)
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete, http.MethodPost, http.MethodPatch} {
		h.refuses(t, method+" with a PUT's URL", request(t, signed, content, func(r *http.Request) { r.Method = method }))
	}
	if a := send(t, request(t, signed, content, nil)); !a.ok() {
		t.Fatalf("the URL as it was signed: status %d, want 2xx", a.status)
	}
	if a := send(t, request(t, signed, nil, func(r *http.Request) { r.Method = http.MethodDelete })); !a.refused() {
		t.Errorf("DELETE with a PUT's URL: status %d, want 4xx", a.status)
	}
	h.holds(t, content)
}

// tampered returns the signed request with each part of its URL altered in turn.
func tampered(t *testing.T, signed media.SignedRequest) map[string]*http.Request {
	t.Helper()
	alter := func(change func(u *url.URL, query url.Values)) *http.Request {
		return request(t, signed, content, func(r *http.Request) {
			query := r.URL.Query()
			r.URL.RawQuery = ""
			change(r.URL, query)
			if r.URL.RawQuery == "" {
				r.URL.RawQuery = query.Encode()
			}
		})
	}
	requests := map[string]*http.Request{
		"another object key": alter(func(u *url.URL, _ url.Values) { u.Path += "0" }),
		"no query":           alter(func(u *url.URL, _ url.Values) { u.RawQuery = "x" }),
		"one more item":      alter(func(_ *url.URL, q url.Values) { q.Set("response-content-type", "text/html") }),
	}
	u, err := url.Parse(signed.URL)
	if err != nil {
		t.Fatal(withoutURL(err))
	}
	for name := range u.Query() {
		if name == "x-id" {
			continue // S3 signs it, other stores may not: it means nothing
		}
		requests[name+" dropped"] = alter(func(_ *url.URL, q url.Values) { q.Del(name) })
		requests[name+" changed"] = alter(func(_ *url.URL, q url.Values) { q.Set(name, otherValue(q.Get(name))) })
	}
	return requests
}

// otherValue replaces the last character by another one of its kind, so that a number
// stays a number and hex stays hex.
func otherValue(s string) string {
	if s == "" {
		return "1"
	}
	last, other := s[len(s)-1:], "1"
	if last == "1" {
		other = "2"
	}
	return strings.TrimSuffix(s, last) + other
}

func testUploadHeaderNames(t *testing.T, h *Harness) {
	signed := h.signUpload(t)
	if signed.Method != http.MethodPut {
		t.Errorf("method %q, want PUT", signed.Method)
	}
	for name, value := range signed.Headers {
		if name == "Host" || name == "Content-Length" {
			t.Errorf("the client is asked to send %s", name)
		}
		if name != http.CanonicalHeaderKey(name) || value == "" {
			t.Errorf("header %q: %q isn't canonical, or is empty", name, value)
		}
	}
	// Go's own client adds Host, Content-Length, User-Agent and Accept-Encoding.
	if a := send(t, request(t, signed, content, nil)); !a.ok() {
		t.Errorf("with these headers alone: status %d, want 2xx", a.status)
	}
}

func testUploadExpiresAt(t *testing.T, h *Harness) {
	at := h.Now().Truncate(time.Second).Add(999 * time.Millisecond)
	signed, err := h.Store.SignUpload(t.Context(), upload(key, content), at, ttl)
	if err != nil {
		t.Fatal(err)
	}
	download, err := h.Store.SignDownload(t.Context(), media.Download{Key: key, ContentType: "image/gif", Filename: "a.gif"}, at, ttl)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []time.Time{signed.ExpiresAt, download.ExpiresAt} {
		// A second is the grain of a signature.
		if end := at.Add(ttl); got.After(end) || got.Before(end.Add(-time.Second)) {
			t.Errorf("ExpiresAt = %v, want within the second that ends at %v", got, end)
		}
	}
}

func testUploadSize(t *testing.T, h *Harness) {
	for _, size := range []int64{-1, 0, media.MaxSinglePut + 1} {
		u := upload(key, content)
		u.Size = size
		if _, err := h.Store.SignUpload(t.Context(), u, h.Now(), ttl); err == nil {
			t.Errorf("SignUpload signs %d bytes", size)
		}
		if err := h.Store.Put(t.Context(), u, bytes.NewReader(content)); err == nil || errors.Is(err, media.ErrUnavailable) {
			t.Errorf("Put of %d bytes: error %v, want one about the size", size, err)
		}
	}
}
