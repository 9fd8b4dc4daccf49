package main

import (
	"encoding/json"
	"expvar"
	"net/http"
	"runtime/metrics"

	"github.com/seed-f0df946f/mediakit/httpapi/expvarmetrics"
)

// vars are the variables of our own at /debug/vars.
type vars struct {
	requests expvarmetrics.Metrics
	ages     sweepAges
}

func newVars() *vars {
	v := new(vars)
	v.requests.Set("sweep", expvar.Func(func() any {
		return map[string]float64{"oldest_due_s": v.ages.oldest().Seconds()}
	}))
	return v
}

// all are the variables by name.
func (v *vars) all() map[string]expvar.Var {
	return map[string]expvar.Var{"media": &v.requests, "runtime": expvar.Func(readRuntime)}
}

// publish shows them on expvar's own page too, beside the command line and the memory
// statistics.
func (v *vars) publish() {
	for name, variable := range v.all() {
		expvar.Publish(name, variable)
	}
}

// ServeHTTP implements [http.Handler]: it tells nothing but our own variables, so it
// may stand where clients are.
func (v *vars) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	page := make(map[string]json.RawMessage)
	for name, variable := range v.all() {
		page[name] = json.RawMessage(variable.String())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(page) // a client that is gone needs no answer
}

// readRuntime returns two numbers that stay flat under a steady load unless something
// leaks. The heap in expvar's own memstats includes its garbage.
func readRuntime() any {
	samples := []metrics.Sample{{Name: "/sched/goroutines:goroutines"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	return map[string]uint64{"goroutines": samples[0].Value.Uint64(), "live_heap_bytes": samples[1].Value.Uint64()}
}
