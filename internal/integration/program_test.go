package integration_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// server is the real program, started on a free port.
type server struct {
	base      string
	listening map[string]any // the log line that says so
	cmd       *exec.Cmd
	out       *lockedBuffer
}

// attr is an attribute of the log line that says where the program listens.
func (s *server) attr(name string) string {
	value, _ := s.listening[name].(string)
	return value
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
	program, err := builtServer()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

var builtServer = sync.OnceValues(func() (string, error) { return build("server") })

// build returns the path of an example's program.
func build(example string) (string, error) {
	dir, err := os.MkdirTemp("", "mediakit")
	if err != nil {
		return "", err
	}
	atEnd(func() { _ = os.RemoveAll(dir) })
	program := filepath.Join(dir, example)
	out, err := exec.Command("go", "build", "-o", program, "github.com/seed-f0df946f/mediakit/examples/"+example).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return program, nil
}

// startServer runs the program until the test ends.
func startServer(t *testing.T, environ map[string]string) *server {
	t.Helper()
	return startProgram(t, exec.Command(buildServer(t)), environ)
}

// startProgram does the same with another command, which must become the program.
func startProgram(t *testing.T, cmd *exec.Cmd, environ map[string]string) *server {
	t.Helper()
	s := &server{cmd: cmd, out: &lockedBuffer{}}
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
	t.Cleanup(func() {
		told := s.vars()
		s.stop(t)
		keepsSecrets(t, environ, told+s.out.String())
	})
	s.awaitListening(t, stdout)
	s.base = "http://" + s.attr("addr")
	return s
}

// vars returns what the program tells at /debug/vars, or nothing if it has ended.
func (s *server) vars() string {
	admin := &server{base: "http://" + s.attr("admin")}
	if s.attr("admin") == "" {
		admin.base = "http://" + s.attr("addr")
	}
	vars, _ := admin.try("GET", "/debug/vars", nil)
	return string(vars.body)
}

// keepsSecrets fails the test if a program told a signed URL's query, a secret or a DSN.
func keepsSecrets(t *testing.T, environ map[string]string, told string) {
	t.Helper()
	secrets := []string{"X-Amz-Signature", "X-Amz-Credential", "signature=", "postgres://"}
	for _, name := range []string{"AWS_SECRET_ACCESS_KEY", "MEDIA_DATABASE_URL"} {
		if value := environ[name]; value != "" {
			secrets = append(secrets, value)
		}
	}
	if secret, err := os.ReadFile(filepath.Join(environ["MEDIA_DATA_DIR"], "secret")); err == nil {
		secrets = append(secrets, string(secret))
	}
	for _, secret := range secrets {
		if strings.Contains(told, secret) {
			t.Errorf("what the program told holds %q", secret)
		}
	}
}

// awaitListening reads the log until it says that the program listens. From then on it
// reads it in the background.
func (s *server) awaitListening(t *testing.T, stdout io.Reader) {
	t.Helper()
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		fmt.Fprintln(s.out, lines.Text())
		s.listening = nil
		if json.Unmarshal(lines.Bytes(), &s.listening) == nil && s.listening["msg"] == "listening" {
			go func() {
				for lines.Scan() {
					fmt.Fprintln(s.out, lines.Text())
				}
			}()
			return
		}
	}
	t.Fatalf("the server ended before it listened:\n%s", s.out)
}

// failures are the causes of 5xx that the program logged.
func (s *server) failures() string {
	var failed []string
	for line := range strings.Lines(s.out.String()) {
		if strings.Contains(line, `"msg":"request failed"`) {
			failed = append(failed, line)
		}
	}
	return strings.Join(failed, "")
}

// stop asks the program to end, and fails the test if it doesn't end well.
func (s *server) stop(t *testing.T) {
	if s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v:\n%s", err, s.out)
	}
}

// kill ends the program as a power cut would.
func (s *server) kill(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait() // its error is the signal
}

// setups are what the program can run on: the embedded default, and containers.
var setups = map[string]func(*testing.T) (environ map[string]string){
	"embedded": func(t *testing.T) map[string]string {
		return map[string]string{"MEDIA_ADDR": "127.0.0.1:0", "MEDIA_DATA_DIR": filepath.Join(t.TempDir(), "data")}
	},
	"containers": func(t *testing.T) map[string]string {
		environ := s3Settings(t)
		_, bucket := newBucket(t)
		maps.Copy(environ, map[string]string{
			"MEDIA_ADDR": "127.0.0.1:0", "MEDIA_DATABASE_URL": newEmptyPostgres(t), "MEDIA_S3_BUCKET": bucket,
		})
		return environ
	},
}

// onEachSetup runs the test on each set-up.
func onEachSetup(t *testing.T, test func(*testing.T, map[string]string)) {
	t.Parallel()
	for name, setup := range setups {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, setup(t))
		})
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

// request makes a request with a JSON body, or with none if body is nil.
func (s *server) request(method, path string, body any) (*http.Request, error) {
	var payload io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		payload = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, s.base+path, payload)
	if err == nil && body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, err
}

// try makes such a request and sends it.
func (s *server) try(method, path string, body any) (answer, error) {
	r, err := s.request(method, path, body)
	if err != nil {
		return answer{}, err
	}
	return try(r)
}

func try(r *http.Request) (answer, error) {
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		return answer{}, err
	}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(a.body, &a.json); err != nil {
			return answer{}, fmt.Errorf("%s %s: %w in %s", r.Method, r.URL.Path, err, a.body)
		}
	}
	return a, nil
}

func (s *server) do(t *testing.T, method, path string, body any) answer {
	t.Helper()
	a, err := s.try(method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func roundTrip(t *testing.T, r *http.Request) answer {
	t.Helper()
	a, err := try(r)
	if err != nil {
		t.Fatal(err)
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

// uploadRequest is the first request of an upload.
func uploadRequest(t *testing.T, upload any, content io.Reader) *http.Request {
	t.Helper()
	request := upload.(map[string]any)["requests"].([]any)[0].(map[string]any)
	r, err := http.NewRequest(request["method"].(string), request["url"].(string), content)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range request["headers"].(map[string]any) {
		r.Header.Set(name, value.(string))
	}
	return r
}

// send makes the first request of an upload with the file's bytes.
func send(t *testing.T, upload any, content []byte) answer {
	t.Helper()
	return roundTrip(t, uploadRequest(t, upload, bytes.NewReader(content)))
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
