package signedurl

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/internal/disposition"
	"github.com/seed-f0df946f/mediakit/blob/internal/terms"
	"github.com/seed-f0df946f/mediakit/media"
)

// Signer signs URLs below Base.
type Signer struct {
	Base   string // absolute URL without a slash at its end
	Secret []byte // the HMAC's key; whoever has it can sign
}

// Signing holds a store's Signer, whose base may be set while it signs. It is safe
// for concurrent use.
type Signing struct{ current atomic.Pointer[Signer] }

// NewSigning returns a Signing below base with a copy of secret, or with a random
// secret if it is empty.
func NewSigning(base string, secret []byte) *Signing {
	secret = slices.Clone(secret)
	if len(secret) == 0 {
		secret = make([]byte, sha256.Size)
		rand.Read(secret) // never fails
	}
	s := new(Signing)
	s.current.Store(&Signer{Secret: secret})
	s.SetBase(base)
	return s
}

// SetBase signs URLs below base from now on. URLs that were signed before keep theirs.
func (s *Signing) SetBase(base string) {
	s.current.Store(&Signer{Base: strings.TrimRight(base, "/"), Secret: s.current.Load().Secret})
}

// Signer returns the Signer as it is now.
func (s *Signing) Signer() Signer { return *s.current.Load() }

// CheckBase refuses a base whose URLs no client could reach, or which a server or a
// client would spell in another way, so that the signature wouldn't verify. A slash at
// the end is allowed.
func CheckBase(base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return fmt.Errorf("a base URL has to be a URL: %w", err)
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return fmt.Errorf("a base URL has to be absolute, with http or https and a host: %q", base)
	case u.User != nil, u.RawQuery != "", u.ForceQuery, u.Fragment != "", strings.HasSuffix(base, "#"):
		return fmt.Errorf("a base URL has no user, query or fragment: %q", u.Redacted())
	case u.String() != base, strings.TrimSuffix(u.Path, "/") != strings.TrimSuffix(path.Clean("/"+u.Path), "/"):
		return fmt.Errorf("a base URL has to be escaped, without empty folders, . or ..: %q", base)
	}
	return nil
}

// Upload signs a PUT of u, which is live from at for ttl.
func (s Signer) Upload(u media.Upload, at time.Time, ttl time.Duration) (media.SignedRequest, error) {
	if err := terms.CheckUpload(u); err != nil {
		return media.SignedRequest{}, err
	}
	return s.sign(grant{
		method: http.MethodPut, key: u.Key, length: u.Size, contentType: u.ContentType, sha256: u.SHA256.String(),
	}, at, ttl, map[string]string{"Content-Type": u.ContentType, "If-None-Match": "*"})
}

// Download signs a GET of d, which is live from at for ttl.
func (s Signer) Download(d media.Download, at time.Time, ttl time.Duration) (media.SignedRequest, error) {
	return s.sign(grant{
		method: http.MethodGet, key: d.Key, version: d.Version, contentType: d.ContentType,
		disposition: disposition.Format(d.Attachment, d.Filename, d.ContentType),
	}, at, ttl, nil)
}

// sign completes g with its expiry, in whole seconds as in S3's URLs.
func (s Signer) sign(g grant, at time.Time, ttl time.Duration, headers map[string]string) (media.SignedRequest, error) {
	if err := terms.CheckTTL(ttl); err != nil {
		return media.SignedRequest{}, err
	}
	if err := terms.CheckKey(g.key); err != nil {
		return media.SignedRequest{}, err
	}
	g.expires = at.Add(ttl).Unix()
	return media.SignedRequest{
		Method:    g.method,
		URL:       s.Base + "/" + g.key + "?" + g.query() + signatureParam + hex.EncodeToString(g.mac(s.Secret)),
		Headers:   headers,
		ExpiresAt: time.Unix(g.expires, 0).UTC(),
	}, nil
}

// folder is what precedes the object key in a URL's path.
func (s Signer) folder() string {
	_, hostAndPath, _ := strings.Cut(s.Base, "://")
	_, folder, found := strings.Cut(hostAndPath, "/")
	if !found {
		return "/"
	}
	return "/" + folder + "/"
}

// verify returns what r's signature grants, and false if r has no signature that is
// valid at now.
func (s Signer) verify(r *http.Request, now time.Time) (grant, bool) {
	query, signature, _ := strings.Cut(r.URL.RawQuery, signatureParam)
	g, ok := s.parse(r, query)
	if !ok {
		return grant{}, false
	}
	// The texts are compared, not the bytes: hex in upper case would decode as well.
	if !hmac.Equal([]byte(signature), []byte(hex.EncodeToString(g.mac(s.Secret)))) {
		return grant{}, false
	}
	return g, now.Before(time.Unix(g.expires, 0))
}

// parse reads the grant that r claims. It accepts only the spelling that sign
// writes, so that a URL has no variants.
func (s Signer) parse(r *http.Request, query string) (grant, bool) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return grant{}, false
	}
	key, below := strings.CutPrefix(r.URL.EscapedPath(), s.folder())
	if !below || terms.CheckKey(key) != nil {
		return grant{}, false
	}
	g := grant{method: r.Method, key: key}
	switch r.Method {
	case http.MethodPut:
		g.length = r.ContentLength
		g.contentType = only(r.Header, "Content-Type")
		g.sha256 = values.Get("sha256")
		if only(r.Header, "If-None-Match") != "*" {
			return grant{}, false
		}
	case http.MethodHead, http.MethodGet:
		g.method = http.MethodGet // a URL for GET is one for HEAD too
		g.contentType = values.Get("type")
		g.version = values.Get("version")
		g.disposition = values.Get("disposition")
	}
	g.expires, err = strconv.ParseInt(values.Get("expires"), 10, 64)
	return g, err == nil && g.query() == query
}

// only returns a header's value, or "" if the header isn't there exactly once.
func only(h http.Header, name string) string {
	if v := h.Values(name); len(v) == 1 {
		return v[0]
	}
	return ""
}

// signatureParam ends a query.
const signatureParam = "&signature="

// grant is what a signature covers.
type grant struct {
	method      string
	key         string // object key
	expires     int64  // Unix seconds; the first moment at which the URL is dead
	length      int64  // of an upload, in bytes
	contentType string
	sha256      string // of an upload, in hex
	disposition string // of a download: its Content-Disposition
	version     string // of a download; empty: whichever object there is
}

// query spells the part of g that is in the URL's query.
func (g grant) query() string {
	v := url.Values{"expires": {strconv.FormatInt(g.expires, 10)}}
	if g.method == http.MethodPut {
		v.Set("sha256", g.sha256)
	} else {
		v.Set("type", g.contentType)
		v.Set("version", g.version)
		v.Set("disposition", g.disposition)
	}
	return v.Encode()
}

// mac authenticates every field. Each is preceded by its length, so that the end of
// one can't be taken for the beginning of the next.
func (g grant) mac(secret []byte) []byte {
	h := hmac.New(sha256.New, secret)
	for _, field := range []string{
		g.method, g.key, strconv.FormatInt(g.expires, 10), strconv.FormatInt(g.length, 10),
		g.contentType, g.sha256, g.disposition, g.version,
	} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(field)))
		h.Write(length[:])
		h.Write([]byte(field))
	}
	return h.Sum(nil)
}
