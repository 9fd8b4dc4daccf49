package main

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-f0df946f/mediakit/httpapi/expvarmetrics"
)

// transferRoute is where the local disk serves its signed URLs, below the base path.
const transferRoute = "/blobs/"

// watch logs and counts requests as httpapi does its own. The path may be an object key
// and the query its signature, so neither is told.
func watch(next http.Handler, route string, logger *slog.Logger, metrics *expvarmetrics.Metrics) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, id := time.Now(), rand.Text()
		w.Header().Set("X-Request-Id", id)
		watched := &watchedWriter{ResponseWriter: w}
		defer func() {
			took := time.Since(start)
			metrics.Observe(route, watched.status, took)
			logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("method", methodName(r.Method)), slog.String("route", route), slog.Int("status", watched.status),
				slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("request_id", id))
		}()
		next.ServeHTTP(watched, r)
	})
}

// methodName returns a served method as it is, and "other" for any other word that a client
// may send: the log shall hold no text of theirs.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPut:
		return method
	}
	return "other"
}

// watchedWriter remembers the status of an answer.
type watchedWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements [http.ResponseWriter].
func (w *watchedWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets [http.ResponseController] reach the writer below.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
