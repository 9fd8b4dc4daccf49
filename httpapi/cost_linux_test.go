package httpapi_test

import (
	"net/http/httptest"
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// cpuTime returns how much processor time the calling thread has used. Other threads don't
// count, however busy the machine is. getrusage would only be exact to a tick.
func cpuTime(t testing.TB) time.Duration {
	const threadCPU = 3 // CLOCK_THREAD_CPUTIME_ID
	var now syscall.Timespec
	if _, _, err := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadCPU, uintptr(unsafe.Pointer(&now)), 0); err != 0 {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}

// cost makes a request several times, and returns the least that it costs. It stops once that
// is well within the budget. If a try costs more than another, that is due to the garbage
// collector or the machine.
func cost(t testing.TB, b *bench, r hostileRequest) (a answer, best time.Duration) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best = time.Hour
	for tries := 0; tries < 10 && best > refusalBudget/2; tries++ {
		req, rec := r.request(), httptest.NewRecorder()
		begin := cpuTime(t)
		b.ServeHTTP(rec, req)
		best = min(best, cpuTime(t)-begin)
		a = answer{rec.Code, rec.Header(), rec.Body.String()}
	}
	return a, best
}

// BenchmarkHostileRequests reports the most expensive hostile request of each route.
func BenchmarkHostileRequests(b *testing.B) {
	bench, path := hostileBench(b)
	for _, op := range operations(b, bench) {
		var worst time.Duration
		var name string
		for _, r := range hostileRequests(op, path(op)) {
			took := time.Hour
			for range 3 {
				_, once := cost(b, bench, r)
				took = min(took, once)
			}
			if took > worst {
				worst, name = took, r.name
			}
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
			}
			b.ReportMetric(float64(worst.Nanoseconds()), "cpu-ns/request")
			b.ReportMetric(0, "ns/op")
		})
	}
}
