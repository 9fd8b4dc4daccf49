package integration_test

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// soakEnv says how long TestSoak runs, such as 10m, and soakRateEnv how many requests
	// it makes a second. Without them it is short and gentle, and only shows that it works.
	// A slow leak takes minutes at 200 to be seen.
	soakEnv     = "MEDIAKIT_TEST_SOAK"
	soakRateEnv = "MEDIAKIT_TEST_SOAK_RATE"
)

// TestSoak loads the program steadily. No request may fail, and goroutines, open files and
// heap must not grow.
func TestSoak(t *testing.T) {
	long, err := time.ParseDuration(cmp.Or(os.Getenv(soakEnv), "8s"))
	if err != nil || long < 8*time.Second {
		t.Fatalf("%s=%q is no duration of 8s or more", soakEnv, os.Getenv(soakEnv))
	}
	rate := numberFrom(t, soakRateEnv, 20)
	onEachSetup(t, func(t *testing.T, environ map[string]string) {
		s := startServer(t, environ)
		load := &steadyLoad{server: s, turns: make(chan struct{})}
		var clients sync.WaitGroup
		for range 32 {
			clients.Go(func() { load.client(t) })
		}
		held := load.run(t, rate, long)
		clients.Wait()
		t.Logf("%d requests in %v, %d failed", load.requests.Load(), long, load.failed.Load())
		early, late := least(held[len(held)/4:len(held)/2]), least(held[len(held)*3/4:])
		t.Logf("at least held in the second quarter: %+v, in the last: %+v", early, late)
		if late.goroutines > early.goroutines+10 || late.files > early.files+10 || late.heap > early.heap*3/2+4<<20 {
			t.Error("it grows")
		}
		if failed := s.failures(); failed != "" {
			t.Errorf("the program told of\n%s", failed)
		}
	})
}

// steadyLoad makes requests at a steady rate: each client waits for a turn.
type steadyLoad struct {
	server           *server
	turns            chan struct{} // one for each request
	requests, failed atomic.Int64
}

// holding is what a process holds.
type holding struct{ goroutines, files, heap int64 }

// run gives out the turns, and notes every second what the process holds.
func (l *steadyLoad) run(t *testing.T, rate int, long time.Duration) (held []holding) {
	defer close(l.turns)
	ctx := t.Context()
	end, turn, look := time.After(long), time.NewTicker(time.Second/time.Duration(rate)), time.NewTicker(time.Second)
	defer turn.Stop()
	defer look.Stop()
	for {
		select {
		case <-turn.C:
			select {
			case l.turns <- struct{}{}:
			case <-time.After(30 * time.Second):
				t.Error("no client is free")
				return held
			}
		case <-look.C:
			held = append(held, l.server.holds(t))
		case <-end:
			return held
		case <-ctx.Done():
			return held
		}
	}
}

func (s *server) holds(t *testing.T) holding {
	vars := s.do(t, "GET", "/debug/vars", nil).want(t, 200).json["runtime"].(map[string]any)
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return holding{int64(vars["goroutines"].(float64)), int64(len(files)), int64(vars["live_heap_bytes"].(float64))}
}

// least returns the least of each number: what requests hold comes and goes, and a leak
// stays.
func least(held []holding) holding {
	lowest := held[0]
	for _, h := range held[1:] {
		lowest = holding{min(lowest.goroutines, h.goroutines), min(lowest.files, h.files), min(lowest.heap, h.heap)}
	}
	return lowest
}

// client takes media through their lives. It leaves one in ten of them undeleted.
func (l *steadyLoad) client(t *testing.T) {
	dice := mathrand.New(mathrand.NewPCG(mathrand.Uint64(), 0))
	png := sample(t, "sample.png")
	for {
		content := append(bytes.Clone(png), rand.Text()...)
		created, ok := l.ask(t, "POST", "/media", declare("soak.png", "image/png", content, someTags(dice)...), 201)
		if !ok {
			return
		}
		path := "/media/" + created.json["id"].(string)
		if !l.turn(t, func() (answer, error) {
			return try(uploadRequest(t, created.json["upload"], bytes.NewReader(content)))
		}, 200) {
			return
		}
		for _, c := range []struct {
			method, path string
			body         any
			want         int
		}{
			{"POST", "/media/finalize", map[string]any{"id": created.json["id"]}, 200},
			{"GET", path, nil, 200},
			{"GET", "/media?limit=20&tag=tag+1", nil, 200},
			{"PATCH", path, map[string]any{"tags": someTags(dice)}, 200},
			{"GET", "/tags", nil, 200},
			{"GET", "/media?q=soak", nil, 200},
			{"DELETE", path, nil, 204},
		} {
			if c.method == "DELETE" && dice.IntN(10) == 0 {
				continue
			}
			if _, ok := l.ask(t, c.method, c.path, c.body, c.want); !ok {
				return
			}
		}
	}
}

func (l *steadyLoad) ask(t *testing.T, method, path string, body any, want int) (a answer, ok bool) {
	ok = l.turn(t, func() (_ answer, err error) {
		a, err = l.server.try(method, path, body)
		return a, err
	}, want)
	return a, ok
}

// turn waits for a turn and makes a request, until that succeeds. It reports false if there
// are no more turns.
func (l *steadyLoad) turn(t *testing.T, request func() (answer, error), want int) bool {
	for range l.turns {
		l.requests.Add(1)
		a, err := request()
		if err == nil && slices.Contains([]int{want, http.StatusPreconditionFailed}, a.status) {
			return true
		}
		if l.failed.Add(1) <= 10 {
			t.Errorf("status %d, want %d: %v: %s", a.status, want, err, a.body)
		}
	}
	return false
}
