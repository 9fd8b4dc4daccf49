package integration_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// maxInFlight is how many requests the server works on at once.
const maxInFlight = 256

// TestServerOverloaded has a silent database, so that as many requests are in flight as
// there may be. Each further one must be told at once to come back, and none of those in
// flight may be lost when the database speaks again.
func TestServerOverloaded(t *testing.T) {
	t.Parallel()
	s := startFaulty(t)
	s.do(t, "GET", "/media", nil).want(t, 200) // there is a connection
	s.database.set(fault{silent: true})
	const more = 20
	answers, failures := make(chan answer, maxInFlight+more), make(chan error, maxInFlight+more)
	for range maxInFlight + more {
		go func() {
			a, err := s.try("GET", "/media", nil)
			answers <- a
			failures <- err
		}()
	}
	for range more {
		a := <-answers
		if err := errors.Join(<-failures, wantStatus(a, http.StatusServiceUnavailable)); err != nil {
			t.Fatal(err)
		}
		if a.json["code"] != "overloaded" || a.header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q: %s", a.header.Get("Retry-After"), a.body)
		}
	}
	s.do(t, "GET", "/livez", nil).want(t, 200)
	s.database.set(fault{})
	for range maxInFlight {
		a := <-answers
		if err := <-failures; err != nil || a.status != http.StatusOK && a.json["code"] != "store-unavailable" {
			t.Errorf("of those in flight: %d %s, %v", a.status, a.body, err)
		}
	}
	s.recovers(t, []call{readMedia})
}

// TestServerLimits sends what is too large or too slow. Each request has a connection of
// its own, since no client would send it so.
func TestServerLimits(t *testing.T) {
	t.Parallel()
	s := startServer(t, setups["embedded"](t))
	const create = "POST /media HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
	var all sync.WaitGroup
	for name, c := range map[string]struct {
		sent   string
		status int // 0: the connection ends without an answer
		within time.Duration
	}{
		"headers of 15 KiB":        {"GET /tags HTTP/1.1\r\nHost: localhost\r\nX-Filler: " + strings.Repeat("x", 15<<10) + "\r\n\r\n", 200, 0},
		"headers of 21 KiB":        {"GET /tags HTTP/1.1\r\nHost: localhost\r\nX-Filler: " + strings.Repeat("x", 21<<10) + "\r\n\r\n", 431, 0},
		"a body of 64 KiB":         {create + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", 64<<10, strings.Repeat(" ", 64<<10)), 400, 0},
		"a larger body":            {create + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", 64<<10+1, strings.Repeat(" ", 64<<10+1)), 413, 0},
		"a larger body in chunks":  {create + "Transfer-Encoding: chunked\r\n\r\n10001\r\n" + strings.Repeat(" ", 64<<10+1) + "\r\n0\r\n\r\n", 413, 0},
		"a header that never ends": {"GET /tags HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", 0, 5 * time.Second},
		"a body that never ends":   {create + "Content-Length: 100\r\n\r\n{", 400, 15 * time.Second},
	} {
		all.Go(func() {
			start := time.Now()
			status, err := sendRaw(s, c.sent)
			if took := time.Since(start); err != nil || status != c.status || took < c.within || took > c.within+slack {
				t.Errorf("%s: status %d after %v, %v; want %d after %v", name, status, took, err, c.status, c.within)
			}
		})
	}
	all.Wait()
}

// sendRaw sends text and returns the status of the answer, or 0 if there is none.
func sendRaw(s *server, text string) (status int, err error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

// TestServerOnAFullDisk fills the disk under a server that runs. Writes must be answered
// that the store is unavailable, and reads as ever. Whatever was answered must stand when
// there is room again.
func TestServerOnAFullDisk(t *testing.T) {
	t.Parallel()
	environ := setups["embedded"](t)
	s := startProgram(t, onOwnDisk(t, environ, "size=4m"), environ)
	png := sample(t, "sample.png")
	id := becomeReady(t, s, "sample.png", "image/png", png)
	pending := s.do(t, "POST", "/media", declare("pending.png", "image/png", png)).want(t, 201).json
	// Only the process itself sees what it has mounted.
	filler, err := os.Create(filepath.Join(fmt.Sprintf("/proc/%d/root", s.cmd.Process.Pid), environ["MEDIA_DATA_DIR"], "filler"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(filler, zeros{}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk ended with %v", err)
	}
	if status := send(t, pending["upload"], png).status; status != http.StatusServiceUnavailable {
		t.Errorf("an upload onto a full disk: status %d; want 503", status)
	}
	var kept []string
	for {
		a := s.do(t, "POST", "/media", declare("x.png", "image/png", png))
		if a.status != http.StatusCreated {
			if a.want(t, 503).json["code"] != "store-unavailable" || a.header.Get("Retry-After") == "" {
				t.Errorf("Retry-After %q: %s", a.header.Get("Retry-After"), a.body)
			}
			break
		}
		kept = append(kept, a.json["id"].(string))
	}
	s.do(t, "POST", "/media/finalize", map[string]any{"id": pending["id"]}).want(t, 409)
	s.do(t, "GET", "/media/"+id, nil).want(t, 200)
	if err := errors.Join(filler.Truncate(0), filler.Close()); err != nil {
		t.Fatal(err)
	}
	send(t, pending["upload"], png).want(t, 200)
	s.do(t, "POST", "/media/finalize", map[string]any{"id": pending["id"]}).want(t, 200)
	for _, id := range kept {
		s.do(t, "GET", "/media/"+id, nil).want(t, 200)
	}
	if err := downloads(s.do(t, "GET", "/media/"+id, nil).want(t, 200).json); err != nil {
		t.Error(err)
	}
	t.Logf("%d creates were answered on the full disk", len(kept))
}

// zeros is a reader of zeros without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestServerOnAReadOnlyDisk starts a server that can't write: it must end and say why.
func TestServerOnAReadOnlyDisk(t *testing.T) {
	t.Parallel()
	environ := setups["embedded"](t)
	cmd := onOwnDisk(t, environ, "ro")
	for name, value := range environ {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(string(out), environ["MEDIA_DATA_DIR"]) || !strings.Contains(string(out), "read-only") {
		t.Errorf("it ended with %v: %s", err, out)
	}
}

// onOwnDisk returns the program with a disk in memory at its data directory, which no
// other process sees. If we may not mount one, the test is skipped.
func onOwnDisk(t *testing.T, environ map[string]string, options string) *exec.Cmd {
	t.Helper()
	dir := environ["MEDIA_DATA_DIR"]
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	alone := []string{"--user", "--map-root-user", "--mount", "sh", "-c", `mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"`, "sh", options, dir}
	if out, err := exec.Command("unshare", append(alone, "true")...).CombinedOutput(); err != nil {
		skip(t, fmt.Sprintf("nothing can be mounted here: %v: %s", err, out))
	}
	return exec.Command("unshare", append(alone, buildServer(t))...)
}

// TestServerWithoutItsBlobs removes the directory of the bytes under a server that runs.
// Rows must still be answered, and no upload may be taken that nothing keeps.
func TestServerWithoutItsBlobs(t *testing.T) {
	t.Parallel()
	environ := setups["embedded"](t)
	s := startServer(t, environ)
	png := sample(t, "sample.png")
	pending := s.do(t, "POST", "/media", declare("pending.png", "image/png", png)).want(t, 201).json
	if err := os.RemoveAll(filepath.Join(environ["MEDIA_DATA_DIR"], "blobs")); err != nil {
		t.Fatal(err)
	}
	if status := send(t, pending["upload"], png).status; status/100 != 5 {
		t.Errorf("an upload: status %d; want 5xx", status)
	}
	if a := s.do(t, "POST", "/media/finalize", map[string]any{"id": pending["id"]}).want(t, 500); a.json["code"] != "store-misconfigured" {
		t.Errorf("finalized without the directory: %s", a.body)
	}
	if ready := s.do(t, "GET", "/readyz", nil).want(t, 200); ready.json["checks"].(map[string]any)["blobs"] != "unavailable" {
		t.Errorf("readyz: %s", ready.body)
	}
	s.do(t, "GET", "/media/"+pending["id"].(string), nil).want(t, 200)
	s.stop(t)
	s = startServer(t, environ)
	upload := s.do(t, "POST", "/media/"+pending["id"].(string)+"/upload", nil).want(t, 200).json
	send(t, upload, png).want(t, 200)
	s.do(t, "POST", "/media/finalize", map[string]any{"id": pending["id"]}).want(t, 200)
}
