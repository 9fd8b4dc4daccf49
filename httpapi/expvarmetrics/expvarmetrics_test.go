package expvarmetrics_test

import (
	"encoding/json"
	"expvar"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/httpapi/expvarmetrics"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/tags"
)

// shown is what Metrics show.
type shown struct {
	Requests map[string]numbers `json:"requests"`
}

type numbers struct {
	Count  int64            `json:"count"`
	Status map[string]int64 `json:"status"`
	AvgMS  float64          `json:"avg_ms"`
}

func show(t *testing.T, v expvar.Var) shown {
	t.Helper()
	var s shown
	dec := json.NewDecoder(strings.NewReader(v.String()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		t.Fatalf("%v: %s", err, v)
	}
	return s
}

func TestMetrics(t *testing.T) {
	var m, other expvarmetrics.Metrics
	m.Observe("POST /media", 201, 1500*time.Microsecond)
	m.Observe("POST /media", 422, 500*time.Microsecond)
	m.Observe("POST /media", 201, 3700*time.Microsecond)
	m.Observe("GET /media", 0, 2*time.Hour)
	m.Observe(`"\`, 200, 0)
	want := shown{map[string]numbers{
		"POST /media": {3, map[string]int64{"201": 2, "422": 1}, 1.9},
		"GET /media":  {1, map[string]int64{"none": 1}, 7.2e6},
		`"\`:          {1, map[string]int64{"200": 1}, 0},
	}}
	if diff := cmp.Diff(want, show(t, &m)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(shown{map[string]numbers{}}, show(t, &other)); diff != "" {
		t.Errorf("metrics share what they count: %s", diff)
	}
}

// No request is lost if many are counted at once, not even the first of a route. What is
// shown meanwhile is JSON.
func TestConcurrentRequests(t *testing.T) {
	const clients, each = 8, 250
	var m expvarmetrics.Metrics
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for i := range each {
				m.Observe(fmt.Sprint("GET /", i%50), 200+i%2, time.Millisecond)
				if i%50 == 0 && !json.Valid([]byte(m.String())) {
					t.Errorf("not JSON: %s", &m)
				}
			}
		})
	}
	all.Wait()
	for route, n := range show(t, &m).Requests {
		if n.Count != clients*each/50 || n.Status["200"]+n.Status["201"] != n.Count || n.AvgMS != 1 {
			t.Errorf("%s: %+v", route, n)
		}
	}
}

// newAPI makes the routes over stores in memory.
func newAPI(observe func(string, int, time.Duration)) (http.Handler, error) {
	store := memory.New()
	mediaService, err := media.NewService(store.Media(), memblob.New(nil), nil)
	if err != nil {
		return nil, err
	}
	tagService, err := tags.NewService(store.Tags(), nil)
	if err != nil {
		return nil, err
	}
	return httpapi.New(httpapi.Config{
		Media:    mediaService,
		Tags:     tagService,
		BasePath: "/api/v1",
		Observe:  observe,
	})
}

// Paths don't become entries: there are only as many as there are routes.
func TestPathsAreNoLabels(t *testing.T) {
	var m expvarmetrics.Metrics
	api, err := newAPI(m.Observe)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		for _, path := range []string{"/api/v1/tags/%d", "/api/v1/%d", "/%d?X-Amz-Signature=%[1]d", "/api/v1//%d"} {
			api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", fmt.Sprintf(path, i), nil))
		}
	}
	got := map[string]int64{}
	for route, n := range show(t, &m).Requests {
		got[route] = n.Count
	}
	if diff := cmp.Diff(map[string]int64{"GET /api/v1/tags/{id}": 100, "other": 300}, got); diff != "" {
		t.Error(diff)
	}
}

// A host calls expvar.Publish("media", metrics) when it starts. Here the metrics are read
// directly.
func Example() {
	metrics := new(expvarmetrics.Metrics)
	api, err := newAPI(metrics.Observe) // httpapi.Config{…, Observe: metrics.Observe}
	if err != nil {
		log.Fatal(err)
	}
	for _, path := range []string{"/api/v1/tags", "/api/v1/tags", "/api/v1/tags?limit=0"} {
		api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	var read struct {
		Requests map[string]struct {
			Count  int
			Status map[string]int
		}
	}
	if err := json.Unmarshal([]byte(metrics.String()), &read); err != nil {
		log.Fatal(err)
	}
	fmt.Println(read.Requests)
	// Output: map[GET /api/v1/tags:{3 map[200:2 400:1]}]
}

// BenchmarkObserve measures what the metrics add to a request.
func BenchmarkObserve(b *testing.B) {
	var m expvarmetrics.Metrics
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Observe("GET /media/{id}", 200, time.Millisecond)
		}
	})
}

// BenchmarkRequest measures a request with and without metrics, on the cheapest route that
// asks a store.
func BenchmarkRequest(b *testing.B) {
	var m expvarmetrics.Metrics
	for name, observe := range map[string]func(string, int, time.Duration){"without": nil, "with": m.Observe} {
		b.Run(name, func(b *testing.B) {
			api, err := newAPI(observe)
			if err != nil {
				b.Fatal(err)
			}
			req := httptest.NewRequest("GET", "/api/v1/tags", nil)
			b.ReportAllocs()
			for b.Loop() {
				api.ServeHTTP(httptest.NewRecorder(), req)
			}
		})
	}
}

func TestSetShowsAnotherVariable(t *testing.T) {
	m := new(expvarmetrics.Metrics)
	m.Observe("GET /media", 200, time.Millisecond)
	m.Set("sweep", expvar.Func(func() any { return map[string]int{"oldest_due_s": 7} }))
	var shown struct {
		Requests map[string]struct{ Count int }
		Sweep    map[string]int
	}
	if err := json.Unmarshal([]byte(m.String()), &shown); err != nil {
		t.Fatal(err)
	}
	if shown.Sweep["oldest_due_s"] != 7 || shown.Requests["GET /media"].Count != 1 {
		t.Errorf("shown: %s", m)
	}
}
