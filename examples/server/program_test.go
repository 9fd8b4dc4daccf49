package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// running is the server in this process.
type running struct {
	base string // where clients reach it
	log  *lockedBuffer
	end  func() error // ends it and returns its error
}

// lockedBuffer is written to by many.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// embedded returns settings of an address and a data directory of the test's own, with
// others over them.
func embedded(t *testing.T, over map[string]string) map[string]string {
	t.Helper()
	environ := map[string]string{"MEDIA_ADDR": "127.0.0.1:0", "MEDIA_DATA_DIR": filepath.Join(t.TempDir(), "data"), "MEDIA_LOG_FORMAT": "json"}
	maps.Copy(environ, over)
	return environ
}

// start runs the server until the test ends.
func start(t *testing.T, environ map[string]string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	greeting, stderr := io.Pipe()
	s := &running{log: new(lockedBuffer)}
	ended := make(chan error, 1)
	s.end = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	p := program{environ: environ, vars: newVars(), pace: pace{limit: usualPace.limit}, stdout: s.log, stderr: stderr}
	go func() {
		err := p.run(ctx)
		stderr.CloseWithError(fmt.Errorf("it has ended: %w", err))
		ended <- err
	}()
	t.Cleanup(func() {
		if err := s.end(); err != nil {
			t.Errorf("the server ended with %v\n%s", err, s.log)
		}
	})
	s.base = greeted(t, greeting)
	return s
}

var firstCurl = regexp.MustCompile(`curl (http://\S+)/media\n`)

// greeted returns the URL that the server greets with.
func greeted(t *testing.T, greeting io.Reader) string {
	t.Helper()
	var text []byte
	for piece := make([]byte, 1024); ; {
		n, err := greeting.Read(piece)
		text = append(text, piece[:n]...)
		if found := firstCurl.FindSubmatch(text); found != nil {
			go func() { _, _ = io.Copy(io.Discard, greeting) }()
			return string(found[1])
		}
		if err != nil {
			t.Fatalf("the server greets with %q: %v", text, err)
		}
	}
}

// listening is the line that the server logs once it listens.
func (s *running) listening(t *testing.T) map[string]string {
	t.Helper()
	for t.Context().Err() == nil { // it follows the greeting
		for line := range strings.Lines(s.log.String()) {
			var attrs map[string]string
			if json.Unmarshal([]byte(line), &attrs) == nil && attrs["msg"] == "listening" {
				return attrs
			}
		}
	}
	return nil
}

// refusesToStart runs the server with settings that can't work, and returns why it ends.
func refusesToStart(t *testing.T, environ map[string]string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := program{environ: environ, vars: newVars(), stdout: io.Discard, stderr: io.Discard}
	err := p.run(ctx)
	if err == nil {
		t.Fatal("it starts")
	}
	return err.Error()
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// json reads the body.
func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		t.Fatalf("%v in %d %s", err, a.status, a.body)
	}
	return body
}

// ask makes a request; header is pairs of name and value, and a Host is the request's.
func ask(t *testing.T, method, url, body string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	r.Host = r.Header.Get("Host")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

// ask asks the server.
func (s *running) ask(t *testing.T, method, path, body string, header ...string) answer {
	t.Helper()
	return ask(t, method, s.base+path, body, header...)
}

// gif is a picture of one pixel.
var gif = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

// declared is the body that creates a media of content.
func declared(contentType string, content []byte) string {
	return fmt.Sprintf(`{"filename":"a","content_type":%q,"size":%d,"sha256":"%x","tags":["Tag"]}`, contentType, len(content), sha256.Sum256(content))
}

// create creates a media of the gif.
func (s *running) create(t *testing.T) map[string]any {
	t.Helper()
	created := s.ask(t, "POST", "/media", declared("image/gif", gif))
	if created.status != http.StatusCreated {
		t.Fatalf("create: %d %s", created.status, created.body)
	}
	return created.json(t)
}

// request is the first one of a media's upload.
func request(media map[string]any) (url string, header []string) {
	first := media["upload"].(map[string]any)["requests"].([]any)[0].(map[string]any)
	for name, value := range first["headers"].(map[string]any) {
		header = append(header, name, value.(string))
	}
	return first["url"].(string), header
}

// finalized takes a media of the gif through create, upload and finalize.
func (s *running) finalized(t *testing.T) map[string]any {
	t.Helper()
	created := s.create(t)
	url, header := request(created)
	if a := ask(t, "PUT", url, string(gif), header...); a.status != http.StatusOK {
		t.Fatalf("upload: %d %s", a.status, a.body)
	}
	a := s.ask(t, "POST", "/media/finalize", fmt.Sprintf(`{"id":%q}`, created["id"]))
	if a.status != http.StatusOK {
		t.Fatalf("finalize: %d %s", a.status, a.body)
	}
	return a.json(t)
}

func TestProgram(t *testing.T) {
	t.Parallel()
	s := start(t, embedded(t, nil))
	ready := s.finalized(t)
	back := ask(t, "GET", ready["download"].(map[string]any)["url"].(string), "")
	if back.body != string(gif) {
		t.Errorf("%d bytes came back; want %d", len(back.body), len(gif))
	}
	if err := s.end(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	for _, line := range []string{`"msg":"listening"`, `"msg":"draining"`, `"method":"PUT","route":"/blobs/","status":200,"ms":`, `"method":"GET","route":"/blobs/"`} {
		if !strings.Contains(s.log.String(), line) {
			t.Errorf("the log has no line with %s:\n%s", line, s.log)
		}
	}
	if strings.Contains(s.log.String(), "signature") || strings.Contains(s.log.String(), `"level":"ERROR"`) {
		t.Errorf("the log:\n%s", s.log)
	}
}

// TestPathsOfNobody asks for what an http.ServeMux would answer by itself.
func TestPathsOfNobody(t *testing.T) {
	t.Parallel()
	s := start(t, embedded(t, nil))
	for _, c := range []struct{ method, path string }{{"POST", "//media"}, {"GET", "/media/../tags"}, {"CONNECT", "/media"}, {"CONNECT", ""}, {"GET", "/nothing"}} {
		got := s.ask(t, c.method, c.path, "")
		if got.header.Get("Content-Type") != "application/problem+json" || got.status != 404 && got.status != 405 {
			t.Errorf("%s %s: %d %s: %s", c.method, c.path, got.status, got.header.Get("Content-Type"), got.body)
		}
	}
}

func TestDebugVars(t *testing.T) {
	t.Parallel()
	s := start(t, embedded(t, map[string]string{"MEDIA_SWEEP_INTERVAL": "0"}))
	s.ask(t, "GET", "/media", "")
	page := s.ask(t, "GET", "/debug/vars", "").json(t)
	if len(page) != 2 {
		t.Errorf("in public stand %v; want media and runtime", page)
	}
	requests := page["media"].(map[string]any)["requests"].(map[string]any)
	if count := requests["GET /media"].(map[string]any)["count"]; count != 1.0 {
		t.Errorf("requests: %v", requests)
	}
	if due := page["media"].(map[string]any)["sweep"].(map[string]any)["oldest_due_s"]; due != 0.0 {
		t.Errorf("the oldest was due for %v s though there is no sweep", due)
	}
	runtime := page["runtime"].(map[string]any)
	if goroutines, _ := runtime["goroutines"].(float64); goroutines < 1 {
		t.Errorf("runtime: %v", runtime)
	}
	if _, ok := runtime["live_heap_bytes"].(float64); !ok { // it is 0 before the first collection
		t.Errorf("runtime: %v", runtime)
	}
}

// TestOperatorsMethods: what operators reach can only be read, and refuses as the API does.
func TestOperatorsMethods(t *testing.T) {
	h := &health{database: &check{ask: ok}, blobs: &check{ask: ok}}
	api := &routes{admin: adminRoutes(h, newVars())}
	ask := func(method, path string) answer {
		w, r := httptest.NewRecorder(), httptest.NewRequest(method, "/", nil)
		r.URL.Path = path
		api.ServeHTTP(w, r)
		return answer{w.Code, w.Header(), w.Body.String()}
	}
	for _, path := range adminPaths {
		for _, method := range []string{"POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "BREW"} {
			a := ask(method, path)
			if a.status != 405 || a.header.Get("Allow") != "GET, HEAD" || a.header.Get("Content-Type") != "application/problem+json" || a.json(t)["code"] != "method-not-allowed" {
				t.Errorf("%s %s: %d %v %s", method, path, a.status, a.header, a.body)
			}
		}
		for _, method := range []string{"GET", "HEAD"} {
			if a := ask(method, path); a.status != 200 {
				t.Errorf("%s %s: %d %s", method, path, a.status, a.body)
			}
		}
	}
}

func TestAdminAddress(t *testing.T) {
	t.Parallel()
	s := start(t, embedded(t, map[string]string{"MEDIA_ADMIN_ADDR": "127.0.0.1:0"}))
	admin := "http://" + s.listening(t)["admin"]
	for _, path := range adminPaths {
		if a := s.ask(t, "GET", path, ""); a.status != http.StatusNotFound {
			t.Errorf("%s in public: %d", path, a.status)
		}
		if a := ask(t, "GET", admin+path, ""); a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if all := ask(t, "GET", admin+"/debug/vars", "").json(t); all["cmdline"] == nil || all["memstats"] == nil {
		t.Errorf("the operators' page holds %v", all)
	}
	for _, path := range []string{"/media", "//livez", "/"} {
		a := ask(t, "GET", admin+path, "")
		if a.status != http.StatusNotFound || a.header.Get("Content-Type") != "application/problem+json" || a.json(t)["code"] != "not-found" {
			t.Errorf("%s at the operators' address: %d %s", path, a.status, a.body)
		}
	}
	if a := ask(t, "GET", admin+"/debug/vars", "", "Host", "rebound.example"); a.status != http.StatusMisdirectedRequest {
		t.Errorf("a foreign host at the operators' address: %d", a.status)
	}
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	s := start(t, embedded(t, nil))
	taken := strings.Replace(strings.TrimPrefix(s.base, "http://"), "localhost", "127.0.0.1", 1)
	if why := refusesToStart(t, embedded(t, map[string]string{"MEDIA_ADDR": taken})); !strings.HasPrefix(why, "MEDIA_ADDR: ") || !strings.Contains(why, taken) {
		t.Error(why)
	}
	if why := refusesToStart(t, embedded(t, map[string]string{"MEDIA_ADMIN_ADDR": taken})); !strings.HasPrefix(why, "MEDIA_ADMIN_ADDR: ") || !strings.Contains(why, taken) {
		t.Error(why)
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	const page = "https://app.example"
	s := start(t, embedded(t, map[string]string{"MEDIA_CORS_ORIGINS": page}))
	exposed := s.ask(t, "GET", "/media", "", "Origin", page).header.Get("Access-Control-Expose-Headers")
	for _, name := range []string{"Etag", "Link", "Location", "Retry-After", "X-Request-Id"} {
		if !strings.Contains(", "+strings.ToLower(exposed)+",", ", "+strings.ToLower(name)+",") {
			t.Errorf("a page can't read %s, only %s", name, exposed)
		}
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		for origin, want := range map[string]string{page: page, "https://other.example": ""} {
			a := s.ask(t, "OPTIONS", "/media", "", "Origin", origin, "Access-Control-Request-Method", method)
			if got := a.header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s from %s: allowed to %q; want %q", method, origin, got, want)
			}
		}
	}
}
