package fileblob

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/internal/signedurl"
	"github.com/seed-f0df946f/mediakit/media"
)

var (
	_ media.BlobStore = (*Store)(nil)
	_ http.Handler    = (*Store)(nil)
)

// minSecret is the fewest bytes of a secret. A shorter one makes HMAC-SHA-256 weaker
// (RFC 2104, section 3).
const minSecret = sha256.Size

// Options configures a [Store]. A zero field means its default.
type Options struct {
	// BaseURL is where clients reach the store: an absolute http or https URL without
	// query or fragment. Default: http://fileblob.invalid, which can be signed but not
	// reached. [Store.SetBaseURL] sets it later.
	BaseURL string
	// Secret is the key that URLs are signed with, at least 32 random bytes. Processes
	// that share a folder share the secret. Default: 32 random bytes, so that no URL
	// outlives the process.
	Secret []byte
	// MaxTransfers is how many uploads and downloads the handler serves at once. Others
	// are answered with 503. A download uses two file descriptors, an upload three.
	// Default: 256.
	MaxTransfers int
	// MaxUploadTime is how long the handler lets an upload take, however fast it is. The
	// service deletes an object for the last time once no upload of it can still be
	// running, so this must be at most its media.Options.TransferGrace. Default: 1 h.
	MaxUploadTime time.Duration
	// Logger gets the cause of each answer with a 5xx, and of each download that breaks
	// off, with the X-Request-Id that a middleware has set on the answer. It is told no
	// signed URL. Default: no log.
	Logger *slog.Logger
	// Now is the clock that decides whether a URL has expired. Default: time.Now. The
	// disk dates objects.
	Now func() time.Time
}

// Store is a [media.BlobStore] in a folder and the server of its own signed URLs.
// Several, in as many processes, may share a folder.
type Store struct {
	disk    disk
	signing *signedurl.Signing
	handler *signedurl.Handler
	walks   walks

	pageSize int // the most objects that List returns at once
}

// New returns a Store of the objects in the folder dir, and makes dir if there is none.
// opts may be nil. New fails if dir can't be made or opened, or can't be closed to other
// users, and if an option is wrong. It doesn't try to write.
func New(dir string, opts *Options) (*Store, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	o.setDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	disk, err := openDisk(dir)
	if err != nil {
		return nil, fmt.Errorf("fileblob: %w", err)
	}
	s := &Store{disk: disk, signing: signedurl.NewSigning(o.BaseURL, o.Secret), walks: walks{now: o.Now}, pageSize: pageSize}
	s.handler = signedurl.NewHandler(signedurl.Config{
		Signer: s.signing.Signer, Storage: s, Now: o.Now, MaxTransfers: o.MaxTransfers,
		MaxUploadTime: o.MaxUploadTime, Logger: o.Logger,
	})
	return s, nil
}

// setDefaults fills in the fields that are zero.
func (o *Options) setDefaults() {
	if o.BaseURL == "" {
		o.BaseURL = "http://fileblob.invalid"
	}
	if o.MaxTransfers == 0 {
		o.MaxTransfers = signedurl.MaxTransfers
	}
	if o.MaxUploadTime == 0 {
		o.MaxUploadTime = signedurl.MaxUploadTime
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// check returns an error that names the first wrong field.
func (o *Options) check() error {
	if n := len(o.Secret); n > 0 && n < minSecret {
		return fmt.Errorf("fileblob: Secret must have at least %d bytes, not %d", minSecret, n)
	}
	if o.MaxTransfers < 1 {
		return fmt.Errorf("fileblob: MaxTransfers must be at least 1, not %d", o.MaxTransfers)
	}
	if o.MaxUploadTime < 0 {
		return fmt.Errorf("fileblob: MaxUploadTime must not be negative: %v", o.MaxUploadTime)
	}
	if err := signedurl.CheckBase(o.BaseURL); err != nil {
		return fmt.Errorf("fileblob: BaseURL: %w", err)
	}
	return nil
}

// SetBaseURL sets where clients reach the store, for a server that learns its address
// only when it listens. URLs that were signed before keep the old base. It fails, and
// changes nothing, if base isn't what Options.BaseURL has to be.
func (s *Store) SetBaseURL(base string) error {
	if err := signedurl.CheckBase(base); err != nil {
		return fmt.Errorf("fileblob: BaseURL: %w", err)
	}
	s.signing.SetBase(base)
	return nil
}

// Close closes the folder. Later calls fail; readers that ReadAt returned read on.
func (s *Store) Close() error { return s.disk.Close() }

// ServeHTTP serves the store's signed URLs.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// SignUpload implements [media.BlobStore]. Like Put, it refuses an object key whose
// folders have longer names than file systems take.
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

// SignDownload implements [media.BlobStore].
func (s *Store) SignDownload(_ context.Context, d media.Download, at time.Time, ttl time.Duration) (media.SignedRequest, error) {
	req, err := s.signing.Signer().Download(d, at, ttl)
	if err != nil {
		return media.SignedRequest{}, fmt.Errorf("fileblob: sign download: %w", err)
	}
	return req, nil
}

// Multipart implements [media.BlobStore]: there is none.
func (s *Store) Multipart() media.Multipart { return nil }
