package httpapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"
)

const requestIDHeader = "X-Request-Id"

var requestIDForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// requestIDKey is where a request's context holds its id.
type requestIDKey struct{}

// identify gives a request its id: its own where that is safe to log and to
// answer, else a new one.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		if !requestIDForm.MatchString(id) {
			id = rand.Text()
		}
		w.Header().Set(requestIDHeader, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// requestID is the attribute that every log line of a request has.
func requestID(ctx context.Context) slog.Attr {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return slog.String("request_id", id)
}

// log writes one line a request. It holds the route's pattern, not the path, and
// no query: what clients look for is theirs.
func (a *api) log(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorded := &recorder{ResponseWriter: w}
		defer func() {
			a.Logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("method", methodName(r.Method)),
				slog.String("route", routeName(r.Pattern)),
				slog.Int("status", recorded.status),
				slog.Float64("ms", float64(time.Since(start).Microseconds())/1000),
				requestID(r.Context()))
		}()
		next.ServeHTTP(recorded, r)
	})
}

// routeName names a mux pattern; the mux has left it on the request.
func routeName(pattern string) string {
	if pattern == "" || pattern == elsewhere {
		return "other"
	}
	return pattern
}

// methodName keeps the log to the methods that there are: a client may send any
// token of any length.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return method
	}
	return "other"
}

// recover answers 500 for a handler that panics. http.ErrAbortHandler goes on to
// the server, which it is meant for.
func (a *api) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch cause := recover(); cause {
			case nil:
			case http.ErrAbortHandler:
				panic(cause)
			default:
				a.fail(w, r, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements [http.ResponseWriter].
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets [http.ResponseController] reach the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
