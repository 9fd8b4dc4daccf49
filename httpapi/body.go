package httpapi

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
)

const maxBody = 64 << 10

// readBody returns a request's body, which is JSON by its header, or nothing where
// it is empty.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errTooLarge
	case r.Context().Err() != nil && !errors.Is(err, os.ErrDeadlineExceeded): // a server's read time-out is about the client
		return nil, r.Context().Err()
	case err != nil:
		return nil, fmt.Errorf("%w: it breaks off: %w", errMalformed, err)
	case len(body) > 0 && !isJSON(r.Header):
		return nil, errMediaType
	}
	return body, nil
}

// arrived returns a body that is here already, up to what readBody takes and how it
// ended. A client that sends slowly, or stops, thus waits by itself: it is not in flight
// yet, and takes no room from those who are.
func arrived(w http.ResponseWriter, body io.ReadCloser) io.ReadCloser {
	if body == nil || body == http.NoBody {
		return body
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, body, maxBody))
	ended := io.MultiReader(bytes.NewReader(text), failing{cmp.Or(err, io.EOF)})
	return struct {
		io.Reader
		io.Closer
	}{ended, body}
}

// failing is a reader that has nothing to give but its error.
type failing struct{ error }

// Read implements [io.Reader].
func (f failing) Read([]byte) (int, error) { return 0, f.error }

// isJSON reports whether a header declares JSON in UTF-8, as it is.
func isJSON(h http.Header) bool {
	if len(h.Values("Content-Type")) != 1 || h.Get("Content-Encoding") != "" {
		return false
	}
	mediaType, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, named := params["charset"]
	return err == nil && mediaType == "application/json" && (!named || strings.EqualFold(charset, "utf-8"))
}

// requiredBody is readBody where there has to be one.
func requiredBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := readBody(w, r)
	if err == nil && len(body) == 0 {
		err = fmt.Errorf("%w: it is empty", errMalformed)
	}
	return body, err
}

// idempotencyKey returns the request's key, empty where it has none.
func idempotencyKey(r *http.Request) (string, error) {
	const name = "Idempotency-Key"
	values := r.Header.Values(name)
	if len(values) == 0 {
		return "", nil
	}
	invisible := func(r rune) bool { return r < '!' || r > '~' }
	if key := values[0]; len(values) == 1 && key != "" && len(key) <= 255 && !strings.ContainsFunc(key, invisible) {
		return key, nil
	}
	return "", &parameterError{name, "There is one key at most, of 1 to 255 visible ASCII characters."}
}
