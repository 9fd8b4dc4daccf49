package signedurl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/internal/terms"
	"github.com/seed-f0df946f/mediakit/media"
)

// MaxTransfers is the usual bound on the requests that a [Handler] serves at once.
const MaxTransfers = 256

// ErrUploading is returned by a Storage's Put while another Put of the same object
// key is running. It stands beside the error of the contract, which is
// media.ErrUnavailable.
var ErrUploading = errors.New("another upload of the same object key is running")

// Storage is what a [Handler] serves: the part of media.BlobStore that moves
// bytes, under that contract.
type Storage interface {
	Put(ctx context.Context, u media.Upload, body io.Reader) error
	Stat(ctx context.Context, key string) (media.Info, error)
	ReadAt(ctx context.Context, key string, pin media.Pin, off, n int64) (io.ReadCloser, error)
}

// Handler answers PUT, GET and HEAD of a Signer's URLs from a Storage, with a status
// and a short text. doc.go lists the statuses.
type Handler struct {
	signer  func() Signer
	storage Storage
	now     func() time.Time // decides whether a URL has expired
	places  chan struct{}    // holds one element for each transfer that is running
}

// NewHandler returns a Handler that serves at most maxTransfers requests at once.
func NewHandler(signer func() Signer, storage Storage, now func() time.Time, maxTransfers int) *Handler {
	return &Handler{signer, storage, now, make(chan struct{}, maxTransfers)}
}

// ServeHTTP serves one signed request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPut, http.MethodGet, http.MethodHead:
	default:
		w.Header().Set("Allow", "GET, HEAD, PUT")
		answer(w, http.StatusMethodNotAllowed)
		return
	}
	if r.Method == http.MethodPut && r.ContentLength < 0 {
		answer(w, http.StatusLengthRequired)
		return
	}
	g, ok := h.signer().verify(r, h.now())
	if !ok {
		answer(w, http.StatusForbidden)
		return
	}
	// Only verified requests take a place, so that nobody fills them without a URL.
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
	default:
		answer(w, http.StatusServiceUnavailable)
		return
	}
	t := newTransfer(w)
	if r.Method == http.MethodPut {
		h.put(t, r, g)
	} else {
		h.get(t, r, g)
	}
}

// put stores the body. verify has compared r's length, type and If-None-Match with
// what g signs; Storage compares the bytes with g's sha256.
func (h *Handler) put(t *transfer, r *http.Request, g grant) {
	digest, err := media.ParseDigest(g.sha256)
	if err != nil {
		answer(t, http.StatusForbidden)
		return
	}
	body := &bodyReader{t: t, body: r.Body}
	err = h.storage.Put(r.Context(), media.Upload{
		Key: g.key, Size: g.length, ContentType: g.contentType, SHA256: digest,
	}, body)
	t.allow(answerTime)
	if body.err != nil { // the client went away, or sent too slowly
		answer(t, http.StatusBadRequest)
		return
	}
	answer(t, status(err))
}

// get serves the object that g names. The headers keep a browser from guessing
// another content type than the signed one, and from running scripts in it.
func (h *Handler) get(t *transfer, r *http.Request, g grant) {
	info, err := h.storage.Stat(r.Context(), g.key)
	if err == nil && g.version != "" && g.version != info.Version {
		err = media.ErrNoObject // another upload has taken the place of the deleted object
	}
	if err != nil {
		answer(t, status(err))
		return
	}
	header := t.Header()
	header.Set("Cache-Control", terms.CacheControl)
	header.Set("Content-Disposition", g.disposition)
	header.Set("Content-Security-Policy", "sandbox")
	header.Set("Content-Type", g.contentType)
	header.Set("ETag", info.ETag)
	header.Set("X-Content-Type-Options", "nosniff")
	content := &blobReader{ctx: r.Context(), storage: h.storage, key: g.key, info: info}
	defer content.Close()
	http.ServeContent(t, withOneRange(r, info.Size), "", time.Time{}, content)
}

// withOneRange returns r with a Range that http.ServeContent answers as it should.
// A server may ignore several ranges and answer with the whole (RFC 9110, section
// 14.2), which keeps a small request from asking for a large answer. "The last 0
// bytes" can't be satisfied (section 14.1.2), but ServeContent answers it with 206.
func withOneRange(r *http.Request, size int64) *http.Request {
	ranges := r.Header.Get("Range")
	suffix, isSuffix := strings.CutPrefix(ranges, "bytes=-")
	switch {
	case strings.Contains(ranges, ","):
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	case isSuffix && suffix != "" && strings.Trim(suffix, "0") == "":
		r = r.Clone(r.Context())
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", size))
	}
	return r
}

// status maps an error of Storage.
func status(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, media.ErrNoObject):
		return http.StatusNotFound
	case errors.Is(err, ErrUploading):
		return http.StatusConflict
	case errors.Is(err, media.ErrObjectExists):
		return http.StatusPreconditionFailed
	case errors.Is(err, media.ErrObjectMismatch):
		return http.StatusBadRequest
	case errors.Is(err, media.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// retryAfter is how many seconds a client should wait after a 503.
const retryAfter = "1"

// answer tells the client the status and nothing else.
func answer(w http.ResponseWriter, status int) {
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	http.Error(w, http.StatusText(status), status)
}
