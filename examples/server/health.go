package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// checkTimeout is how long readyz waits for one of its neighbours.
const checkTimeout = 2 * time.Second

// health answers whoever decides whether the process gets traffic.
type health struct {
	database func(context.Context) error
	blobs    func(context.Context) error
	draining atomic.Bool
}

// livez answers while the process lives, whatever its neighbours do.
func (h *health) livez(w http.ResponseWriter, _ *http.Request) {
	answerHealth(w, http.StatusOK, map[string]any{"status": "ok"})
}

// readyz answers 503 while no request could succeed. A blob store that is away
// is told but takes nothing out: most requests don't call it.
func (h *health) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	blobs := make(chan error, 1)
	go func() { blobs <- h.blobs(ctx) }()
	database := h.database(ctx)
	status, code := "ok", http.StatusOK
	if database != nil {
		status, code = "unavailable", http.StatusServiceUnavailable
	}
	if h.draining.Load() {
		status, code = "draining", http.StatusServiceUnavailable
	}
	answerHealth(w, code, map[string]any{
		"status": status, "checks": map[string]string{"database": word(database), "blobs": word(<-blobs)},
	})
}

func word(err error) string {
	if err != nil {
		return "unavailable"
	}
	return "ok"
}

func answerHealth(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that is gone needs no answer
}

// probe asks a blob store for an object that nobody makes.
func probe(blobs media.BlobStore) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := blobs.Stat(ctx, "readyz"); !errors.Is(err, media.ErrNoObject) {
			return err
		}
		return nil
	}
}
