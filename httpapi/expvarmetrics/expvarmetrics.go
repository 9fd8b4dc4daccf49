// Package expvarmetrics counts the requests of httpapi for the standard library's
// expvar. A host that doesn't import it links no expvar, which puts a page on
// [http.DefaultServeMux].
//
//	metrics := new(expvarmetrics.Metrics)
//	api, err := httpapi.New(httpapi.Config{
//		Media:   mediaService,
//		Tags:    tagService,
//		Observe: metrics.Observe,
//	})
//	…
//	expvar.Publish("media", metrics)
//
// The host publishes the metrics, under a name of its choice. Each API of a process may
// have its own. They look like this:
//
//	{"requests": {"POST /media": {"avg_ms": 1.9, "count": 3, "status": {"201": 2, "422": 1}}}}
//
// The requests are grouped by the pattern of their route; "other" is for those without a
// route. The status "none" is for requests whose client had gone before the answer. All
// numbers are totals since the start; avg_ms is the mean time in milliseconds. The host
// decides who may read the page. It holds no URL, id or name from a request.
//
// # Errors
//
// There are none: counting can't fail.
package expvarmetrics

import (
	"expvar"
	"strconv"
	"sync"
	"time"
)

// Metrics count requests by route. The zero value is ready; it is not copied once
// it is used, and safe for concurrent use.
type Metrics struct {
	mu     sync.Mutex // held to add a route, never to count
	routes expvar.Map // of *route
	others expvar.Map // what Set adds
}

var _ expvar.Var = (*Metrics)(nil)

// Observe counts a request. It is a value for Config.Observe of httpapi, which says what
// the arguments are. It takes no lock, except for the first request of a route. The entry
// of a route stays for good, so a route has to be one of a few patterns, never a path.
func (m *Metrics) Observe(route string, status int, took time.Duration) {
	m.route(route).add(status, took)
}

// Set shows another variable beside the requests, such as how far the host's sweep is
// behind. The name must not be "requests".
func (m *Metrics) Set(name string, v expvar.Var) { m.others.Set(name, v) }

// String returns the metrics as JSON, which makes them an [expvar.Var].
func (m *Metrics) String() string {
	var all expvar.Map
	m.others.Do(func(other expvar.KeyValue) { all.Set(other.Key, other.Value) })
	all.Set("requests", &m.routes)
	return all.String()
}

func (m *Metrics) route(name string) *route {
	if known, ok := m.routes.Get(name).(*route); ok {
		return known
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, ok := m.routes.Get(name).(*route); ok { // another request was faster
		return known
	}
	r := newRoute()
	m.routes.Set(name, r)
	return r
}

// route holds the numbers of one route. The map is what is shown of them.
type route struct {
	expvar.Map
	count, nanoseconds expvar.Int
	status             expvar.Map
}

func newRoute() *route {
	r := new(route)
	r.Set("count", &r.count)
	r.Set("status", &r.status)
	r.Set("avg_ms", expvar.Func(r.average))
	return r
}

func (r *route) add(status int, took time.Duration) {
	r.count.Add(1)
	r.nanoseconds.Add(took.Nanoseconds())
	r.status.Add(statusName(status), 1)
}

// average is the mean time in milliseconds, to the microsecond.
func (r *route) average() any {
	// A route is shown from when it is added, just before it counts its first.
	mean := time.Duration(r.nanoseconds.Value() / max(1, r.count.Value()))
	return float64(mean.Microseconds()) / 1000
}

func statusName(status int) string {
	if status == 0 {
		return "none"
	}
	return strconv.Itoa(status)
}
