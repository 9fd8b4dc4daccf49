package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pipes is a listener in memory, so that a test's clock reaches its connections too.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

// Accept implements [net.Listener].
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements [net.Listener].
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	server, client := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// get asks over a connection of its own; without an answer the status is 0.
func (p *pipes) get(path string) (status int) {
	client := &http.Client{Transport: &http.Transport{DialContext: p.dial, DisableKeepAlives: true}}
	res, err := client.Get("http://pipe" + path)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return 0
	}
	return res.StatusCode
}

// draining is a server that was told to end while a request runs.
type draining struct {
	*pipes
	health   *health
	log      *lockedBuffer
	finish   chan struct{} // closed: the request may end
	answered chan int      // its status
	ended    chan error    // what serve returns
}

func drain(t *testing.T) *draining {
	t.Helper()
	d := &draining{
		pipes: newPipes(), health: &health{database: &check{ask: ok}, blobs: &check{ask: ok}}, log: new(lockedBuffer),
		finish: make(chan struct{}), answered: make(chan int, 1), ended: make(chan error, 1),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", d.health.readyz)
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-d.finish:
		case <-r.Context().Done():
		}
	})
	logger := slog.New(slog.NewTextHandler(d.log, nil))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { d.ended <- serve(ctx, []*site{newSite(d.pipes, mux, logger)}, d.health, usualPace, logger) }()
	go func() { d.answered <- d.get("/slow") }()
	synctest.Wait()
	cancel()
	synctest.Wait()
	return d
}

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drain(t)
		if status := d.get("/readyz"); status != http.StatusServiceUnavailable {
			t.Errorf("readyz once it is told to end: %d; want 503", status)
		}
		<-time.After(usualPace.notice - time.Millisecond)
		if status := d.get("/readyz"); status != http.StatusServiceUnavailable {
			t.Errorf("readyz until the gateway must have noticed: %d; want 503", status)
		}
		<-time.After(10 * time.Second)
		if status := d.get("/readyz"); status != 0 {
			t.Errorf("it still takes requests after the notice: %d", status)
		}
		close(d.finish)
		if status := <-d.answered; status != http.StatusOK {
			t.Errorf("a request that took 12 s longer was answered %d", status)
		}
		if err := <-d.ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
		if strings.Contains(d.log.String(), "level=WARN") {
			t.Errorf("the log: %s", d.log)
		}
	})
}

// TestDrainCutsOff has a request that never ends.
func TestDrainCutsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drain(t)
		begun := time.Now()
		if err := <-d.ended; err != nil {
			t.Errorf("it ended with %v: to be told to end is no failure", err)
		}
		if took := time.Since(begun); took != usualPace.notice+usualPace.limit {
			t.Errorf("it took %v; want %v", took, usualPace.notice+usualPace.limit)
		}
		if status := <-d.answered; status != 0 {
			t.Errorf("the request was answered %d", status)
		}
		if !strings.Contains(d.log.String(), "cutting off") {
			t.Errorf("the log doesn't tell of it: %s", d.log)
		}
	})
}

func TestUsualPace(t *testing.T) {
	if whole := usualPace.notice + usualPace.limit; whole >= 30*time.Second {
		t.Errorf("to end takes up to %v; a supervisor kills after 30 s", whole)
	}
}

var errBroken = errors.New("broken")

// broken is a listener that accepts nothing.
type broken struct{ *pipes }

func (broken) Accept() (net.Conn, error) { return nil, errBroken }

// TestServeEndsWithASite has one of two sites fail: the other ends too, in order.
func TestServeEndsWithASite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logger := slog.New(slog.DiscardHandler)
		healthy := newPipes()
		sites := []*site{newSite(healthy, http.NotFoundHandler(), logger), newSite(broken{newPipes()}, http.NotFoundHandler(), logger)}
		if err := serve(t.Context(), sites, new(health), usualPace, logger); !errors.Is(err, errBroken) {
			t.Errorf("it ended with %v; want errBroken", err)
		}
		if status := healthy.get("/"); status != 0 {
			t.Errorf("the other site still answers: %d", status)
		}
	})
}

// TestSiteLimits holds the limits to what the README and the gateway count on.
func TestSiteLimits(t *testing.T) {
	server := newSite(newPipes(), http.NotFoundHandler(), slog.New(slog.DiscardHandler)).server
	got := []time.Duration{server.ReadHeaderTimeout, server.ReadTimeout, server.WriteTimeout, server.IdleTimeout, time.Duration(server.MaxHeaderBytes)}
	want := []time.Duration{5 * time.Second, 15 * time.Second, 30 * time.Second, 75 * time.Second, 16384}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
