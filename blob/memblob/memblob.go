package memblob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/internal/signedurl"
	"github.com/seed-f0df946f/mediakit/blob/internal/terms"
	"github.com/seed-f0df946f/mediakit/media"
)

var (
	_ media.BlobStore = (*Store)(nil)
	_ http.Handler    = (*Store)(nil)
)

// pageSize is the most objects that List returns at once, as in S3.
const pageSize = 1000

// Options configures a [Store]. A zero field means its default.
type Options struct {
	// BaseURL is where clients reach the store: an absolute URL. Default:
	// http://memblob.invalid, which can be signed but not reached. [Store.SetBaseURL]
	// sets it later.
	BaseURL string
	// Secret is the key that URLs are signed with. Default: 32 random bytes.
	Secret []byte
	// Now is the clock that decides whether a URL has expired, and that dates
	// objects. Default: time.Now.
	Now func() time.Time
}

// Store is a [media.BlobStore] in memory and the server of its own signed URLs.
type Store struct {
	now     func() time.Time
	signing *signedurl.Signing
	handler *signedurl.Handler

	mu        sync.RWMutex
	objects   map[string]object // by object key; an object's content and info never change
	uploading map[string]bool   // by object key: a Put is running
	stored    int               // how many objects there ever were
}

type object struct {
	content    []byte
	info       media.Info
	modifiedAt time.Time
}

// New returns an empty Store. opts may be nil.
func New(opts *Options) *Store {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.BaseURL == "" {
		o.BaseURL = "http://memblob.invalid"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Store{
		now: o.Now, signing: signedurl.NewSigning(o.BaseURL, o.Secret),
		objects: make(map[string]object), uploading: make(map[string]bool),
	}
	s.handler = signedurl.NewHandler(signedurl.Config{
		Signer: s.signing.Signer, Storage: s, Now: o.Now, MaxTransfers: signedurl.MaxTransfers,
		MaxUploadTime: signedurl.MaxUploadTime, Logger: slog.New(slog.DiscardHandler),
	})
	return s
}

// SetBaseURL sets where clients reach the store, for a server that learns its address only
// when it listens. URLs that were signed before keep the old base.
func (s *Store) SetBaseURL(base string) { s.signing.SetBase(base) }

// ServeHTTP serves the store's signed URLs.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// SignUpload implements [media.BlobStore].
func (s *Store) SignUpload(_ context.Context, u media.Upload, at time.Time, ttl time.Duration) (media.SignedRequest, error) {
	req, err := s.signing.Signer().Upload(u, at, ttl)
	if err != nil {
		return media.SignedRequest{}, fmt.Errorf("memblob: sign upload: %w", err)
	}
	return req, nil
}

// SignDownload implements [media.BlobStore].
func (s *Store) SignDownload(_ context.Context, d media.Download, at time.Time, ttl time.Duration) (media.SignedRequest, error) {
	req, err := s.signing.Signer().Download(d, at, ttl)
	if err != nil {
		return media.SignedRequest{}, fmt.Errorf("memblob: sign download: %w", err)
	}
	return req, nil
}

// Put implements [media.BlobStore]. While another Put of the object key is running it
// returns ErrUnavailable.
func (s *Store) Put(ctx context.Context, u media.Upload, body io.Reader) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := terms.CheckUpload(u); err != nil {
		return fmt.Errorf("memblob: put: %w", err)
	}
	if err := s.begin(u.Key); err != nil { // before the body is read in vain
		return fmt.Errorf("memblob: put %s: %w", u.Key, err)
	}
	defer s.end(u.Key)
	content, err := io.ReadAll(io.LimitReader(body, u.Size+1))
	if err != nil {
		return fmt.Errorf("memblob: put %s: reading the body: %w", u.Key, err)
	}
	if int64(len(content)) != u.Size || sha256.Sum256(content) != u.SHA256 {
		return fmt.Errorf("memblob: put %s: %w", u.Key, media.ErrObjectMismatch)
	}
	info := media.Info{ContentType: u.ContentType, SHA256: u.SHA256}
	if !s.insert(u.Key, info, content, false) {
		return fmt.Errorf("memblob: put %s: %w", u.Key, media.ErrObjectExists)
	}
	return nil
}

// begin reserves the object key for one Put.
func (s *Store) begin(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, exists := s.objects[key]; exists {
		return media.ErrObjectExists
	}
	if s.uploading[key] {
		return fmt.Errorf("%w: %w", media.ErrUnavailable, signedurl.ErrUploading)
	}
	s.uploading[key] = true
	return nil
}

func (s *Store) end(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.uploading, key)
}

// Plant stores content under the object key, even if there is an object already. Stat
// will return info's content type, checksums and Unexpected; Plant sets its Size and
// Pin. A test gets an object in this way that no signed upload makes: with another
// type than the declared one, with stray headers, or without a sha256.
func (s *Store) Plant(key string, info media.Info, content []byte) {
	info.Unexpected = slices.Clone(info.Unexpected)
	s.insert(key, info, bytes.Clone(content), true)
}

// insert stores content, unless the object key has an object that may not be
// replaced. It reports whether it did.
func (s *Store) insert(key string, info media.Info, content []byte, replace bool) bool {
	sum := sha256.Sum256(content)
	info.Size = int64(len(content))
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, exists := s.objects[key]; exists && !replace {
		return false
	}
	s.stored++
	info.Pin = media.Pin{ETag: `"` + hex.EncodeToString(sum[:16]) + `"`, Version: strconv.Itoa(s.stored)}
	s.objects[key] = object{content, info, s.now().UTC().Truncate(time.Second)}
	return true
}

func (s *Store) object(key string) (object, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o, ok := s.objects[key]
	if !ok {
		return object{}, media.ErrNoObject
	}
	return o, nil
}

// Stat implements [media.BlobStore].
func (s *Store) Stat(ctx context.Context, key string) (media.Info, error) {
	if err := ctx.Err(); err != nil {
		return media.Info{}, err
	}
	o, err := s.object(key)
	if err != nil {
		return media.Info{}, fmt.Errorf("memblob: stat %s: %w", key, err)
	}
	info := o.info
	info.Unexpected = slices.Clone(info.Unexpected)
	return info, nil
}

// ReadAt implements [media.BlobStore].
func (s *Store) ReadAt(ctx context.Context, key string, pin media.Pin, off, n int64) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if off < 0 || n < 0 {
		return nil, fmt.Errorf("memblob: read %s: no offset %d, length %d", key, off, n)
	}
	o, err := s.object(key)
	if err != nil {
		return nil, fmt.Errorf("memblob: read %s: %w", key, err)
	}
	if pin.Version != "" && pin.Version != o.info.Version || pin.ETag != "" && pin.ETag != o.info.ETag {
		return nil, fmt.Errorf("memblob: read %s: %w", key, media.ErrObjectChanged)
	}
	return io.NopCloser(io.NewSectionReader(bytes.NewReader(o.content), off, n)), nil
}

// Delete implements [media.BlobStore].
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects, key)
	return nil
}

// List implements [media.BlobStore], up to 1,000 objects at once.
func (s *Store) List(ctx context.Context, prefix, after string) ([]media.Object, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var keys []string
	for key := range s.objects {
		if strings.HasPrefix(key, prefix) && key > after {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var next string
	if len(keys) > pageSize {
		keys = keys[:pageSize]
		next = keys[pageSize-1]
	}
	objects := make([]media.Object, len(keys))
	for i, key := range keys {
		o := s.objects[key]
		objects[i] = media.Object{Key: key, Size: o.info.Size, ModifiedAt: o.modifiedAt}
	}
	return objects, next, nil
}

// Multipart implements [media.BlobStore]: there is none.
func (s *Store) Multipart() media.Multipart { return nil }
