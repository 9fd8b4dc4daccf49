package signedurl_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// FuzzVerify makes up requests, beginning with those that were signed. A request that
// differs from a signed one in a single letter is refused.
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
		handler(storage{}).ServeHTTP(w, r)
		whole := u.EscapedPath() + "?" + query
		isDownload := method != http.MethodPut && "https://app.example"+whole == download.URL
		if granted := w.Code != http.StatusForbidden; granted != isDownload {
			t.Errorf("%s %s: status %d", method, whole, w.Code)
		}
	})
}
