package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/httpapi"
)

// observed is what Config.Observe gets.
type observed struct {
	Route  string
	Status int
}

// observing returns a Config whose Observe sends what it gets on the channel.
func observing(t *testing.T, c httpapi.Config) (httpapi.Config, <-chan observed) {
	told := make(chan observed, 8)
	c.Observe = func(route string, status int, took time.Duration) {
		if took <= 0 || took > time.Minute {
			t.Errorf("%s took %v", route, took)
		}
		told <- observed{route, status}
	}
	return c, told
}

// Observe is called once for every request, with its pattern, whoever answered it.
func TestObserve(t *testing.T) {
	c, told := observing(t, httpapi.Config{BasePath: "/api"})
	b := newBench(t, c)
	host := http.NewServeMux()
	host.Handle("/api/", b)
	for _, test := range []struct {
		method, path, body string
		hook               func(context.Context) error
		want               observed
	}{
		{"POST", "/api/tags", `{"name":"Sea"}`, nil, observed{"POST /api/tags", 201}},
		{"POST", "/api/tags", `{"name":"sea"}`, nil, observed{"POST /api/tags", 409}},
		{"POST", "/api/tags", `{"name":`, nil, observed{"POST /api/tags", 400}},
		{"POST", "/api/tags", `{}`, nil, observed{"POST /api/tags", 422}},
		{"HEAD", "/api/tags", "", nil, observed{"GET /api/tags", 200}},
		{"GET", "/api/media?x=1", "", nil, observed{"GET /api/media", 400}},
		{"GET", "/api/media/" + unknown, "", nil, observed{"GET /api/media/{id}", 404}},
		{"GET", "/api/media/" + unknown, "", func(context.Context) error { return errors.New("broken") }, observed{"GET /api/media/{id}", 500}},
		{"GET", "/api/media/" + unknown, "", func(context.Context) error { return context.DeadlineExceeded }, observed{"GET /api/media/{id}", 503}},
		{"GET", "/api/media/" + unknown, "", func(context.Context) error { panic("broken") }, observed{"GET /api/media/{id}", 500}},
		{"GET", "/api/nowhere", "", nil, observed{"other", 404}},
		{"PUT", "/api/tags", "", nil, observed{"other", 405}},
		{"BREW", "/api/tags", "", nil, observed{"other", 405}},
		{"GET", "/api/tags/", "", nil, observed{"other", 404}}, // not clean: the mux isn't asked
	} {
		b.set(test.hook)
		req := httptest.NewRequest(test.method, test.path, strings.NewReader(test.body))
		req.Header.Set("Content-Type", "application/json")
		host.ServeHTTP(httptest.NewRecorder(), req)
		if diff := cmp.Diff(test.want, <-told); diff != "" {
			t.Errorf("%s %s %s: %s", test.method, test.path, test.body, diff)
		}
	}
	if len(told) > 0 {
		t.Errorf("a request was told of twice: %v", <-told)
	}
}

func TestObserveOverload(t *testing.T) {
	c, told := observing(t, httpapi.Config{MaxInFlight: 1})
	b := newBench(t, c)
	begun, end := make(chan bool), make(chan bool)
	b.set(func(context.Context) error { close(begun); <-end; return nil })
	go b.do("GET", "/tags/"+unknown, "")
	<-begun
	b.do("GET", "/media", "").refused(t, 503, "overloaded")
	if diff := cmp.Diff(observed{"GET /media", 503}, <-told); diff != "" {
		t.Error(diff)
	}
	close(end)
	if diff := cmp.Diff(observed{"GET /tags/{id}", 404}, <-told); diff != "" {
		t.Error(diff)
	}
}

// If a client hangs up, that is no failure of the service, however its request ends:
// nobody gets the answer.
func TestObserveHangUp(t *testing.T) {
	c, told := observing(t, httpapi.Config{})
	b := newBench(t, c)
	server := httptest.NewServer(b)
	defer server.Close()
	for name, end := range map[string]func(context.Context) error{
		"given up": func(ctx context.Context) error { return ctx.Err() },
		"failed":   func(context.Context) error { return errors.New("broken") },
	} {
		ctx, hangUp := context.WithCancel(t.Context())
		b.set(func(ctx context.Context) error {
			hangUp()
			<-ctx.Done()
			return end(ctx)
		})
		req, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/tags/"+unknown, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			t.Fatalf("%s: answered", name)
		}
		if diff := cmp.Diff(observed{"GET /tags/{id}", 0}, <-told); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A handler that aborts panics on, and is observed nevertheless.
func TestObserveAbort(t *testing.T) {
	c, told := observing(t, httpapi.Config{})
	b := newBench(t, c)
	b.set(func(context.Context) error { panic(http.ErrAbortHandler) })
	func() {
		defer func() { _ = recover() }()
		b.do("GET", "/tags/"+unknown, "")
	}()
	if diff := cmp.Diff(observed{"GET /tags/{id}", 0}, <-told); diff != "" {
		t.Error(diff)
	}
}
