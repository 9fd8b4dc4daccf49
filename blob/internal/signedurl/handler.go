package signedurl

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/internal/terms"
	"github.com/seed-f0df946f/mediakit/media"
)

// Storage is what a [Handler] serves: the part of media.BlobStore that moves
// bytes, under that contract.
type Storage interface {
	Put(ctx context.Context, u media.Upload, body io.Reader) error
	Stat(ctx context.Context, key string) (media.Info, error)
	ReadAt(ctx context.Context, key string, pin media.Pin, off, n int64) (io.ReadCloser, error)
}

// Handler answers PUT, GET and HEAD of a Signer's URLs from Storage, with a
// status and a short text: 403 for whatever doesn't verify, one and the same for
// every cause, 411 and 412 as S3.
type Handler struct {
	Signer  func() Signer
	Storage Storage
	Now     func() time.Time // against which expiry is judged
}

// ServeHTTP serves one signed request.
func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	g, ok := h.Signer().verify(r, h.Now())
	if !ok {
		answer(w, http.StatusForbidden)
		return
	}
	t := newTransfer(w)
	if r.Method == http.MethodPut {
		h.put(t, r, g)
		return
	}
	h.get(t, r, g)
}

// put stores the body. It was verified that r has g's length, type and
// If-None-Match; Storage holds the bytes to g's sha256.
func (h Handler) put(w *transfer, r *http.Request, g grant) {
	digest, err := media.ParseDigest(g.sha256)
	if err != nil {
		answer(w, http.StatusForbidden)
		return
	}
	body := w.reading(r.Body)
	err = h.Storage.Put(r.Context(), media.Upload{
		Key: g.key, Size: g.length, ContentType: g.contentType, SHA256: digest,
	}, body)
	w.extend() // a long body may have used up the time to answer
	switch {
	case body.err != nil: // the client went away or stopped sending
		answer(w, http.StatusBadRequest)
	default:
		answer(w, status(err))
	}
}

// get serves the object as g says. Its content type is the signed one, which no
// client may second-guess, and a document among the objects runs no script.
func (h Handler) get(w *transfer, r *http.Request, g grant) {
	info, err := h.Storage.Stat(r.Context(), g.key)
	if err != nil {
		answer(w, status(err))
		return
	}
	header := w.Header()
	header.Set("Cache-Control", terms.CacheControl)
	header.Set("Content-Disposition", g.disposition)
	header.Set("Content-Security-Policy", "sandbox")
	header.Set("Content-Type", g.contentType)
	header.Set("ETag", info.ETag)
	header.Set("X-Content-Type-Options", "nosniff")
	if strings.Contains(r.Header.Get("Range"), ",") {
		r.Header.Del("Range") // several ranges: the whole, as RFC 9110 allows
	}
	content := &blobReader{ctx: r.Context(), storage: h.Storage, key: g.key, info: info}
	defer content.Close()
	http.ServeContent(w, r, "", time.Time{}, content)
}

// status maps a Storage's error.
func status(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, media.ErrNoObject):
		return http.StatusNotFound
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

// answer tells no more than the status does.
func answer(w http.ResponseWriter, status int) { http.Error(w, http.StatusText(status), status) }
