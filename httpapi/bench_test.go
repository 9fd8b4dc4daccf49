package httpapi_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/tags"
)

// unknown is an id that has the right form, but nothing has it.
const unknown = "019313a4-6d20-7c5e-9a55-0f2b8d1c4e77"

// png is the beginning of a PNG.
var png = append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40\x00\x00\x00\x30"), make([]byte, 52)...)

// bench is the API over the fakes. It has a clock that a test turns, and a hook that is
// called before each call of a repository.
type bench struct {
	http.Handler
	config httpapi.Config

	mu   sync.Mutex
	at   time.Time
	hook func(context.Context) error
}

func newBench(t testing.TB, c httpapi.Config) *bench {
	t.Helper()
	b := &bench{at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	blobs := memblob.New(&memblob.Options{Now: b.now})
	server := httptest.NewServer(blobs)
	t.Cleanup(server.Close)
	blobs.SetBaseURL(server.URL)

	store := memory.New()
	var err error
	if c.Media, err = media.NewService(hookedMedia{store.Media(), b}, blobs, &media.Options{Now: b.now}); err != nil {
		t.Fatal(err)
	}
	if c.Tags, err = tags.NewService(hookedTags{store.Tags(), b}, &tags.Options{Now: b.now}); err != nil {
		t.Fatal(err)
	}
	b.config = c
	if b.Handler, err = httpapi.New(c); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) turn(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

// set sets the hook, or removes it with nil. If a hook fails, so does the repository's call.
func (b *bench) set(hook func(context.Context) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hook = hook
}

func (b *bench) call(ctx context.Context) error {
	b.mu.Lock()
	hook := b.hook
	b.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(ctx)
}

// answer is what came back for a request.
type answer struct {
	status int
	header http.Header
	body   string
}

// do makes a request: a body is JSON, and a header is written "Name: value".
func (b *bench) do(method, target, body string, headers ...string) answer {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	fresh := map[string]bool{}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if !fresh[name] {
			req.Header.Del(name)
		}
		fresh[name] = true
		req.Header.Add(name, value)
	}
	return b.send(req)
}

func (b *bench) send(req *http.Request) answer {
	rec := httptest.NewRecorder()
	b.ServeHTTP(rec, req)
	return answer{rec.Code, rec.Header(), rec.Body.String()}
}

// thing has the members of media, tags, uploads, pages and problems that tests look at.
type thing struct {
	ID, Name, State, Filename, SHA256 string
	Tags                              []thing
	Upload, Download                  *signed
	Failure                           *struct{ Code, Reason string }
	Items                             []thing
	NextCursor                        string `json:"next_cursor"`
	MediaCount                        *int   `json:"media_count"`

	Type, Code, Title, Detail string
	Parameter, Reason, Found  string
	Status                    int
	Missing                   []string
	Existing                  *thing
	Errors                    []struct{ Pointer, Code, Detail string }
}

type signed struct {
	Method, URL string
	Headers     map[string]string
	Requests    []signed
}

func (a answer) read(t testing.TB) thing {
	t.Helper()
	var v thing
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%v: %d %s", err, a.status, a.body)
	}
	return v
}

// want fails the test unless the status is as expected, and returns the body.
func (a answer) want(t testing.TB, status int) thing {
	t.Helper()
	if a.status != status {
		t.Fatalf("got %d; want %d: %s", a.status, status, a.body)
	}
	if a.body == "" {
		return thing{}
	}
	return a.read(t)
}

// refused fails the test unless the answer is a complete problem with the code.
func (a answer) refused(t testing.TB, status int, code string) thing {
	t.Helper()
	p := a.read(t)
	if a.status != status || p.Code != code {
		t.Fatalf("got %d %s; want %d %s: %s", a.status, p.Code, status, code, a.body)
	}
	if p.Status != status || p.Type != "urn:mediakit:problem:"+code || p.Title == "" || p.Detail == "" {
		t.Errorf("not a whole problem: %s", a.body)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type: %q", got)
	}
	if strings.Contains(a.body, "httpapi:") || strings.Contains(a.body, "media:") {
		t.Errorf("an error's own text is told: %s", a.body)
	}
	return p
}

// faults lists the members of a validation-error, as "pointer code".
func (a answer) faults(t testing.TB) []string {
	t.Helper()
	var got []string
	for _, f := range a.refused(t, 422, "validation-error").Errors {
		if f.Detail == "" {
			t.Errorf("%s has no detail", f.Pointer)
		}
		got = append(got, f.Pointer+" "+f.Code)
	}
	return got
}

// declaration is a body of POST /media for the content.
func declaration(content []byte, tagNames ...string) string {
	sum := sha256.Sum256(content)
	names, _ := json.Marshal(append([]string{}, tagNames...))
	return fmt.Sprintf(`{"filename":"a.png","content_type":"image/png","size":%d,"sha256":%q,"tags":%s}`,
		len(content), hex.EncodeToString(sum[:]), names)
}

func naming(id string) string { return fmt.Sprintf(`{"id":%q}`, id) }

// put uploads content with the request that was signed for it.
func put(t testing.TB, up signed, content []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), up.Method, up.URL, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range up.Headers {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		t.Fatalf("upload: %s", resp.Status)
	}
}

// pending makes a media that waits for its content.
func (b *bench) pending(t testing.TB, content []byte, tagNames ...string) thing {
	t.Helper()
	b.turn(time.Millisecond)
	return b.do("POST", "/media", declaration(content, tagNames...)).want(t, 201)
}

// ready makes a media and brings it to be ready.
func (b *bench) ready(t testing.TB, tagNames ...string) thing {
	t.Helper()
	m := b.pending(t, png, tagNames...)
	put(t, m.Upload.Requests[0], png)
	return b.do("POST", "/media/finalize", naming(m.ID)).want(t, 200)
}
