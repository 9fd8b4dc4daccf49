package fileblob

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/internal/signedurl"
	"github.com/seed-f0df946f/mediakit/media"
)

var (
	_ media.BlobStore = (*Store)(nil)
	_ http.Handler    = (*Store)(nil)
)

// minSecret is the shortest secret, in bytes, that HMAC-SHA-256 is as strong with
// as it can be (RFC 2104, section 3).
const minSecret = sha256.Size

// Options configures a [Store]. A zero field means its default.
type Options struct {
	// BaseURL is where the store is served, as clients see it: an absolute URL.
	// Default: http://fileblob.invalid, which signs but can't be reached. It can be
	// set later with [Store.SetBaseURL].
	BaseURL string
	// Secret is the key that URLs are signed with, at least 32 random bytes.
	// Processes that share a folder share the secret. Default: 32 random bytes, so
	// that no URL outlives the process.
	Secret []byte
	// Now is the clock that a URL's expiry is judged by. Default: time.Now.
	// Objects are dated by the disk.
	Now func() time.Time
}

// Store is a [media.BlobStore] in a folder and the server of its own signed URLs.
// Several, in as many processes, may share a folder.
type Store struct {
	disk    disk
	signing *signedurl.Signing
	handler signedurl.Handler
}

// New returns a Store of the objects in the folder dir, which it makes where there
// is none. opts may be nil. It fails where dir can't be made or opened, and where
// the secret is too short. That the disk takes writes shows at the first one.
func New(dir string, opts *Options) (*Store, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.BaseURL == "" {
		o.BaseURL = "http://fileblob.invalid"
	}
	if n := len(o.Secret); n > 0 && n < minSecret {
		return nil, fmt.Errorf("fileblob: a secret has at least %d bytes, not %d", minSecret, n)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	disk, err := openDisk(dir)
	if err != nil {
		return nil, fmt.Errorf("fileblob: %w", err)
	}
	s := &Store{disk: disk, signing: signedurl.NewSigning(o.BaseURL, o.Secret)}
	s.handler = signedurl.Handler{Signer: s.signing.Signer, Storage: s, Now: o.Now}
	return s, nil
}

// SetBaseURL tells the store where it is served, for a server whose address is
// known only once it listens. URLs signed before keep the old base.
func (s *Store) SetBaseURL(base string) { s.signing.SetBase(base) }

// Close lets go of the folder. Calls begun later fail; readers that ReadAt returned
// read on.
func (s *Store) Close() error { return s.disk.Close() }

// ServeHTTP serves the store's signed URLs.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// SignUpload implements [media.BlobStore]. A key whose folders have names that no
// disk takes is refused here, as in Put.
func (s *Store) SignUpload(_ context.Context, u media.Upload, at time.Time, ttl time.Duration) (media.SignedRequest, error) {
	if _, err := checkUpload(u); err != nil {
		return media.SignedRequest{}, fmt.Errorf("fileblob: sign upload: %w", err)
	}
	req, err := s.signing.Signer().Upload(u, at, ttl)
	if err != nil {
		return media.SignedRequest{}, fmt.Errorf("fileblob: sign upload: %w", err)
	}
	return req, nil
}

// SignDownload implements [media.BlobStore]. The store keeps no versions: one
// that is named is refused.
func (s *Store) SignDownload(_ context.Context, d media.Download, at time.Time, ttl time.Duration) (media.SignedRequest, error) {
	req, err := s.signing.Signer().Download(d, at, ttl)
	if err != nil {
		return media.SignedRequest{}, fmt.Errorf("fileblob: sign download: %w", err)
	}
	return req, nil
}

// Multipart implements [media.BlobStore]: there is none.
func (s *Store) Multipart() media.Multipart { return nil }
