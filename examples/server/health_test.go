package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
)

var errAway = errors.New("away")

func ok(context.Context) error   { return nil }
func away(context.Context) error { return errAway }

// readyz asks once.
func (h *health) askReadyz() (status int, body string) {
	w := httptest.NewRecorder()
	h.readyz(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestReadyz(t *testing.T) {
	for _, c := range []struct {
		database, blobs func(context.Context) error
		draining        bool
		status          int
		body            string
	}{
		{ok, ok, false, 200, `{"checks":{"blobs":"ok","database":"ok"},"status":"ok"}`},
		{away, ok, false, 503, `{"checks":{"blobs":"ok","database":"unavailable"},"status":"unavailable"}`},
		{ok, away, false, 200, `{"checks":{"blobs":"unavailable","database":"ok"},"status":"ok"}`},
		{ok, ok, true, 503, `{"checks":{"blobs":"ok","database":"ok"},"status":"draining"}`},
	} {
		h := &health{database: &check{ask: c.database}, blobs: &check{ask: c.blobs}}
		h.draining.Store(c.draining)
		if status, body := h.askReadyz(); status != c.status || body != c.body {
			t.Errorf("readyz: %d %s; want %d %s", status, body, c.status, c.body)
		}
	}
}

// TestReadyzAsksOnceASecond lets a hundred callers ask for three seconds.
func TestReadyzAsksOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		count := func(context.Context) error {
			asked.Add(1)
			return nil
		}
		h := &health{database: &check{ask: count}, blobs: &check{ask: ok}}
		for tenth := range 30 {
			for range 100 {
				go h.askReadyz()
			}
			synctest.Wait()
			if want := int64(tenth/10 + 1); asked.Load() != want {
				t.Fatalf("after %d tenths of a second the database was asked %d times; want %d", tenth, asked.Load(), want)
			}
			<-time.After(checkPause / 10)
		}
	})
}

// TestReadyzWithAStoreThatHangs has each store ignore its context for an hour.
func TestReadyzWithAStoreThatHangs(t *testing.T) {
	for _, store := range []string{"database", "blobs"} {
		synctest.Test(t, func(t *testing.T) {
			var asked atomic.Int64
			wake := make(chan struct{})
			hangs := &check{ask: func(context.Context) error {
				asked.Add(1)
				<-wake
				return nil
			}}
			h := &health{database: hangs, blobs: &check{ask: ok}}
			if store == "blobs" {
				h.database, h.blobs = h.blobs, h.database
			}
			begun := time.Now()
			for _, want := range []time.Duration{checkTimeout, checkTimeout} { // the second caller waits no more
				if _, body := h.askReadyz(); !strings.Contains(body, `"`+store+`":"unavailable"`) {
					t.Errorf("readyz: %s", body)
				}
				if took := time.Since(begun); took != want {
					t.Errorf("answered after %v; want %v", took, want)
				}
			}
			<-time.After(time.Hour)
			h.askReadyz()
			if asked.Load() != 1 {
				t.Errorf("the store was asked %d times while it hung", asked.Load())
			}
			close(wake)
			synctest.Wait()
			if status, body := h.askReadyz(); status != 200 || !strings.Contains(body, `"`+store+`":"ok"`) {
				t.Errorf("readyz once it has answered: %d %s", status, body)
			}
		})
	}
}

// failing is a store that answers an error.
type failing struct{ media.BlobStore }

func (failing) Stat(context.Context, string) (media.Info, error) { return media.Info{}, errAway }

func TestStatAbsent(t *testing.T) {
	blobs := memblob.New(nil)
	if err := statAbsent(blobs)(t.Context()); err != nil {
		t.Errorf("a store that is there: %v", err)
	}
	if err := statAbsent(failing{blobs})(t.Context()); !errors.Is(err, errAway) {
		t.Errorf("a store that is away: %v", err)
	}
}
