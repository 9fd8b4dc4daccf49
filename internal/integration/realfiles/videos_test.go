package realfiles_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// videoTypes are the content types of the files, by what their names end in.
var videoTypes = map[string]string{
	".mp4": "video/mp4", ".m4v": "video/x-m4v", ".mov": "video/quicktime", ".3gp": "video/3gpp", ".3g2": "video/3gpp2",
	".webm": "video/webm", ".mkv": "video/x-matroska", ".avi": "video/x-msvideo", ".ogv": "video/ogg",
	".mpg": "video/mpeg", ".mpeg": "video/mpeg", ".ts": "video/mp2t", ".mts": "video/mp2t",
}

// TestVideos holds what a finalize tells of videos to what Chromium shows or, if it
// doesn't play a file, to what ffprobe tells.
func TestVideos(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	for _, program := range []string{"bash", "ffmpeg", "ffprobe", "gst-launch-1.0", "chromium"} {
		requireProgram(t, program)
	}
	folder := t.TempDir()
	browser := newBrowser(t, folder, recordings)
	makeVideos(t, folder)
	fetchVideos(t, folder)
	await(t, browser, browser.recorded)
	names := namesIn(t, folder)
	if made := len(names) - len(others); len(names) < 50 || made < 40 {
		t.Errorf("%d videos, %d of them made here; want 50, and 40", len(names), made)
	}
	shown := browser.play(t, names)
	d := newDesk(t, "video/3gpp2", "video/mp2t")
	for _, name := range names {
		t.Run(name, func(t *testing.T) { d.holdVideo(t, filepath.Join(folder, name), shown[name]) })
	}
}

func (d desk) holdVideo(t *testing.T, path string, shown played) {
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	truth, tolerance := "Chromium", 70*time.Millisecond
	if shown.Width == 0 || shown.Duration == 0 { // of some files it plays the sound alone
		truth, tolerance = "ffprobe", 100*time.Millisecond
		shown.Width, shown.Height, shown.Duration = probe(t, path)
	}
	contentType := videoTypes[filepath.Ext(path)]
	got, err := d.take(t, contentType, content)
	if err != nil {
		t.Fatalf("as %s: %v", contentType, err)
	}
	if got.Width != shown.Width || got.Height != shown.Height {
		t.Errorf("%d by %d; %s has %d by %d", got.Width, got.Height, truth, shown.Width, shown.Height)
	}
	duration := time.Duration(got.DurationMS) * time.Millisecond
	want := time.Duration(shown.Duration * float64(time.Second))
	t.Logf("%d by %d for %v; %s has %v", got.Width, got.Height, duration, truth, want)
	if (duration - want).Abs() > tolerance {
		t.Errorf("it plays for %v; %s has %v", duration, truth, want)
	}
}

// makeVideos runs the recipes, as many at once as there are processors.
func makeVideos(t *testing.T, folder string) {
	t.Helper()
	queue := make(chan string)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for name := range queue {
				command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", recipeHelp+recipes[name])
				command.Dir = folder
				command.Env = append(os.Environ(), "OUT="+name)
				if out, err := command.CombinedOutput(); err != nil {
					t.Errorf("%s: %v: %s", name, err, out)
				}
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(recipes)) {
		queue <- name
	}
	close(queue)
	workers.Wait()
}

// fetchVideos copies the files of others out of the module cache.
func fetchVideos(t *testing.T, folder string) {
	t.Helper()
	var names []string
	for _, from := range others {
		if module, _, _ := strings.Cut(from, " "); !slices.Contains(names, module) {
			names = append(names, module)
		}
	}
	folders := modules(t, names)
	for name, from := range others {
		module, path, _ := strings.Cut(from, " ")
		content, err := os.ReadFile(filepath.Join(folders[module], filepath.FromSlash(path)))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// namesIn returns the names of the videos in a folder.
func namesIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if videoTypes[filepath.Ext(entry.Name())] != "" {
			names = append(names, entry.Name())
		}
	}
	return names
}
