package signedurl

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/internal/terms"
	"github.com/seed-f0df946f/mediakit/media"
)

const (
	// MaxTransfers is the usual bound on the requests that a [Handler] serves at once.
	MaxTransfers = 256
	// MaxUploadTime is how long an upload usually may take.
	MaxUploadTime = time.Hour
)

// ErrUploading is returned by a Storage's Put while another Put of the same object
// key is running. It stands beside the error of the contract, which is
// media.ErrUnavailable.
var ErrUploading = errors.New("another upload of the same object key is running")

// errNoPlace is why a request is refused while all places are taken.
var errNoPlace = errors.New("signedurl: as many transfers are running as may run at once")

// Storage is what a [Handler] serves: the part of media.BlobStore that moves
// bytes, under that contract.
type Storage interface {
	Put(ctx context.Context, u media.Upload, body io.Reader) error
	Stat(ctx context.Context, key string) (media.Info, error)
	ReadAt(ctx context.Context, key string, pin media.Pin, off, n int64) (io.ReadCloser, error)
}

// Config is what a [Handler] is made of. Every field is needed.
type Config struct {
	Signer        func() Signer
	Storage       Storage
	Now           func() time.Time // decides whether a URL has expired
	MaxTransfers  int              // that run at once
	MaxUploadTime time.Duration    // an upload that takes longer is cut off
	Logger        *slog.Logger     // gets the cause of each 5xx
}

// Handler answers PUT, GET and HEAD of a Signer's URLs from a Storage, with a status
// and a short text. doc.go lists the statuses.
type Handler struct {
	Config
	places chan struct{} // holds one element for each transfer that is running
}

// NewHandler returns a Handler.
func NewHandler(c Config) *Handler {
	return &Handler{c, make(chan struct{}, c.MaxTransfers)}
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
	g, ok := h.Signer().verify(r, h.Now())
	if !ok {
		answer(w, http.StatusForbidden)
		return
	}
	// Only verified requests take a place, so that nobody fills them without a URL.
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
	default:
		h.answer(w, r, errNoPlace)
		return
	}
	if r.Method == http.MethodPut {
		h.put(newTransfer(w, h.MaxUploadTime), r, g)
	} else {
		h.get(newTransfer(w, noLimit), r, g)
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
	err = h.Storage.Put(r.Context(), media.Upload{
		Key: g.key, Size: g.length, ContentType: g.contentType, SHA256: digest,
	}, body)
	t.allow(answerTime)
	if body.err != nil { // the client went away, or sent too slowly
		answer(t, http.StatusBadRequest)
		return
	}
	h.answer(t, r, err)
}

// get serves the object that g names. The headers keep a browser from guessing
// another content type than the signed one, and from running scripts in it.
func (h *Handler) get(t *transfer, r *http.Request, g grant) {
	info, err := h.Storage.Stat(r.Context(), g.key)
	if err == nil && g.version != "" && g.version != info.Version {
		err = media.ErrNoObject // another upload has taken the place of the deleted object
	}
	if err != nil {
		h.answer(t, r, err)
		return
	}
	header := t.Header()
	header.Set("Cache-Control", terms.CacheControl)
	header.Set("Content-Disposition", g.disposition)
	header.Set("Content-Security-Policy", "sandbox")
	header.Set("Content-Type", g.contentType)
	header.Set("ETag", info.ETag)
	header.Set("X-Content-Type-Options", "nosniff")
	content := &blobReader{ctx: r.Context(), storage: h.Storage, key: g.key, info: info}
	defer content.Close()
	http.ServeContent(t, withOneRange(r, info.Size), "", time.Time{}, content)
	if content.err != nil { // too late for another status: the client gets too few bytes
		h.report(t, r, content.err)
	}
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
	case err == errNoPlace, errors.Is(err, media.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// answer tells the client what became of its request, and the log the cause of a 5xx.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, err error) {
	code := status(err)
	if code >= http.StatusInternalServerError {
		h.report(w, r, err)
	}
	answer(w, code)
}

// report logs why a request failed. It adds no URL to the cause, which may name the object
// key but no signature. It is only a warning if the client went away, or if there were too
// many transfers.
func (h *Handler) report(w http.ResponseWriter, r *http.Request, err error) {
	level := slog.LevelError
	if err == errNoPlace || errors.Is(r.Context().Err(), context.Canceled) {
		level = slog.LevelWarn
	}
	h.Logger.LogAttrs(r.Context(), level, "transfer failed",
		slog.String("error", err.Error()), slog.String("request_id", w.Header().Get("X-Request-Id")))
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
