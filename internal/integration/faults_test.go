package integration_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/storage/postgres"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

const (
	// requestBudget is how long a request may take. One that may touch millions of rows
	// has slowBudget, and one that calls S3 storeBudget. A delete waits purgeBudget for
	// the bytes to go.
	requestBudget = 10 * time.Second
	slowBudget    = time.Minute
	storeBudget   = 6 * time.Second
	purgeBudget   = 2 * time.Second
	// recoveryBudget is how soon after a fault all routes must answer again.
	recoveryBudget = 5 * time.Second
	// slack is added to each of them: the machine may have other things to do.
	slack = 4 * time.Second
)

// faultyServer is the program with a proxy before its database and one before its store.
type faultyServer struct {
	*server
	database, store *proxy
}

func startFaulty(t *testing.T) *faultyServer {
	t.Helper()
	environ := setups["containers"](t)
	dsn, err := url.Parse(environ["MEDIA_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := url.Parse(environ["AWS_ENDPOINT_URL_S3"])
	if err != nil {
		t.Fatal(err)
	}
	f := &faultyServer{database: newProxy(t, dsn.Host), store: newProxy(t, endpoint.Host)}
	environ["MEDIA_S3_PUBLIC_ENDPOINT"] = environ["AWS_ENDPOINT_URL_S3"] // clients reach it without the proxy
	dsn.Host, endpoint.Host = f.database.addr(), f.store.addr()
	environ["MEDIA_DATABASE_URL"], environ["AWS_ENDPOINT_URL_S3"] = dsn.String(), endpoint.String()
	f.server = startServer(t, environ)
	return f
}

// call is a request to a route.
type call struct {
	route, path string
	body        any
	want        []int // the statuses it may have; the second one if an earlier answer got lost
	within      time.Duration
	database    bool // whether it needs the database
	store       bool // whether it needs the blob store
}

// callEach makes media and tags and returns a call of each route on them. The mark tells
// its tags from those of other calls.
func callEach(t *testing.T, s *server, mark string) []call {
	t.Helper()
	png := sample(t, "sample.png")
	media := func(name string) string {
		return s.do(t, "POST", "/media", declare(name, "image/png", png)).want(t, 201).json["id"].(string)
	}
	tag := func(name string) string {
		return s.do(t, "POST", "/tags", map[string]any{"name": name + mark}).want(t, 201).json["id"].(string)
	}
	uploaded := s.do(t, "POST", "/media", declare("uploaded.png", "image/png", png)).want(t, 201).json
	send(t, uploaded["upload"], png).want(t, 200)
	ready := becomeReady(t, s, "ready.png", "image/png", png)
	kept, doomed := tag("kept"), tag("doomed")
	return []call{
		{"POST /tags", "/tags", map[string]any{"name": "new" + mark}, []int{201, 409}, requestBudget, true, false},
		{"GET /tags", "/tags", nil, []int{200}, requestBudget, true, false},
		{"GET /tags/{id}", "/tags/" + kept, nil, []int{200}, requestBudget, true, false},
		{"PATCH /tags/{id}", "/tags/" + kept, map[string]any{"name": "renamed" + mark}, []int{200}, requestBudget, true, false},
		{"DELETE /tags/{id}", "/tags/" + doomed, nil, []int{204, 404}, slowBudget, true, false},
		{"POST /tags/{id}/merge", "/tags/" + tag("from") + "/merge", map[string]any{"into": tag("into")}, []int{200, 404}, slowBudget, true, false},
		{"POST /media", "/media", declare("new.png", "image/png", png, "of new"+mark), []int{201}, requestBudget, true, false},
		{"GET /media", "/media", nil, []int{200}, requestBudget, true, false},
		{"POST /media/finalize", "/media/finalize", map[string]any{"id": uploaded["id"]}, []int{200}, requestBudget, true, true},
		{"GET /media/{id}", "/media/" + ready, nil, []int{200}, requestBudget, true, false},
		{"PATCH /media/{id}", "/media/" + ready, map[string]any{"tags": []string{"more" + mark}}, []int{200}, requestBudget, true, false},
		{"DELETE /media/{id}", "/media/" + media("doomed.png"), nil, []int{204, 404}, requestBudget, true, false},
		{"POST /media/{id}/upload", "/media/" + media("pending.png") + "/upload", nil, []int{200}, requestBudget, true, false},
		{"POST /media/tags", "/media/tags", map[string]any{"ids": []string{ready}, "add": []string{"bulk" + mark}}, []int{200}, requestBudget, true, false},
		{"GET /limits", "/limits", nil, []int{200}, requestBudget, false, false},
		{"GET /openapi.json", "/openapi.json", nil, []int{200}, requestBudget, false, false},
	}
}

// TestFaultsCallEveryRoute compares callEach with the document that the program serves.
func TestFaultsCallEveryRoute(t *testing.T) {
	t.Parallel()
	s := startServer(t, setups["embedded"](t))
	var called []string
	for _, c := range callEach(t, s, "") {
		called = append(called, c.route)
	}
	for path, item := range s.do(t, "GET", "/openapi.json", nil).want(t, 200).json["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			route := strings.ToUpper(method) + " " + path
			if method != "parameters" && !slices.Contains(called, route) {
				t.Errorf("no call of %s", route)
			}
		}
	}
}

// readMedia is a call that needs the database alone. So many calls as beyondPool take every
// connection of the pool and make others wait.
var readMedia = call{route: "GET /media", path: "/media", want: []int{200}, within: requestBudget, database: true}

const beyondPool = 30

// TestPostgresFaults breaks the database in several ways under one process. Every route
// must give the right answer in time, both under the fault and after it. The test goes by
// the clock, so it runs beside no other test of the package.
func TestPostgresFaults(t *testing.T) {
	s := startFaulty(t)
	for name, f := range map[string]fault{
		"down":      {down: true},
		"silent":    {silent: true},
		"late":      {late: 5 * time.Second},
		"reset":     {after: 10, reset: true}, // less than any answer
		"truncated": {after: 10},
	} {
		t.Run(name, func(t *testing.T) {
			calls := callEach(t, s.server, " "+name)
			calls = append(calls, slices.Repeat([]call{readMedia}, beyondPool)...)
			s.database.set(f)
			s.answersUnder(t, calls, func(c call, a answer) error {
				if !c.database || f.late > 0 && a.status != http.StatusServiceUnavailable {
					return wantStatus(a, c.want...)
				}
				return s.tellsUnavailable(a)
			})
			s.database.set(fault{})
			s.recovers(t, calls)
		})
	}
}

// TestS3Faults does the same with the blob store. Routes that don't call it must answer as
// ever.
func TestS3Faults(t *testing.T) {
	s := startFaulty(t)
	for name, f := range map[string]fault{
		"down":                {down: true},
		"silent":              {silent: true},
		"late":                {late: 5 * time.Second},
		"reset in a header":   {after: 20, reset: true},
		"reset in a body":     {after: 1100, reset: true},
		"truncated in header": {after: 20},
		"truncated in body":   {after: 1100},
		"500":                 {instead: failing(t, http.StatusInternalServerError)},
		"503":                 {instead: failing(t, http.StatusServiceUnavailable)},
	} {
		t.Run(name, func(t *testing.T) {
			calls := callEach(t, s.server, " "+name)
			for i, c := range calls {
				switch {
				case c.route == "DELETE /media/{id}":
					calls[i].within = purgeBudget
				case c.store && f.late == 0: // one call of the store fails, and no other follows
					calls[i].within = storeBudget
				}
			}
			s.store.set(f)
			s.answersUnder(t, calls, func(c call, a answer) error {
				if !c.store || f.late > 0 && a.status != http.StatusServiceUnavailable {
					return wantStatus(a, c.want...)
				}
				return s.tellsUnavailable(a)
			})
			s.store.set(fault{})
			s.recovers(t, calls)
		})
	}
}

// failing returns the address of a server that answers everything with status.
func failing(t *testing.T, status int) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<Error><Code>InternalError</Code><Message>secret of the store</Message></Error>")
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// answersUnder makes all calls at once under a fault, and asks readyz meanwhile.
func (s *faultyServer) answersUnder(t *testing.T, calls []call, check func(call, answer) error) {
	t.Helper()
	var all sync.WaitGroup
	for _, c := range calls {
		all.Go(func() {
			a, took, err := s.timed(t.Context(), c)
			if err == nil {
				err = check(c, a)
			}
			if err != nil || took > c.within+slack {
				t.Errorf("%s under the fault, after %v of %v: %v\n%s", c.route, took, c.within, err, s.cause(a))
			}
		})
	}
	all.Go(func() { s.checkReadyz(t) })
	all.Wait()
}

// checkReadyz asks readyz, which must tell of the fault in time. At first it may still tell
// what it found up to a second before.
func (s *faultyServer) checkReadyz(t *testing.T) {
	want, database, blobs := http.StatusOK, "ok", "ok"
	if f, _ := s.database.now(); f != (fault{}) {
		want, database = http.StatusServiceUnavailable, "unavailable"
	}
	if f, _ := s.store.now(); f != (fault{}) && f.after < 1000 { // it reads no body
		blobs = "unavailable"
	}
	told := func() error {
		a, took, err := s.timed(t.Context(), call{route: "GET /readyz", path: "/readyz"})
		if err != nil {
			return err
		}
		checks := a.json["checks"].(map[string]any)
		if a.status != want || checks["database"] != database || checks["blobs"] != blobs || took > purgeBudget+slack {
			return fmt.Errorf("%d %s after %v; want %d, database %s, blobs %s", a.status, a.body, took, want, database, blobs)
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second+purgeBudget+slack)
	defer cancel()
	if err := untilNil(ctx, told); err != nil {
		t.Errorf("readyz under the fault: %v", err)
	}
}

// untilNil calls f until it returns nil or ctx ends, and returns its last error.
func untilNil(ctx context.Context, f func() error) error {
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		err := f()
		if err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return err
		}
	}
}

// recovers makes all calls again, each until it succeeds.
func (s *faultyServer) recovers(t *testing.T, calls []call) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), recoveryBudget+slack)
	defer cancel()
	calls = append(slices.Clone(calls), call{route: "GET /readyz", path: "/readyz", want: []int{200}})
	start := time.Now()
	var all sync.WaitGroup
	for _, c := range calls {
		all.Go(func() {
			if err := s.succeeds(ctx, c); err != nil {
				t.Errorf("%s after the fault: %v", c.route, err)
			}
		})
	}
	all.Wait()
	t.Logf("all routes answer %v after the fault", time.Since(start))
}

// succeeds repeats a call until it is answered as it should be.
func (s *faultyServer) succeeds(ctx context.Context, c call) error {
	return untilNil(ctx, func() error {
		a, _, err := s.timed(ctx, c)
		if err == nil {
			err = wantStatus(a, c.want...)
		}
		return err
	})
}

// cause returns what the program logged about an answer that is a 5xx.
func (s *faultyServer) cause(a answer) string {
	for line := range strings.Lines(s.failures()) {
		if id := a.header.Get("X-Request-Id"); id != "" && strings.Contains(line, id) {
			return line
		}
	}
	return ""
}

func (s *faultyServer) timed(ctx context.Context, c call) (a answer, took time.Duration, err error) {
	method, _, _ := strings.Cut(c.route, " ")
	r, err := s.request(method, c.path, c.body)
	if err != nil {
		return answer{}, 0, err
	}
	start := time.Now()
	a, err = try(r.WithContext(ctx))
	return a, time.Since(start), err
}

func wantStatus(a answer, want ...int) error {
	if !slices.Contains(want, a.status) {
		return fmt.Errorf("status %d; want %v: %s", a.status, want, a.body)
	}
	return nil
}

// tellsUnavailable returns an error unless an answer is the problem store-unavailable and
// tells nothing internal.
func (s *faultyServer) tellsUnavailable(a answer) error {
	if err := wantStatus(a, http.StatusServiceUnavailable); err != nil {
		return err
	}
	if after, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || after < 1 || a.json["code"] != "store-unavailable" {
		return fmt.Errorf("Retry-After %q: %s", a.header.Get("Retry-After"), a.body)
	}
	for _, inner := range []string{s.database.addr(), s.store.addr(), "secret of the store", "pgx", "SQL", "dial", "EOF"} {
		if strings.Contains(string(a.body), inner) {
			return fmt.Errorf("%q is told: %s", inner, a.body)
		}
	}
	return nil
}

// TestPostgresNeverAnswersADial has a database that accepts connections and says nothing.
// The pool dials for those who wait, without a request's deadline: even so it must not wait
// for ever.
func TestPostgresNeverAnswersADial(t *testing.T) {
	t.Parallel()
	dsn, err := url.Parse(newPostgres(t))
	if err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, dsn.Host)
	dsn.Host = p.addr()
	store := openStore(t, dsn.String(), &postgres.Options{MaxConns: 1})
	create(t, store, storagetest.Draft())
	p.set(fault{silent: true})
	get := func(ctx context.Context, answered chan<- error) {
		_, err := store.Media().Get(ctx, uuid.Nil)
		answered <- err
	}
	first, second := make(chan error, 1), make(chan error, 1)
	holding, giveUp := context.WithCancel(t.Context())
	go get(holding, first)
	await(t, func() bool { return store.DB().Stats().InUse == 1 })
	waiting, cancel := context.WithTimeout(t.Context(), 3*postgres.DefaultConnectTimeout)
	defer cancel()
	go get(waiting, second)
	await(t, func() bool { return store.DB().Stats().WaitCount == 1 })
	giveUp() // the pool closes the connection, and makes one for the second
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first: %v", err)
	}
	if err := <-second; err == nil || waiting.Err() != nil {
		t.Errorf("the second: %v; want an error before its time is up", err)
	}
	p.set(fault{})
	create(t, store, storagetest.Draft())
}

// await returns when it is so.
func await(t *testing.T, so func() bool) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
		case <-t.Context().Done():
			t.Fatal("the test is over")
		}
	}
}
