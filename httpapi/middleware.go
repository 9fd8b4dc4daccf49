package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"
)

const requestIDHeader = "X-Request-Id"

// requestIDForm takes what gateways and routers write, such as "host/abc-000001".
var requestIDForm = regexp.MustCompile(`^[A-Za-z0-9._/:=-]{1,128}$`)

// requestIDKey is the context key of a request's id.
type requestIDKey struct{}

// identify gives a request its id: its own if that is safe to log and to answer, else a
// new one.
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

// requestID returns the attribute that every log line of a request has.
func requestID(ctx context.Context) slog.Attr {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return slog.String("request_id", id)
}

// observe logs one line for each request and calls Config.Observe. Both get the route's
// pattern. Neither gets the path or the query: what clients look for is not ours to tell.
func (a *api) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorded := &recorder{ResponseWriter: w, ctx: r.Context()}
		defer func() {
			route, took := routeName(r.Pattern), time.Since(start)
			a.Logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("method", methodName(r.Method)),
				slog.String("route", route),
				slog.Int("status", recorded.status),
				slog.Float64("ms", float64(took.Microseconds())/1000),
				requestID(r.Context()))
			if a.Observe != nil {
				a.Observe(route, recorded.status, took)
			}
		}()
		next.ServeHTTP(recorded, r)
	})
}

// routeName returns the name of a route by the pattern that the mux has left on the
// request.
func routeName(pattern string) string {
	if pattern == "" || pattern == elsewhere {
		return "other"
	}
	return pattern
}

// methodName returns a method as it is logged: a client may send any token, of any length.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return method
	}
	return "other"
}

// recover answers with 500 if a handler panics. http.ErrAbortHandler goes on to the
// server, for which it is meant.
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

// recorder remembers the status of an answer. It is 0 while there is no answer, and stays
// 0 if the client had gone before: nobody got it.
type recorder struct {
	http.ResponseWriter
	ctx    context.Context // the request's, which ends when its client goes
	status int
}

// WriteHeader implements [http.ResponseWriter].
func (r *recorder) WriteHeader(status int) {
	if !errors.Is(r.ctx.Err(), context.Canceled) {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets [http.ResponseController] reach the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
