package httpapi

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"

	"github.com/seed-f0df946f/mediakit/media"
)

const maxBody = 64 << 10

// body is what has arrived of a request's body.
type body struct {
	text  []byte
	ended error // why the rest of it didn't arrive, or nil
}

// readBody waits until a request's body has arrived. It takes no more than maxBody.
func readBody(w http.ResponseWriter, r *http.Request) body {
	if r.Body == nil || r.Body == http.NoBody {
		return body{}
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	return body{text, err}
}

// json returns the body if it is JSON by its header. It may be empty.
func (c *call) json() ([]byte, error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(c.ended, &tooLarge):
		return nil, errTooLarge
	case c.Context().Err() != nil && !errors.Is(c.ended, os.ErrDeadlineExceeded): // a server's read time-out is about the client
		return nil, c.Context().Err()
	case c.ended != nil:
		return nil, fmt.Errorf("%w: it breaks off: %w", errMalformed, c.ended)
	case len(c.text) > 0 && !isJSON(c.Header):
		return nil, errMediaType
	}
	return c.text, nil
}

// requiredJSON is json, but refuses an empty body.
func (c *call) requiredJSON() ([]byte, error) {
	text, err := c.json()
	if err == nil && len(text) == 0 {
		err = fmt.Errorf("%w: it is empty", errMalformed)
	}
	return text, err
}

// isJSON reports whether a header declares JSON in UTF-8, not compressed.
func isJSON(h http.Header) bool {
	if len(h.Values("Content-Type")) != 1 || h.Get("Content-Encoding") != "" {
		return false
	}
	mediaType, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, named := params["charset"]
	return err == nil && mediaType == "application/json" && (!named || strings.EqualFold(charset, "utf-8"))
}

// idempotencyKey returns a request's idempotency key, empty if it has none.
func idempotencyKey(h http.Header) (string, error) {
	const name = "Idempotency-Key"
	values := h.Values(name)
	if len(values) == 0 {
		return "", nil
	}
	invisible := func(r rune) bool { return r < '!' || r > '~' }
	if given := values[0]; len(values) == 1 && given != "" && len(given) <= media.MaxIdempotencyKey && !strings.ContainsFunc(given, invisible) {
		return given, nil
	}
	return "", &parameterError{name, "There is one idempotency key at most, of 1 to 255 visible ASCII characters."}
}
