package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/media"
)

func TestNewRefuses(t *testing.T) {
	good := newBench(t, httpapi.Config{}).config
	for name, change := range map[string]func(*httpapi.Config){
		"no media":           func(c *httpapi.Config) { c.Media = nil },
		"no tags":            func(c *httpapi.Config) { c.Tags = nil },
		"a negative limit":   func(c *httpapi.Config) { c.MaxInFlight = -1 },
		"a negative timeout": func(c *httpapi.Config) { c.RequestTimeout = -1 },
		"the root":           func(c *httpapi.Config) { c.BasePath = "/" },
		"no leading slash":   func(c *httpapi.Config) { c.BasePath = "api" },
		"a trailing slash":   func(c *httpapi.Config) { c.BasePath = "/api/" },
		"a double slash":     func(c *httpapi.Config) { c.BasePath = "/a//b" },
		"a wildcard":         func(c *httpapi.Config) { c.BasePath = "/{id}" },
		"a space":            func(c *httpapi.Config) { c.BasePath = "/a b" },
	} {
		c := good
		change(&c)
		if _, err := httpapi.New(c); err == nil {
			t.Errorf("%s is let in", name)
		}
	}
}

func TestRevalidation(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.ready(t, "a")
	for _, path := range []string{"/media/" + m.ID, "/media", "/tags", "/tags/" + m.Tags[0].ID, "/openapi.json"} {
		got := b.do("GET", path, "")
		got.want(t, 200)
		etag := got.header.Get("ETag")
		if got.header.Get("Cache-Control") != "private, no-cache" || etag == "" {
			t.Errorf("%s: %v", path, got.header)
		}
		for _, condition := range []string{etag, "W/" + etag, "*", `"x" , ` + etag, `"a,b",` + etag} {
			a := b.do("GET", path, "", "If-None-Match: "+condition)
			if a.status != 304 || a.body != "" || a.header.Get("ETag") != etag || a.header.Get("Cache-Control") == "" {
				t.Errorf("%s, If-None-Match %s: %d %v", path, condition, a.status, a.header)
			}
		}
		for _, condition := range []string{`"x"`, strings.Trim(etag, `"`), `"x`} {
			b.do("GET", path, "", "If-None-Match: "+condition).want(t, 200)
		}
		if a := b.do("HEAD", path, ""); a.status != 200 || a.header.Get("ETag") != etag {
			t.Errorf("HEAD %s: %d %v", path, a.status, a.header)
		}
	}
	if etag := b.do("GET", "/media/"+m.ID, "").header.Get("ETag"); !strings.HasPrefix(etag, `"2.`) {
		t.Errorf("the ETag of version 2: %s", etag)
	}
}

// Only the version counts, not the hash: a renamed tag changes no media.
func TestIfMatch(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.pending(t, png) // version 1
	path := "/media/" + m.ID
	for _, refused := range []string{`"2.x"`, `W/"1.x"`, `1.x`, `"1.x`, `"x"`, `"01.x"`, `"0.x"`, `"2.x", "3.x"`, ``} {
		b.do("PATCH", path, `{"filename":"b"}`, "If-Match: "+refused).refused(t, 412, "precondition-failed")
	}
	b.do("PATCH", path, `{"filename":"b"}`, "If-Match: "+b.do("GET", path, "").header.Get("ETag")).want(t, 200)
	b.do("PATCH", path, `{"filename":"c"}`, `If-Match: "9.x"`, `If-Match: "2.x"`).want(t, 200)
	b.do("PATCH", path, `{"filename":"d"}`, "If-Match: *").want(t, 200)
	b.do("PATCH", path, `{}`, `If-Match: "4.x"`).want(t, 200)
	b.do("PATCH", path, `{}`, `If-Match: "3.x"`).refused(t, 412, "precondition-failed")
	for _, condition := range []string{`"1.x"`, `"x"`, "*"} {
		b.do("PATCH", "/media/"+unknown, `{"filename":"b"}`, "If-Match: "+condition).refused(t, 404, "not-found")
	}
}

func TestNoRoute(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	for _, path := range []string{"/", "/nowhere", "/tags/", "//tags", "/media/../tags", "/media/" + unknown + "/parts"} {
		req := httptest.NewRequest("GET", "/", nil)
		req.URL.Path = path
		b.send(req).refused(t, 404, "not-found")
	}
	for target, allow := range map[string]string{
		"PUT /tags": "GET, HEAD, POST", "DELETE /openapi.json": "GET, HEAD",
		"OPTIONS /media/" + unknown: "DELETE, GET, HEAD, PATCH", "GET /media/" + unknown + "/upload": "POST",
	} {
		method, path, _ := strings.Cut(target, " ")
		a := b.do(method, path, "")
		a.refused(t, 405, "method-not-allowed")
		if got := a.header.Get("Allow"); got != allow {
			t.Errorf("%s: Allow %q; want %q", target, got, allow)
		}
	}
}

func TestFinalizeProblems(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.pending(t, png)
	b.do("POST", "/media/finalize", naming(m.ID)).refused(t, 409, "upload-incomplete")
	b.turn(25 * time.Hour)
	for range 2 {
		b.do("POST", "/media/finalize", naming(m.ID)).refused(t, 409, "upload-expired")
	}
	if f := b.do("GET", "/media/"+m.ID, "").want(t, 200).Failure; f == nil || f.Code != "upload-expired" || f.Reason != "" {
		t.Errorf("failure: %+v", f)
	}
	heic := []byte("\x00\x00\x00\x10ftypheic\x00\x00\x00\x00")
	m = b.pending(t, heic)
	put(t, m.Upload.Requests[0], heic)
	for range 2 { // the second finalize answers what is stored
		p := b.do("POST", "/media/finalize", naming(m.ID)).refused(t, 422, "upload-rejected")
		if p.Reason != "content-mismatch" || p.Found != "image/heic" || p.Detail != "This is a HEIC image, not a PNG." {
			t.Errorf("reason %q, found %q: %s", p.Reason, p.Found, p.Detail)
		}
	}
	if f := b.do("GET", "/media/"+m.ID, "").want(t, 200).Failure; f == nil || f.Code != "upload-rejected" || f.Reason != "content-mismatch" {
		t.Errorf("failure: %+v", f)
	}
}

// The cause of a 5xx isn't answered. It is logged, with the request's id.
func TestServerErrors(t *testing.T) {
	const cause = "the disk of db7 is full"
	for _, c := range []struct {
		err        error
		status     int
		code       string
		retryAfter string
	}{
		{errors.New(cause), 500, "internal", ""},
		{fmt.Errorf("%w: %s", media.ErrStoreMisconfigured, cause), 500, "store-misconfigured", ""},
		{fmt.Errorf("%w: %s", media.ErrUnavailable, cause), 503, "store-unavailable", "5"},
		{fmt.Errorf("%s: %w", cause, context.DeadlineExceeded), 503, "store-unavailable", "5"},
	} {
		logged := &strings.Builder{}
		b := newBench(t, httpapi.Config{Logger: slog.New(slog.NewTextHandler(logged, nil))})
		b.set(func(context.Context) error { return c.err })
		a := b.do("GET", "/media/"+unknown, "", "X-Request-Id: r-1")
		a.refused(t, c.status, c.code)
		if strings.Contains(a.body, cause) || a.header.Get("Retry-After") != c.retryAfter {
			t.Errorf("%v: %v %s", c.err, a.header, a.body)
		}
		if line, _, _ := strings.Cut(logged.String(), "\n"); !strings.Contains(line, cause) || !strings.Contains(line, "request_id=r-1") || !strings.Contains(line, "level=ERROR") {
			t.Errorf("%v: the log says %s", c.err, logged)
		}
	}
}

func TestPanicIsAnswered(t *testing.T) {
	logged := &strings.Builder{}
	b := newBench(t, httpapi.Config{Logger: slog.New(slog.NewTextHandler(logged, nil))})
	b.set(func(context.Context) error { panic("boom") })
	b.do("GET", "/tags/"+unknown, "").refused(t, 500, "internal")
	if !strings.Contains(logged.String(), "boom") || !strings.Contains(logged.String(), "status=500") {
		t.Errorf("the log says %s", logged)
	}
	b.set(func(context.Context) error { panic(http.ErrAbortHandler) })
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler {
			t.Errorf("an aborted answer goes on as %v", cause)
		}
	}()
	b.do("GET", "/tags/"+unknown, "")
}

func TestDeadline(t *testing.T) {
	b := newBench(t, httpapi.Config{RequestTimeout: time.Millisecond})
	b.set(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
	b.do("GET", "/media/"+unknown, "").refused(t, 503, "store-unavailable")
}

func TestOverload(t *testing.T) {
	b := newBench(t, httpapi.Config{MaxInFlight: 1})
	begun, end, done := make(chan bool), make(chan bool), make(chan answer)
	b.set(func(context.Context) error { close(begun); <-end; return nil })
	go func() { done <- b.do("GET", "/tags/"+unknown, "") }()
	<-begun
	a := b.do("GET", "/tags", "")
	a.refused(t, 503, "overloaded")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	b.set(nil)
	close(end)
	(<-done).refused(t, 404, "not-found")
	b.do("GET", "/tags", "").want(t, 200)
}

// A client that stops in the middle of a body takes no place in flight.
func TestSlowBodyIsNotInFlight(t *testing.T) {
	b := newBench(t, httpapi.Config{MaxInFlight: 1})
	body, rest := io.Pipe()
	r := httptest.NewRequest("POST", "/tags", body)
	r.Header.Set("Content-Type", "application/json")
	slow, done := httptest.NewRecorder(), make(chan bool)
	go func() { b.ServeHTTP(slow, r); close(done) }()
	if _, err := io.WriteString(rest, `{"name":`); err != nil { // it returns once that was read
		t.Fatal(err)
	}
	b.do("GET", "/tags", "").want(t, 200)
	_, _ = io.WriteString(rest, `"Beach"}`)
	rest.Close()
	<-done
	if slow.Code != http.StatusCreated {
		t.Errorf("in the end: status %d: %s", slow.Code, slow.Body)
	}
}

func TestRequestID(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	longest := strings.Repeat("a", 128)
	for given, kept := range map[string]bool{
		"a-Z_9": true, "host.example:8080/abc-000001=": true, longest: true, longest + "a": false,
		"a b": false, "": false, "a\tb": false, "a\"b": false, "a\n": false, "ä": false,
	} {
		got := b.do("GET", "/nowhere", "", "X-Request-Id: "+given).header.Get("X-Request-Id")
		if got == "" || (got == given) != kept {
			t.Errorf("%q became %q", given, got)
		}
	}
}

// Each request is logged in one line, with the pattern but not the path or the query.
func TestRequestLog(t *testing.T) {
	logged := &strings.Builder{}
	b := newBench(t, httpapi.Config{Logger: slog.New(slog.NewTextHandler(logged, nil))})
	b.do("GET", "/media/"+unknown+"?disposition=inline", "", "X-Request-Id: r-1").refused(t, 404, "not-found")
	b.do("BREW", "/nowhere?q=secret", "").refused(t, 404, "not-found")
	lines := strings.Split(strings.TrimSpace(logged.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), logged)
	}
	for _, part := range []string{"method=GET", `route="GET /media/{id}"`, "status=404", "ms=", "request_id=r-1"} {
		if !strings.Contains(lines[0], part) {
			t.Errorf("%s is not in %s", part, lines[0])
		}
	}
	if !strings.Contains(lines[1], "route=other") || !strings.Contains(lines[1], "method=other") || strings.Contains(logged.String(), "secret") {
		t.Error(lines[1])
	}
}

// A route that may take longer than the server's write time-out still gets its answer
// through.
func TestSlowRouteOutlivesTheWriteTimeout(t *testing.T) {
	const writeTimeout = 50 * time.Millisecond
	b := newBench(t, httpapi.Config{})
	b.set(func(context.Context) error { <-time.After(4 * writeTimeout); return nil })
	server := httptest.NewUnstartedServer(b)
	server.Config.WriteTimeout = writeTimeout
	server.Start()
	defer server.Close()
	for method, answered := range map[string]bool{http.MethodDelete: true, http.MethodGet: false} {
		req, err := http.NewRequest(method, server.URL+"/tags/"+unknown, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != answered {
			t.Errorf("%s: %v; want an answer: %v", method, err, answered)
		}
	}
}
