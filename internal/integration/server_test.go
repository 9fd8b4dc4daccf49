package integration_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestServerNamesAllWrongSettingsAtOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, buildServer(t))
	cmd.Dir = t.TempDir()
	cmd.Env = []string{
		"MEDIA_UPLOAD_TTL=soon", "MEDIA_MAX_IMAGE_SIZE=200MiX", "MEDIA_DATABASE_URL=mysql://me:hunter2@db/media",
		"MEDIA_PUBLIC_URL=example.com", "MEDIA_CORS_ORIGINS=https://a.example, b.example", "MEDIA_LOG_FORMAT=xml",
		"MEDIA_ALLOWED_TYPES=image/png,image/svg+xml", "MEDIA_S3_PREFIX=/Media/",
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("it ended with %v; want an exit code", err)
	}
	for _, name := range []string{
		"MEDIA_UPLOAD_TTL", "MEDIA_MAX_IMAGE_SIZE", "MEDIA_DATABASE_URL", "MEDIA_PUBLIC_URL",
		"MEDIA_CORS_ORIGINS", "MEDIA_LOG_FORMAT", "MEDIA_ALLOWED_TYPES", "MEDIA_S3_PREFIX",
	} {
		if !strings.Contains(string(out), name) {
			t.Errorf("%s isn't named in %q", name, out)
		}
	}
	if strings.Contains(string(out), "hunter2") {
		t.Errorf("a password is told: %q", out)
	}
	if left, _ := os.ReadDir(cmd.Dir); len(left) > 0 {
		t.Errorf("it made %v before it looked at its settings", left)
	}
}

// TestServerKeeps stops the program and starts it again.
func TestServerKeeps(t *testing.T) {
	onEachSetup(t, func(t *testing.T, environ map[string]string) {
		first := startServer(t, environ)
		content := sample(t, "sample.jpg")
		id := becomeReady(t, first, "sample.jpg", "image/jpeg", content)
		first.stop(t)
		second := startServer(t, environ)
		got := second.do(t, "GET", "/media/"+id, nil).want(t, 200).json
		if back := download(t, got).body; !bytes.Equal(back, content) {
			t.Errorf("%d bytes came back; want %d", len(back), len(content))
		}
	})
}

// TestServerKeepsItsSecret lets a URL outlive the process that signed it.
func TestServerKeepsItsSecret(t *testing.T) {
	t.Parallel()
	environ := setups["embedded"](t)
	first := startServer(t, environ)
	content := sample(t, "sample.png")
	created := first.do(t, "POST", "/media", declare("sample.png", "image/png", content)).want(t, 201).json
	info, err := os.Stat(filepath.Join(environ["MEDIA_DATA_DIR"], "secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret's file: %v, %v; want mode 0600", info, err)
	}
	first.stop(t)
	environ["MEDIA_ADDR"] = strings.TrimPrefix(first.base, "http://")
	startServer(t, environ)
	if status := send(t, created["upload"], content).status; status != http.StatusOK {
		t.Errorf("upload by a URL from before the restart: status %d", status)
	}
}

// becomeReady takes a file through create, upload and finalize, and returns its id.
func becomeReady(t *testing.T, s *server, name, contentType string, content []byte) string {
	t.Helper()
	created := s.do(t, "POST", "/media", declare(name, contentType, content)).want(t, 201).json
	if status := send(t, created["upload"], content).status; status != http.StatusOK {
		t.Fatalf("upload: status %d", status)
	}
	id := created["id"].(string)
	s.do(t, "POST", "/media/finalize", map[string]any{"id": id}).want(t, 200)
	return id
}

// stalledUpload is an upload of which only the first byte has been sent.
type stalledUpload struct {
	rest     *io.PipeWriter
	answered chan int // its status, or 0 if there was no answer
}

func stallUpload(t *testing.T, s *server, content []byte) *stalledUpload {
	t.Helper()
	created := s.do(t, "POST", "/media", declare("sample.png", "image/png", content)).want(t, 201).json
	slow, rest := io.Pipe()
	u := &stalledUpload{rest: rest, answered: make(chan int, 1)}
	request := uploadRequest(t, created["upload"], slow)
	request.ContentLength = int64(len(content))
	go func() {
		got, _ := try(request)
		u.answered <- got.status
	}()
	if _, err := rest.Write(content[:1]); err != nil {
		t.Fatal(err)
	}
	return u
}

// TestServerDrains sends SIGTERM while an upload is under way that takes longer than
// the gateway gets to notice.
func TestServerDrains(t *testing.T) {
	t.Parallel()
	s := startServer(t, setups["embedded"](t))
	content := sample(t, "sample.png")
	upload := stallUpload(t, s, content)
	if ready := s.do(t, "GET", "/readyz", nil).want(t, 200); ready.json["status"] != "ok" {
		t.Errorf("readyz: %s", ready.body)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for status := "ok"; status != "draining"; {
		status, _ = s.do(t, "GET", "/readyz", nil).json["status"].(string)
	}
	within(t, 10*time.Second, func() bool {
		_, err := s.try("GET", "/livez", nil)
		return err != nil // the notice is over: nobody gets in any more
	})
	if _, err := upload.rest.Write(content[1:]); err != nil {
		t.Fatal(err)
	}
	upload.rest.Close()
	if status := <-upload.answered; status != http.StatusOK {
		t.Errorf("the upload under way was answered %d", status)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// TestServerDrainsNoLongerThanItMay sends SIGTERM while an upload stands still for good.
func TestServerDrainsNoLongerThanItMay(t *testing.T) {
	t.Parallel()
	s := startServer(t, setups["embedded"](t))
	stallUpload(t, s, sample(t, "sample.png"))
	begun := time.Now()
	s.stop(t)
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if strings.Contains(s.out.String(), `"level":"ERROR"`) {
		t.Errorf("to cut off a client is no error of the server's:\n%s", s.out)
	}
}

// TestServerSweeps waits for what the server does by itself: a media whose upload never
// came fails, and a tag is counted.
func TestServerSweeps(t *testing.T) {
	onEachSetup(t, func(t *testing.T, environ map[string]string) {
		maps.Copy(environ, map[string]string{"MEDIA_UPLOAD_TTL": "1s", "MEDIA_PENDING_TTL": "1s", "MEDIA_SWEEP_INTERVAL": "100ms"})
		s := startServer(t, environ)
		created := s.do(t, "POST", "/media", declare("a.png", "image/png", sample(t, "sample.png"), "Counted")).want(t, 201).json
		within(t, 30*time.Second, func() bool {
			got := s.do(t, "GET", "/media/"+created["id"].(string), nil).want(t, 200).json
			failure, _ := got["failure"].(map[string]any)
			return got["state"] == "failed" && failure["code"] == "upload-expired"
		})
		within(t, 30*time.Second, func() bool {
			counted := s.do(t, "GET", "/tags?prefix=counted", nil).want(t, 200).json["items"].([]any)
			return counted[0].(map[string]any)["media_count"] == 1.0
		})
	})
}

// within asks again and again until it is so, and fails the test if the time is up.
func within(t *testing.T, limit time.Duration, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !so(); {
		if time.Now().After(deadline) {
			t.Fatalf("not so within %v", limit)
		}
	}
}

// TestServerWarnsOfADatabaseWithoutLimits tells a server that the database is behind a
// pooler, through which it can't set its own time-outs.
func TestServerWarnsOfADatabaseWithoutLimits(t *testing.T) {
	t.Parallel()
	dsn := newEmptyPostgres(t)
	environ := setups["embedded"](t)
	environ["MEDIA_DATABASE_URL"], environ["MEDIA_DATABASE_POOLED"] = dsn, "true"
	limits := []string{"statement_timeout", "lock_timeout"}
	for _, limited := range []bool{false, true} {
		s := startServer(t, environ)
		for _, name := range limits {
			if warned := strings.Contains(s.out.String(), `"setting":"`+name+`"`); warned == limited {
				t.Errorf("database limited: %v, warned of %s: %v\n%s", limited, name, warned, s.out)
			}
		}
		s.do(t, "GET", "/media", nil).want(t, 200)
		s.stop(t)
		for _, name := range limits {
			database := strings.TrimPrefix(parseURL(t, dsn).Path, "/")
			if _, err := openSQL(t, dsn).ExecContext(t.Context(), "ALTER DATABASE "+database+" SET "+name+" = '3s'"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func parseURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestServerAdminAddr(t *testing.T) {
	t.Parallel()
	environ := setups["embedded"](t)
	environ["MEDIA_ADMIN_ADDR"] = "127.0.0.1:0"
	s := startServer(t, environ)
	admin := &server{base: "http://" + s.attr("admin")}
	s.do(t, "GET", "/media", nil).want(t, 200)
	for _, path := range []string{"/livez", "/readyz", "/debug/vars"} {
		s.do(t, "GET", path, nil).want(t, 404)
		admin.do(t, "GET", path, nil).want(t, 200)
	}
	admin.do(t, "GET", "/media", nil).want(t, 404)
	all := admin.do(t, "GET", "/debug/vars", nil).json
	for _, name := range []string{"media", "runtime", "cmdline", "memstats"} {
		if all[name] == nil {
			t.Errorf("no %s among the variables for operators", name)
		}
	}
}

// TestServerBehindAPath has a path in the public URL. The routes must be below it: a gateway
// passes the path on.
func TestServerBehindAPath(t *testing.T) {
	t.Parallel()
	environ := setups["embedded"](t)
	free := startServer(t, environ) // finds a free port
	free.stop(t)
	environ["MEDIA_ADDR"] = strings.TrimPrefix(free.base, "http://")
	environ["MEDIA_PUBLIC_URL"] = free.base + "/api/"
	s := startServer(t, environ)
	s.do(t, "GET", "/livez", nil).want(t, 200)
	s.do(t, "GET", "/media", nil).want(t, 404)
	s.base += "/api"
	content := sample(t, "sample.png")
	id := becomeReady(t, s, "sample.png", "image/png", content)
	got := s.do(t, "GET", "/media/"+id, nil).want(t, 200).json
	if back := download(t, got).body; !bytes.Equal(back, content) {
		t.Errorf("%d bytes came back; want %d", len(back), len(content))
	}
}

// TestServerCORS asks as a browser does before it sends.
func TestServerCORS(t *testing.T) {
	t.Parallel()
	environ := setups["embedded"](t)
	environ["MEDIA_CORS_ORIGINS"] = "https://app.example"
	s := startServer(t, environ)
	content := sample(t, "sample.png")
	created := s.do(t, "POST", "/media", declare("sample.png", "image/png", content)).want(t, 201).json
	upload := uploadRequest(t, created["upload"], http.NoBody)
	for _, asked := range []struct{ method, url, headers string }{
		{"POST", s.base + "/media", "content-type,idempotency-key"},
		{"PATCH", s.base + "/media/x", "content-type,if-match"},
		{"DELETE", s.base + "/media/x", ""},
		{"PUT", upload.URL.String(), "content-type,if-none-match"},
	} {
		target, err := url.Parse(asked.url)
		if err != nil {
			t.Fatal(err)
		}
		for origin, want := range map[string]string{"https://app.example": "https://app.example", "https://evil.example": ""} {
			r := &http.Request{Method: "OPTIONS", URL: target, Header: http.Header{
				"Origin": {origin}, "Access-Control-Request-Method": {asked.method},
			}}
			if asked.headers != "" {
				r.Header.Set("Access-Control-Request-Headers", asked.headers)
			}
			got := roundTrip(t, r.WithContext(t.Context()))
			if allowed := got.header.Get("Access-Control-Allow-Origin"); allowed != want {
				t.Errorf("%s from %s: Access-Control-Allow-Origin %q; want %q", asked.method, origin, allowed, want)
			}
			if headers := got.header.Get("Access-Control-Allow-Headers"); want != "" && headers != asked.headers {
				t.Errorf("%s: Access-Control-Allow-Headers %q; want %q", asked.method, headers, asked.headers)
			}
		}
	}
}
