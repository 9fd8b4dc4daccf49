package signedurl_test

import (
	"fmt"
	"net/http"
	"testing"
)

// TestRanges: one range is answered, or none.
func TestRanges(t *testing.T) {
	_, download := sign(t)
	for header, want := range map[string]string{
		"bytes=0-3":     "206 bytes 0-3/22",
		"bytes=-4":      "206 bytes 18-21/22",
		"bytes=-100":    "206 bytes 0-21/22",
		"bytes=-0":      "416 bytes */22",
		"bytes=-000":    "416 bytes */22",
		"bytes=22-":     "416 bytes */22",
		"bytes=0-0":     "206 bytes 0-0/22",
		"bytes=00-03":   "206 bytes 0-3/22",
		"bytes=20-":     "206 bytes 20-21/22",
		"bytes=20-99":   "206 bytes 20-21/22",
		"Bytes=0-3":     "206 bytes 0-3/22",
		"bytes=-":       "200 ",
		"bytes=x":       "200 ",
		"bytes=5-3":     "200 ",
		"bytes= -0":     "200 ",
		"bytes=- 0":     "200 ",
		"bytes=-+0":     "200 ",
		"bytes=--1":     "200 ",
		"bytes=+0-1":    "200 ",
		"bytes=0-+1":    "200 ",
		"bytes= 0-1":    "200 ",
		"bytes=0 -1":    "200 ",
		"bytes=0- 1":    "200 ",
		"bytes =0-1":    "200 ",
		"bytes=0-1-2":   "200 ",
		"bytes=٠-١":     "200 ",
		"bytes=0x0-0x1": "200 ",
		"bytes=1_0-":    "200 ",
		"bytes":         "200 ",
		"pages=0-3":     "200 ",
		// Numbers that no int64 holds:
		"bytes=0-99999999999999999999": "206 bytes 0-21/22",
		"bytes=-99999999999999999999":  "206 bytes 0-21/22",
		"bytes=99999999999999999999-":  "416 bytes */22",
		"bytes=0-3,5-6":                "200 ",
		"bytes=0-3,":                   "200 ",
		"":                             "200 ",
	} {
		var asked *http.Request
		r := answer(t, storage{}, download, func(r *http.Request) {
			r.Header.Set("Range", header)
			asked = r
		})
		if got := fmt.Sprintf("%d %s", r.StatusCode, r.Header.Get("Content-Range")); got != want {
			t.Errorf("Range %q: %s, want %s", header, got, want)
		}
		if asked.Header.Get("Range") != header {
			t.Errorf("Range %q: the caller's request now has %q", header, asked.Header.Get("Range"))
		}
	}
	head := answer(t, storage{}, download, func(r *http.Request) {
		r.Method = http.MethodHead
		r.Header.Set("Range", "bytes=0-3")
	})
	if head.StatusCode != http.StatusOK || head.Header.Get("Content-Length") != "22" {
		t.Errorf("HEAD with a Range: status %d, Content-Length %q, want the whole", head.StatusCode, head.Header.Get("Content-Length"))
	}
	stale := answer(t, storage{}, download, func(r *http.Request) {
		r.Header.Set("Range", "bytes=-0")
		r.Header.Set("If-Range", `"another"`)
	})
	if stale.StatusCode != http.StatusOK {
		t.Errorf("If-Range of another object: status %d, want 200", stale.StatusCode)
	}
}
