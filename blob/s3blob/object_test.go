package s3blob

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

func TestReadAtBodyBreaksOff(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "short")
	})
	rc, err := s.ReadAt(t.Context(), "k", media.Pin{}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	if _, err := io.ReadAll(rc); !errors.Is(err, media.ErrUnavailable) {
		t.Errorf("reading on = %v, want ErrUnavailable", err)
	}
}

// TestReadAtIgnoredRange: if a server ignores the range, the object's first bytes aren't
// taken for those that were asked for.
func TestReadAtIgnoredRange(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "the whole object") })
	if rc, err := s.ReadAt(t.Context(), "k", media.Pin{}, 4, 5); !errors.Is(err, media.ErrStoreMisconfigured) {
		t.Errorf("ReadAt = %v, %v, want ErrStoreMisconfigured", rc, err)
	}
	rc, err := s.ReadAt(t.Context(), "k", media.Pin{}, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	if got, err := io.ReadAll(rc); err != nil || string(got) != "the" {
		t.Errorf("read %q, %v, want the 3 bytes asked for", got, err)
	}
}

func TestReadAtPins(t *testing.T) {
	var got http.Header
	var version string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, version = r.Header, r.URL.Query().Get("versionId")
		w.WriteHeader(http.StatusNotFound)
	})
	for _, pin := range []media.Pin{{ETag: `"e"`}, {ETag: `"e"`, Version: "v"}} {
		_, err := s.ReadAt(t.Context(), "k", pin, 7, 5)
		if !errors.Is(err, media.ErrNoObject) {
			t.Fatal(err)
		}
		if got.Get("Range") != "bytes=7-11" || version != pin.Version || (pin.Version == "") != (got.Get("If-Match") == pin.ETag) {
			t.Errorf("pin %+v: Range %q, If-Match %q, versionId %q", pin, got.Get("Range"), got.Get("If-Match"), version)
		}
	}
}

// TestPutRequest: "under the same conditions as a signed upload". The body is neither read
// ahead nor sent in chunks.
func TestPutRequest(t *testing.T) {
	var got *http.Request
	var body []byte
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	})
	content := []byte("picture")
	u := media.Upload{Key: "k", Size: int64(len(content)), ContentType: "image/jpeg", SHA256: sha256.Sum256(content)}
	if err := s.Put(t.Context(), u, io.MultiReader(bytes.NewReader(content))); err != nil {
		t.Fatal(err)
	}
	signed, err := s.SignUpload(t.Context(), u, moment0, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range signed.Headers {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %q, want %q as in a signed upload", name, got.Header.Get(name), want)
		}
	}
	if got.ContentLength != u.Size || !bytes.Equal(body, content) || got.Header.Get("X-Amz-Content-Sha256") != u.SHA256.String() {
		t.Errorf("length %d, body %q, payload hash %q", got.ContentLength, body, got.Header.Get("X-Amz-Content-Sha256"))
	}
}

func TestStat(t *testing.T) {
	digest := sha256.Sum256([]byte("picture"))
	const sum = "LOonTQvtw57Eq2up5Z7IiePtb7VqHPCIpk2bODN43Jc="
	for _, c := range []struct {
		sum, kind string
		whole     media.Digest
		composite string
	}{
		{sum, "FULL_OBJECT", digest, ""},
		{sum, "", digest, ""},
		{sum + "-3", "COMPOSITE", media.Digest{}, sum + "-3"},
		{sum + "-3", "", media.Digest{}, sum + "-3"},
		{sum, "SOMETHING_NEW", media.Digest{}, ""},
		{"bm90IGEgc3Vt", "FULL_OBJECT", media.Digest{}, ""},
		{"%", "FULL_OBJECT", media.Digest{}, ""},
		{"", "FULL_OBJECT", media.Digest{}, ""},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Amz-Checksum-Mode") != "ENABLED" {
				t.Error("Stat asks for no checksums")
			}
			for name, value := range map[string]string{
				"X-Amz-Checksum-Sha256": c.sum, "X-Amz-Checksum-Type": c.kind, "Content-Disposition": "inline",
				"Cache-Control": storedCacheControl, "Content-Language": "de", "X-Amz-Meta-Owner": "me", "Expires": "soon",
			} {
				w.Header().Set(name, value)
			}
		})
		info, err := s.Stat(t.Context(), "k")
		if err != nil || info.SHA256 != c.whole || info.Composite != c.composite {
			t.Errorf("%q of type %q: %+v, %v", c.sum, c.kind, info, err)
		}
		if got, want := strings.Join(info.Unexpected, " "), "content-disposition content-language expires x-amz-meta-owner"; got != want {
			t.Errorf("Unexpected = %s, want %s", got, want)
		}
	}
}

// TestStatFindsNothing: the 404 of an object's HEAD doesn't say whether the bucket is
// missing. The bucket's own does.
func TestStatFindsNothing(t *testing.T) {
	for status, want := range map[int]error{
		http.StatusOK:                  media.ErrNoObject,
		http.StatusForbidden:           media.ErrNoObject,
		http.StatusNotFound:            media.ErrStoreMisconfigured,
		http.StatusServiceUnavailable:  media.ErrUnavailable,
		http.StatusInternalServerError: media.ErrUnavailable,
	} {
		var calls []string
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			calls = append(calls, r.Method+" "+r.URL.Path)
			if strings.HasSuffix(r.URL.Path, "/k") {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			w.WriteHeader(status)
		})
		_, err := s.Stat(t.Context(), "k")
		if !errors.Is(err, want) || want != media.ErrNoObject && errors.Is(err, media.ErrNoObject) {
			t.Errorf("the bucket answers %d: Stat = %v, want %v", status, err, want)
		}
		if len(calls) != 2 {
			t.Errorf("the bucket answers %d: calls %q, want 2", status, calls)
		}
	}
}
