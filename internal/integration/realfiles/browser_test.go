package realfiles_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// recording is a video that the browser's MediaRecorder makes.
type recording struct {
	Name, MimeType string
	Sound          bool
	Seconds        float64
	SliceMS        int // hand out a piece that often: what was handed out can't be mended at the end
	KeyFrameMS     int // in an MP4 each key frame begins a fragment
}

// played is what the browser shows of a file. Zeros are what it can't play.
type played struct {
	Name          string
	Width, Height int
	Duration      float64 // in seconds
}

// browser is Chromium with one page, which records videos and then plays those in a folder.
type browser struct {
	recorded chan struct{} // closed when all recordings are in the folder
	names    chan []string
	played   chan []played
	failed   chan string
}

func newBrowser(t *testing.T, folder string, recordings []recording) *browser {
	t.Helper()
	b := &browser{make(chan struct{}), make(chan []string, 1), make(chan []played, 1), make(chan string, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "testdata/browser.html") })
	mux.HandleFunc("GET /recordings", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(recordings) })
	mux.HandleFunc("POST /recorded/{name}", func(_ http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, filepath.Base(r.PathValue("name"))), content, 0o600)
		}
		if err != nil {
			b.failed <- err.Error()
		}
	})
	mux.HandleFunc("POST /recorded", func(http.ResponseWriter, *http.Request) { close(b.recorded) })
	mux.HandleFunc("GET /names", func(w http.ResponseWriter, r *http.Request) {
		select {
		case names := <-b.names:
			_ = json.NewEncoder(w).Encode(names)
		case <-r.Context().Done():
		}
	})
	mux.Handle("GET /files/", http.StripPrefix("/files/", http.FileServer(http.Dir(folder))))
	mux.HandleFunc("POST /played", func(_ http.ResponseWriter, r *http.Request) {
		var all []played
		if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
			b.failed <- err.Error()
			return
		}
		b.played <- all
	})
	mux.HandleFunc("POST /failed", func(_ http.ResponseWriter, r *http.Request) {
		problem, _ := io.ReadAll(r.Body)
		b.failed <- string(problem)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.CloseClientConnections) // before Close, which waits for them
	startChromium(t, server.URL)
	return b
}

func startChromium(t *testing.T, url string) {
	t.Helper()
	profile, err := os.MkdirTemp("", "chromium")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--autoplay-policy=no-user-gesture-required", "--user-data-dir="+profile, url)
	command.WaitDelay = time.Second
	var log bytes.Buffer
	command.Stderr = &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = command.Wait() // it was killed
		_ = os.RemoveAll(profile)
		if t.Failed() {
			t.Logf("chromium: %s", log.Bytes())
		}
	})
}

// await waits for something of the page.
func await[T any](t *testing.T, b *browser, what <-chan T) T {
	t.Helper()
	select {
	case got := <-what:
		return got
	case problem := <-b.failed:
		t.Fatalf("the page: %s", problem)
	case <-time.After(5 * time.Minute):
		t.Fatal("the page says nothing")
	}
	panic("unreachable")
}

// play returns what the browser shows of files in its folder, by their names.
func (b *browser) play(t *testing.T, names []string) map[string]played {
	t.Helper()
	b.names <- names
	shown := map[string]played{}
	for _, p := range await(t, b, b.played) {
		shown[p.Name] = p
	}
	if len(shown) != len(names) {
		t.Fatal(fmt.Errorf("it played %d files of %d", len(shown), len(names)))
	}
	return shown
}
