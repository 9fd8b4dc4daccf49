package httpapi_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/media"
)

// However a request ends, it is not in flight afterwards.
func TestPlaceInFlightIsGivenBack(t *testing.T) {
	b := newBench(t, httpapi.Config{MaxInFlight: 1})
	for name, hook := range map[string]func(context.Context) error{
		"answered": nil,
		"failed":   func(context.Context) error { return errors.New("broken") },
		"panicked": func(context.Context) error { panic("broken") },
		"aborted":  func(context.Context) error { panic(http.ErrAbortHandler) },
	} {
		b.set(hook)
		func() {
			defer func() { _ = recover() }() // an abort goes on to the server
			b.do("GET", "/tags", "")
		}()
		b.set(nil)
		if a := b.do("GET", "/tags", ""); a.status != 200 {
			t.Errorf("after one that %s: %d %s", name, a.status, a.body)
		}
	}
}

// A route that may touch millions of rows has a minute, the others have the time that the
// host sets. No route has less than that.
func TestTimeouts(t *testing.T) {
	for _, allowed := range []time.Duration{time.Second, 2 * time.Minute} {
		b := newBench(t, httpapi.Config{RequestTimeout: allowed})
		for _, r := range routed {
			want := allowed
			if strings.HasSuffix(r.path, "/merge") || r.method == "DELETE" {
				want = max(want, time.Minute)
			}
			asked := false
			b.set(func(ctx context.Context) error {
				asked = true
				deadline, ok := ctx.Deadline()
				if left := time.Until(deadline); !ok || left > want || left < want-time.Second/2 {
					t.Errorf("%s %s: %v are left, not %v", r.method, r.path, left, want)
				}
				return nil
			})
			b.do(r.method, r.path, r.body)
			if !asked {
				t.Errorf("%s %s asks no store", r.method, r.path)
			}
		}
	}
}

// An InvalidError is the client's fault, wherever in the domain it comes from.
func TestInvalidErrorIsNoFailureOfTheServer(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	b.set(func(context.Context) error {
		return fmt.Errorf("stored: %w", &fault.InvalidError{Fields: []fault.FieldError{
			{Field: "created_after", Code: fault.CodeInvalid, Detail: "No database holds it."},
			{Field: "created_after", Code: fault.CodeTooLarge, Detail: "Told already."},
			{Field: "filename_contains", Code: fault.CodeTooLong, Detail: "It is long."},
		}})
	})
	want := []string{"/created_after invalid", "/filename_contains too_long"}
	for _, r := range routed {
		a := b.do(r.method, r.path, r.body)
		if r.path == "/media" && r.method == "GET" || r.path == "/tags" && r.method == "GET" {
			if p := a.refused(t, 400, "invalid-parameter"); p.Parameter != "created_after" || p.Detail != "No database holds it." {
				t.Errorf("%s: %s", r.path, a.body)
			}
			continue
		}
		if diff := cmp.Diff(want, a.faults(t)); diff != "" {
			t.Errorf("%s %s: %s", r.method, r.path, diff)
		}
	}
}

// A body with one bad member stores nothing, even if the others are good.
func TestBadBodiesReachNoStore(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.pending(t, png, "Sea")
	b.set(func(context.Context) error { t.Error("a store is asked"); return nil })
	good := strings.TrimSuffix(declaration(png, "Sea"), "}")
	for _, c := range []struct{ method, path, body string }{
		{"POST", "/media", good + `,"x":1}`},
		{"POST", "/media", strings.Replace(good, `["Sea"]`, `["Sea",1]`, 1) + "}"},
		{"POST", "/media", strings.Replace(good, `["Sea"]`, `{}`, 1) + "}"},
		{"PATCH", "/media/" + m.ID, `{"filename":"b.png","x":1}`},
		{"PATCH", "/media/" + m.ID, `{"filename":"b.png","tags":null}`},
		{"PATCH", "/media/" + m.ID, `{"filename":null,"tags":["a"]}`},
		{"POST", "/media/tags", `{"ids":["` + m.ID + `"],"add":["a"],"x":1}`},
		{"POST", "/media/tags", `{"ids":["` + m.ID + `"],"add":["a"],"remove":"Sea"}`},
		{"POST", "/media/finalize", `{"id":"` + m.ID + `","x":1}`},
		{"POST", "/media/" + m.ID + "/upload", `{"x":1}`},
		{"POST", "/tags", `{"name":"a","x":1}`},
		{"PATCH", "/tags/" + m.Tags[0].ID, `{"name":"a","x":1}`},
		{"POST", "/tags/" + m.Tags[0].ID + "/merge", `{"into":"` + unknown + `","x":1}`},
	} {
		b.do(c.method, c.path, c.body).refused(t, 422, "validation-error")
	}
}

// The bytes are removed even if the client that deleted the media has gone.
func TestPurgeOutlivesItsClient(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.ready(t)
	ctx, hangUp := context.WithCancel(t.Context())
	asked := false
	b.set(func(ctx context.Context) error {
		asked = true
		hangUp()
		deadline, ok := ctx.Deadline()
		if left := time.Until(deadline); !ok || left > 2*time.Second {
			t.Errorf("the purge has %v", left)
		}
		return ctx.Err()
	})
	req := httptest.NewRequest("DELETE", "/media/"+m.ID, nil).WithContext(ctx)
	b.ServeHTTP(httptest.NewRecorder(), req)
	if !asked {
		t.Fatal("nothing is purged")
	}
	resp, err := http.Get(m.Download.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("the bytes are still there: %s", resp.Status)
	}
}

// If several versions are named, the update is held to the one that was current. A change
// in between isn't overwritten.
func TestIfMatchOfSeveralIsRaced(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.pending(t, png)
	rename := func(context.Context) error {
		b.set(nil)
		name := "theirs.png"
		_, err := b.config.Media.Update(t.Context(), uuid.MustParse(m.ID), media.UpdateInput{Filename: &name})
		return err
	}
	calls := 0
	b.set(func(ctx context.Context) error {
		if calls++; calls == 3 { // the first was an update of version 9, the second a look
			return rename(ctx)
		}
		return nil
	})
	b.do("PATCH", "/media/"+m.ID, `{"filename":"ours.png"}`, `If-Match: "9.x", "1.x"`).refused(t, 412, "precondition-failed")
	if name := b.do("GET", "/media/"+m.ID, "").want(t, 200).Filename; name != "theirs.png" {
		t.Errorf("filename %q", name)
	}
	current := `If-Match: "9.x", "8.x", "2.x"`
	b.do("PATCH", "/media/"+m.ID, `{"filename":"ours.png"}`, current).want(t, 200)
	b.do("PATCH", "/media/"+m.ID, `{"filename":"late.png"}`, current).refused(t, 412, "precondition-failed")
	b.do("PATCH", "/media/"+m.ID, `{"filename":""}`, `If-Match: "9.x", "8.x"`).refused(t, 422, "validation-error")
	b.do("PATCH", "/media/"+m.ID, `{"filename":""}`, `If-Match: "x"`).refused(t, 422, "validation-error")
	b.do("PATCH", "/media/"+unknown, `{"filename":"a"}`, `If-Match: "9.x", "8.x"`).refused(t, 404, "not-found")
}

// A delete is held to the version that its conditions let pass, however many there are.
func TestConditionsOfDelete(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.ready(t) // at version 2
	path := "/media/" + m.ID
	for _, stale := range []string{`If-Match: "1.x"`, `If-Match: W/"2.x"`, `If-Match: "x"`, `If-Match: "1.x", "9.x"`, "If-None-Match: *"} {
		b.do("DELETE", path, "", stale).refused(t, 412, "precondition-failed")
		b.do("DELETE", "/media/"+unknown, "", stale).refused(t, 404, "not-found")
		b.do("GET", path, "").want(t, 200)
	}
	b.do("PATCH", path, `{"filename":"a.png"}`, "If-None-Match: *").refused(t, 412, "precondition-failed")
	b.do("PATCH", path, `{"filename":"theirs.png"}`).want(t, 200)
	b.do("DELETE", path, "", `If-Match: "9.x", "2.x"`).refused(t, 412, "precondition-failed")
	if a := b.do("DELETE", path, "", `If-Match: "9.x", "3.x"`); a.status != 204 {
		t.Errorf("the current version: %d %s", a.status, a.body)
	}
	b.do("GET", path, "").refused(t, 404, "not-found")
	b.do("DELETE", path, "", `If-Match: "3.x"`).refused(t, 404, "not-found")
	for _, passes := range []string{"If-Match: *", `If-Match: "1.x"`, `If-None-Match: "1.x"`} {
		if a := b.do("DELETE", "/media/"+b.pending(t, png).ID, "", passes); a.status != 204 {
			t.Errorf("%s: %d %s", passes, a.status, a.body)
		}
	}
}

// Odd request lines that a server passes on are answered with problems too.
func TestOddRequestLines(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	server := httptest.NewServer(b)
	defer server.Close()
	for line, want := range map[string]struct {
		status int
		code   string
	}{
		"CONNECT /media":                 {405, "method-not-allowed"},
		"CONNECT example.org:443":        {404, "not-found"},
		"CONNECT //media":                {404, "not-found"},
		"GET //media":                    {404, "not-found"},
		"POST /media//finalize":          {404, "not-found"},
		"GET /media/../tags":             {404, "not-found"},
		"GET /media/%2e%2e/tags":         {404, "not-found"},
		"GET http://elsewhere.org//tags": {404, "not-found"},
		"TRACE /media":                   {405, "method-not-allowed"},
		"GET /media%2f" + unknown:        {404, "not-found"},
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", line)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		answer{resp.StatusCode, resp.Header, string(body)}.refused(t, want.status, want.code)
	}
}
