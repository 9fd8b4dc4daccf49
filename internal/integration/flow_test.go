package integration_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is the real program, started on a free port.
type server struct {
	base string
	cmd  *exec.Cmd
	out  *lockedBuffer
}

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

// buildServer returns the path of the program.
func buildServer(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "server")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/seed-f0df946f/mediakit/examples/server")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// startServer runs the program on containers until the test ends.
func startServer(t *testing.T, environ map[string]string) *server {
	t.Helper()
	s := &server{cmd: exec.Command(buildServer(t)), out: &lockedBuffer{}}
	for name, value := range environ {
		s.cmd.Env = append(s.cmd.Env, name+"="+value)
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })
	s.base = "http://" + s.awaitAddr(t, stdout)
	return s
}

// awaitAddr reads the log until it names the address, and goes on reading it in
// the background.
func (s *server) awaitAddr(t *testing.T, stdout io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		fmt.Fprintln(s.out, lines.Text())
		var line struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			go func() {
				for lines.Scan() {
					fmt.Fprintln(s.out, lines.Text())
				}
			}()
			return line.Addr
		}
	}
	t.Fatalf("the server ended before it listened:\n%s", s.out)
	return ""
}

// stop asks the program to end, and holds it to doing so.
func (s *server) stop(t *testing.T) {
	if s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v:\n%s", err, s.out)
	}
}

func serverOnContainers(t *testing.T) *server {
	t.Helper()
	environ := s3Settings(t)
	_, bucket := newBucket(t)
	maps.Copy(environ, map[string]string{
		"MEDIA_ADDR": "127.0.0.1:0", "MEDIA_DATABASE_URL": newEmptyPostgres(t), "MEDIA_S3_BUCKET": bucket,
	})
	return startServer(t, environ)
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

func (s *server) do(t *testing.T, method, path string, body any) answer {
	t.Helper()
	var payload io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		payload = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.base+path, payload)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return roundTrip(t, r)
}

func roundTrip(t *testing.T, r *http.Request) answer {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(a.body, &a.json); err != nil {
			t.Fatalf("%s %s: %v in %s", r.Method, r.URL.Path, err, a.body)
		}
	}
	return a
}

func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d; want %d: %s", a.status, status, a.body)
	}
	return a
}

// send makes the first request of an upload with the file's bytes.
func send(t *testing.T, upload any, content []byte) answer {
	t.Helper()
	request := upload.(map[string]any)["requests"].([]any)[0].(map[string]any)
	r, err := http.NewRequestWithContext(t.Context(), request["method"].(string), request["url"].(string), bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range request["headers"].(map[string]any) {
		r.Header.Set(name, value.(string))
	}
	return roundTrip(t, r)
}

func declare(name, contentType string, content []byte, tags ...string) map[string]any {
	sum := sha256.Sum256(content)
	return map[string]any{
		"filename": name, "content_type": contentType, "size": len(content),
		"sha256": hex.EncodeToString(sum[:]), "tags": append([]string{}, tags...),
	}
}

func download(t *testing.T, media map[string]any) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", media["download"].(map[string]any)["url"].(string), nil)
	if err != nil {
		t.Fatal(err)
	}
	return roundTrip(t, r)
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "media", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// samples are files of real encoders and the types that clients declare for them.
var samples = map[string]string{
	"sample.jpg": "image/jpeg", "sample.png": "image/png", "sample.gif": "image/gif", "sample.webp": "image/webp",
	"sample.avif": "image/avif", "sample.heic": "image/heic", "sample.bmp": "image/bmp",
	"sample.mp4": "video/mp4", "sample-msnv.mp4": "video/mp4", "sample.mov": "video/quicktime", "sample.m4v": "video/x-m4v",
	"sample.webm": "video/webm", "sample.mkv": "video/x-matroska", "sample.mpeg": "video/mpeg", "sample.ogv": "video/ogg",
	"sample.3gp": "video/3gpp", "sample.avi": "video/x-msvideo",
}

func TestFlow(t *testing.T) {
	t.Parallel()
	s := serverOnContainers(t)
	s.do(t, "GET", "/livez", nil).want(t, 200)
	for name, contentType := range samples {
		t.Run(name, func(t *testing.T) { wholeLife(t, s, name, contentType) })
	}
	refused, err := os.ReadDir("testdata/media/refused")
	if err != nil || len(refused) < 3 {
		t.Fatalf("%d files to refuse, %v; want HTML, SVG and ZIP", len(refused), err)
	}
	for _, file := range refused {
		t.Run("refused "+file.Name(), func(t *testing.T) { refuse(t, s, filepath.Join("refused", file.Name())) })
	}
	for _, secret := range []string{"X-Amz-Signature", "X-Amz-Credential", s3Settings(t)["AWS_SECRET_ACCESS_KEY"], "postgres://"} {
		if strings.Contains(s.out.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// wholeLife is all that a client does with one file.
func wholeLife(t *testing.T, s *server, name, contentType string) {
	content := sample(t, name)
	created := s.do(t, "POST", "/media", declare(name, contentType, content, "All", name)).want(t, 201)
	id := created.json["id"].(string)
	if location := created.header.Get("Location"); location != "/media/"+id {
		t.Errorf("Location %q", location)
	}
	if code := s.do(t, "POST", "/media/finalize", map[string]any{"id": id}).want(t, 409).json["code"]; code != "upload-incomplete" {
		t.Errorf("finalize before the upload: %v", code)
	}
	if status := send(t, created.json["upload"], append(bytes.Clone(content[:len(content)-1]), content[len(content)-1]^1)).status; status/100 != 4 {
		t.Errorf("other bytes: status %d; want 4xx", status)
	}
	upload := s.do(t, "POST", "/media/"+id+"/upload", nil).want(t, 200).json
	if status := send(t, upload, content).status; status/100 != 2 {
		t.Fatalf("upload: status %d", status)
	}
	if status := send(t, upload, content).status; status != http.StatusPreconditionFailed {
		t.Errorf("second upload: status %d; want 412", status)
	}
	ready := s.do(t, "POST", "/media/finalize", map[string]any{"id": id}).want(t, 200).json
	if ready["state"] != "ready" || ready["sha256_status"] != "verified" {
		t.Errorf("finalized: %v", ready)
	}
	got := s.do(t, "GET", "/media/"+id+"?disposition=attachment", nil).want(t, 200).json
	file := download(t, got)
	if !bytes.Equal(file.body, content) || file.header.Get("Content-Type") != contentType {
		t.Errorf("downloaded %d bytes of %s; want %d of %s", len(file.body), file.header.Get("Content-Type"), len(content), contentType)
	}
	if d := file.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || !strings.Contains(d, name) {
		t.Errorf("Content-Disposition %q", d)
	}
	listed := s.do(t, "GET", "/media?tag=ALL&tag="+url.QueryEscape(strings.ToUpper(name)), nil).want(t, 200).json["items"].([]any)
	if len(listed) != 1 || listed[0].(map[string]any)["id"] != id {
		t.Errorf("listed by tags: %v", listed)
	}
	s.do(t, "PATCH", "/media/"+id, map[string]any{"tags": []string{"Kept " + name}}).want(t, 200)
	if items := s.do(t, "GET", "/media?tag="+url.QueryEscape(name), nil).want(t, 200).json["items"].([]any); len(items) != 0 {
		t.Errorf("listed by a tag that it carries no more: %v", items)
	}
	s.do(t, "DELETE", "/media/"+id, nil).want(t, 204)
	s.do(t, "GET", "/media/"+id, nil).want(t, 404)
	if status := download(t, got).status; status != http.StatusNotFound {
		t.Errorf("download after the delete: status %d; want 404: its bytes are there", status)
	}
}

// refuse sends a file that is no picture under a picture's name.
func refuse(t *testing.T, s *server, name string) {
	content := sample(t, name)
	created := s.do(t, "POST", "/media", declare("picture.png", "image/png", content)).want(t, 201).json
	if status := send(t, created["upload"], content).status; status/100 != 2 {
		t.Fatalf("upload: status %d", status)
	}
	rejected := s.do(t, "POST", "/media/finalize", map[string]any{"id": created["id"]}).want(t, 422).json
	if rejected["code"] != "upload-rejected" || rejected["reason"] != "content-mismatch" {
		t.Errorf("finalized: %v", rejected)
	}
	// The object is gone: the same URL may write again what "only if nothing is
	// there" would refuse.
	if status := send(t, created["upload"], content).status; status/100 != 2 {
		t.Errorf("its object is still there: status %d", status)
	}
	failed := s.do(t, "GET", "/media/"+created["id"].(string), nil).want(t, 200).json
	if failed["state"] != "failed" || failed["download"] != nil {
		t.Errorf("rejected: %v", failed)
	}
}

func TestServerNamesAllWrongSettingsAtOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, buildServer(t))
	cmd.Env = []string{"MEDIA_UPLOAD_TTL=soon", "MEDIA_MAX_IMAGE_SIZE=200MiX"}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("it ended with %v; want an exit code", err)
	}
	for _, name := range []string{"MEDIA_DATABASE_URL", "MEDIA_S3_BUCKET", "MEDIA_UPLOAD_TTL", "MEDIA_MAX_IMAGE_SIZE"} {
		if !slices.ContainsFunc(strings.Split(string(out), "\n"), func(line string) bool { return strings.Contains(line, name) }) {
			t.Errorf("%s isn't named in %q", name, out)
		}
	}
}
