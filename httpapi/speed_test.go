package httpapi_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/httpapi"
)

// BenchmarkRoutes measures requests over the stores in memory, from the parsed request to
// the last byte of the answer.
func BenchmarkRoutes(b *testing.B) {
	bench := newBench(b, httpapi.Config{})
	for i := range 50 {
		bench.ready(b, fmt.Sprint("tag ", i%10), "all")
	}
	m := bench.ready(b, "Sea")
	for name, r := range map[string]struct{ method, path, body string }{
		"get media":   {"GET", "/media/" + m.ID, ""},
		"list media":  {"GET", "/media?tag=all", ""},
		"get tag":     {"GET", "/tags/" + m.Tags[0].ID, ""},
		"rename tag":  {"PATCH", "/tags/" + m.Tags[0].ID, `{"name":"Sea"}`},
		"patch media": {"PATCH", "/media/" + m.ID, `{"tags":["Sea","Sand"]}`},
		"sign upload": {"POST", "/media/" + bench.pending(b, png).ID + "/upload", ""},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				req := httptest.NewRequest(r.method, r.path, strings.NewReader(r.body))
				req.Header.Set("Content-Type", "application/json")
				rec := httptest.NewRecorder()
				bench.ServeHTTP(rec, req)
				if rec.Code != 200 {
					b.Fatal(rec.Code, rec.Body)
				}
			}
		})
	}
}
