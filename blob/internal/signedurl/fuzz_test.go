package signedurl_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/internal/signedurl"
)

// FuzzVerify makes up requests, beginning with those that were signed. What isn't a
// signed request to the letter is refused, however little it differs.
func FuzzVerify(f *testing.F) {
	upload, download := sign(f)
	for _, signed := range []string{upload.URL, download.URL} {
		u, err := url.Parse(signed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(http.MethodGet, u.EscapedPath(), u.RawQuery)
		f.Add(http.MethodPut, u.EscapedPath(), u.RawQuery+"&")
		f.Add(http.MethodHead, u.EscapedPath()+"/../original", u.RawQuery)
		f.Add(http.MethodGet, "//"+u.EscapedPath(), "expires=1&"+u.RawQuery)
	}
	f.Fuzz(func(t *testing.T, method, path, query string) {
		switch method {
		case http.MethodGet, http.MethodHead, http.MethodPut:
		default:
			return
		}
		u, err := url.Parse("https://app.example" + path)
		if err != nil {
			return
		}
		u.RawQuery = query
		r := httptest.NewRequest(method, "https://app.example/", http.NoBody)
		r.URL = u
		w := httptest.NewRecorder()
		signedurl.Handler{
			Signer: func() signedurl.Signer { return signer }, Storage: storage{}, Now: func() time.Time { return now },
		}.ServeHTTP(w, r)
		whole := u.EscapedPath() + "?" + query
		isDownload := method != http.MethodPut && "https://app.example"+whole == download.URL
		if granted := w.Code != http.StatusForbidden; granted != isDownload {
			t.Errorf("%s %s: status %d", method, whole, w.Code)
		}
	})
}
