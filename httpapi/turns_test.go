package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
)

// slowRepository holds up each list until it may go on.
type slowRepository struct {
	media.Repository
	arrived chan bool
	goOn    chan bool
}

// List implements media.Repository.
func (r *slowRepository) List(ctx context.Context, q media.Query) ([]media.Media, uuid.UUID, error) {
	r.arrived <- true
	select {
	case <-r.goOn:
		return r.Repository.List(ctx, q)
	case <-ctx.Done():
		return nil, uuid.Nil, ctx.Err()
	}
}

// slowClients is how many ask for pages at once.
const slowClients = 5 * maxPages

// newSlowAPI returns an API whose lists of media wait in the repository. Beside those that
// ask for pages it has one place in flight.
func newSlowAPI(t *testing.T) (http.Handler, *slowRepository) {
	t.Helper()
	slow := &slowRepository{memory.New().Media(), make(chan bool, 10*maxPages), make(chan bool)}
	service, err := media.NewService(slow, memblob.New(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	a := newBigAPI(t, Config{MaxInFlight: slowClients + 1})
	a.Media = service
	return a.handler(), slow
}

// ask sends requests at once, and returns the channel of their statuses.
func ask(h http.Handler, n int, path string) chan int {
	statuses := make(chan int, n)
	for range n {
		go func() {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			statuses <- w.Code
		}()
	}
	return statuses
}

// However many ask for pages of media, few are built at once. The others wait for their
// turn, and are answered in the end.
func TestPagesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, slow := newSlowAPI(t)
		statuses := ask(h, slowClients, "/media")
		synctest.Wait()
		if n := len(slow.arrived); n != maxPages {
			t.Errorf("%d pages are built at once, not %d", n, maxPages)
		}
		for _, path := range []string{"/limits", "/tags"} {
			if status := <-ask(h, 1, path); status != 200 {
				t.Errorf("meanwhile %s gets %d", path, status)
			}
		}
		close(slow.goOn)
		for range slowClients {
			if status := <-statuses; status != 200 {
				t.Errorf("a page gets %d", status)
			}
		}
	})
}

// A request whose turn doesn't come within its time is answered as one that the store keeps
// waiting.
func TestTurnThatNeverComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newBigAPI(t, Config{})
		for range maxPages {
			a.pages <- struct{}{}
		}
		begin, w := time.Now(), httptest.NewRecorder()
		a.handler().ServeHTTP(w, httptest.NewRequest("GET", "/media", nil))
		if took := time.Since(begin); w.Code != 503 || !strings.Contains(w.Body.String(), `"store-unavailable"`) || took != defaultTimeout {
			t.Errorf("%d %s after %v", w.Code, w.Body, took)
		}
		<-a.pages
		if status := <-ask(a.handler(), 1, "/media"); status != 200 {
			t.Errorf("when there is a turn, it gets %d", status)
		}
	})
}

// A page has its turn until the outbox counts its answer.
func TestTurnEndsInTheOutbox(t *testing.T) {
	a := newBigAPI(t, Config{})
	counted := 0
	build := func(*call) (answer, error) {
		counted = len(a.pages)
		return answer{http.StatusOK, "application/json", make([]byte, bigAnswer)}, nil
	}
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/big", nil)
	d, err := a.work(route{"GET /big", build, terms{time.Minute, a.pages}}, w, &call{Request: r})
	if err != nil || counted != 1 || len(a.pages) != 0 || a.outbox.weight != bigAnswer {
		t.Errorf("%v; %d turns within, %d after; the outbox has %d bytes", err, counted, len(a.pages), a.outbox.weight)
	}
	a.outbox.deliver(w, d)
	if a.outbox.weight != 0 || w.Body.Len() != bigAnswer {
		t.Errorf("%d bytes are sent; the outbox has %d", w.Body.Len(), a.outbox.weight)
	}
}
