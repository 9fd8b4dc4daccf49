package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/media"
)

// Texts that no log line, no metric and no answer to a failure may hold. Each has a part
// that would give it away.
const (
	signedQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261124%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Security-Token=sessiontoken&X-Amz-Signature=5eedf00d"
	signedURL   = "https://bucket.s3.example/media/k?" + signedQuery
	localURL    = "http://user:pa55word@host.example/blobs/k?expires=1&sha256=00&signature=5eedf00d"
	dsnURL      = "postgres://dbuser:pa55word@db.example:5432/media?sslmode=disable"
	dsnPairs    = "host=db.example user=media password=pa55word dbname=media"
	dsnQuoted   = `host=db.example password = 'it\'s pa55word' dbname=media`
	authHeader  = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=5eedf00d"
	credentials = "{AccessKeyID:k SecretAccessKey:5ecretkey SessionToken:sessiontoken}"
	encoded     = `{"secret_access_key": "5ecretkey"}`
)

var (
	secrets  = []string{signedURL, signedQuery, localURL, dsnURL, dsnPairs, dsnQuoted, authHeader, credentials, encoded}
	giveaway = []string{"AKIDEXAMPLE", "5eedf00d", "sessiontoken", "pa55word", "dbuser", "db.example:5432", "5ecretkey"}
)

// leakTest collects everything that operators get to see.
type leakTest struct {
	*bench
	seen *strings.Builder
}

func newLeakTest(t *testing.T) leakTest {
	seen := &strings.Builder{}
	c := httpapi.Config{
		Logger: slog.New(slog.NewTextHandler(seen, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Observe: func(route string, status int, _ time.Duration) {
			fmt.Fprintln(seen, "observed", route, status)
		},
	}
	return leakTest{newBench(t, c), seen}
}

// mustHide fails the test if one of the texts has been seen, or if nothing has.
func (l leakTest) mustHide(t *testing.T, texts []string) {
	t.Helper()
	seen := l.seen.String()
	if !strings.Contains(seen, "observed") || !strings.Contains(seen, "msg=request") {
		t.Fatalf("nothing is seen: %s", seen)
	}
	for line := range strings.Lines(seen) {
		for _, text := range texts {
			if strings.Contains(line, text) {
				t.Fatalf("%s is told: %.2000s", text, line)
			}
		}
	}
}

// routed is a request of each route that asks a store through the bench's hook.
var routed = []struct{ method, path, body string }{
	{"POST", "/media", declaration(png)},
	{"GET", "/media", ""},
	{"GET", "/media/" + unknown, ""},
	{"PATCH", "/media/" + unknown, `{"filename":"a"}`},
	{"POST", "/media/" + unknown + "/upload", ""},
	{"POST", "/media/finalize", naming(unknown)},
	{"POST", "/media/tags", `{"ids":["` + unknown + `"],"add":["a"]}`},
	{"POST", "/tags", `{"name":"a"}`},
	{"GET", "/tags", ""},
	{"GET", "/tags/" + unknown, ""},
	{"PATCH", "/tags/" + unknown, `{"name":"a"}`},
	{"POST", "/tags/" + unknown + "/merge", `{"into":"019313a4-6d20-7c5e-9a55-0f2b8d1c4e78"}`},
	{"DELETE", "/tags/" + unknown, ""},
}

// A store's error, or a panic, may hold anything.
func TestFailuresTellNoSecret(t *testing.T) {
	l := newLeakTest(t)
	for _, secret := range secrets {
		transport := &url.Error{Op: "Put", URL: secret, Err: errors.New("connection refused")}
		for name, hook := range map[string]func(context.Context) error{
			"error":         func(context.Context) error { return fmt.Errorf("dial %s: refused", secret) },
			"quoted":        func(context.Context) error { return fmt.Errorf("dial %q: refused", secret) },
			"unavailable":   func(context.Context) error { return fmt.Errorf("%w: %w", media.ErrUnavailable, transport) },
			"misconfigured": func(context.Context) error { return fmt.Errorf("%w: %w", media.ErrStoreMisconfigured, transport) },
			"late":          func(context.Context) error { return fmt.Errorf("%w: %w", transport, context.DeadlineExceeded) },
			"panic":         func(context.Context) error { panic(secret) },
			"panic, error":  func(context.Context) error { panic(transport) },
		} {
			l.set(hook)
			for _, r := range routed {
				a := l.do(r.method, r.path, r.body)
				if a.status < 500 {
					t.Fatalf("%s %s, %s: %d", r.method, r.path, name, a.status)
				}
				for _, text := range giveaway {
					if strings.Contains(a.body, text) {
						t.Errorf("%s %s, %s: %s", r.method, r.path, name, a.body)
					}
				}
			}
		}
	}
	l.mustHide(t, giveaway)
	if !strings.Contains(l.seen.String(), "refused") {
		t.Error("nothing of the causes is left")
	}
}

// A delete succeeds though its bytes stay, and the reason is logged.
func TestPurgeTellsNoSecret(t *testing.T) {
	l := newLeakTest(t)
	for _, secret := range secrets {
		m := l.pending(t, png)
		l.set(func(context.Context) error { return fmt.Errorf("delete %s: refused", secret) })
		l.do("DELETE", "/media/"+m.ID, "").want(t, 204)
		l.set(nil)
	}
	l.mustHide(t, giveaway)
	if !strings.Contains(l.seen.String(), "refused") {
		t.Error("nothing of the causes is left")
	}
}

// Nothing that a client sends is logged, wherever in the request it stands.
func TestRequestsTellNoSecret(t *testing.T) {
	l := newLeakTest(t)
	long := strings.Repeat("5eedf00d", 1<<14)
	for _, secret := range append(slices.Clone(secrets), long) {
		escaped := url.QueryEscape(secret)
		for _, target := range []string{"?" + secret, "?q=" + escaped, "?cursor=" + escaped, "?tag=" + escaped, "?" + escaped, "?%zz" + escaped, "/" + escaped, "//" + escaped} {
			for _, path := range []string{"/media", "/tags", "/media/" + unknown} {
				req := httptest.NewRequest("GET", "/", nil)
				req.URL = &url.URL{Path: path}
				if rest, query := strings.CutPrefix(target, "?"); query {
					req.URL.RawQuery = rest
				} else {
					req.URL.Path += target
				}
				l.send(req)
			}
		}
		for _, r := range routed {
			for _, name := range []string{"X-Request-Id", "Authorization", "Cookie", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Forwarded-For"} {
				l.do(r.method, r.path, r.body, name+": "+secret)
			}
			l.do(r.method, r.path, fmt.Sprintf(`{"name":%q,"filename":%q,%q:1}`, secret, secret, secret))
			l.do(r.method, r.path, secret)
		}
		req := httptest.NewRequest("GET", "/tags", nil)
		req.Method, req.Host, req.RemoteAddr, req.RequestURI = secret, secret, secret, secret
		l.send(req)
	}
	l.mustHide(t, giveaway)
}

// Signed URLs are only in the answers, never in a log or a metric.
func TestHandedOutURLsAreNotTold(t *testing.T) {
	l := newLeakTest(t)
	m := l.ready(t, "Sea")
	var told []string
	for _, u := range []string{
		l.pending(t, png).Upload.Requests[0].URL, m.Download.URL,
		l.do("GET", "/media?tag=sea", "").want(t, http.StatusOK).Items[0].Download.URL,
	} {
		_, query, _ := strings.Cut(u, "?")
		_, signature, _ := strings.Cut(query, "signature=")
		if len(signature) < 32 {
			t.Fatalf("not signed: %s", u)
		}
		told = append(told, query, signature)
	}
	l.mustHide(t, told)
}
