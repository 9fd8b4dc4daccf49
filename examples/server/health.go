package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

const (
	// checkTimeout is how long readyz waits for a store's answer.
	checkTimeout = 2 * time.Second
	// checkPause is the least time between two questions to a store.
	checkPause = time.Second
)

// health answers whoever decides whether the process gets traffic.
type health struct {
	database, blobs *check
	draining        atomic.Bool
}

// livez answers while the process lives, whatever the stores do.
func (h *health) livez(w http.ResponseWriter, _ *http.Request) {
	answerHealth(w, http.StatusOK, map[string]any{"status": "ok"})
}

// readyz answers 503 while the process should get no traffic. A blob store that is
// away is reported but doesn't count: most requests don't call it.
func (h *health) readyz(w http.ResponseWriter, _ *http.Request) {
	asked, askedToo := h.database.question(), h.blobs.question()
	database, blobs := asked.result(), askedToo.result()
	status, code := "ok", http.StatusOK
	if database != nil {
		status, code = "unavailable", http.StatusServiceUnavailable
	}
	if h.draining.Load() {
		status, code = "draining", http.StatusServiceUnavailable
	}
	answerHealth(w, code, map[string]any{
		"status": status, "checks": map[string]string{"database": word(database), "blobs": word(blobs)},
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

// check asks a store whether it is there, however many want to know: all of them
// share the answer of the last second. A store that hangs is asked no second time
// before it has answered, so questions can't pile up.
type check struct {
	ask func(context.Context) error

	mu   sync.Mutex
	last *question
}

// question is one that was put to a store.
type question struct {
	asked    time.Time
	ctx      context.Context // ends when nobody waits any longer
	answered chan struct{}   // closed once err is set
	err      error
}

// question returns the last one, or asks a new one if that is old enough.
func (c *check) question() *question {
	c.mu.Lock()
	defer c.mu.Unlock()
	if q := c.last; q != nil && (time.Since(q.asked) < checkPause || !q.isAnswered()) {
		return q
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	q := &question{asked: time.Now(), ctx: ctx, answered: make(chan struct{})}
	c.last = q
	go func() {
		q.err = c.ask(ctx)
		close(q.answered)
		cancel() // only now: a result must not take this for the store's delay
	}()
	return q
}

func (q *question) isAnswered() bool {
	select {
	case <-q.answered:
		return true
	default:
		return false
	}
}

// result waits for the answer, but not for longer than checkTimeout after the
// question was asked, even if the store ignores its context.
func (q *question) result() error {
	select {
	case <-q.answered:
	case <-q.ctx.Done():
	}
	if !q.isAnswered() {
		return q.ctx.Err()
	}
	return q.err
}

// statAbsent asks a blob store for an object that nobody makes.
func statAbsent(blobs media.BlobStore) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := blobs.Stat(ctx, "readyz"); !errors.Is(err, media.ErrNoObject) {
			return err
		}
		return nil
	}
}
