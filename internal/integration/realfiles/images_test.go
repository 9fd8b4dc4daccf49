package realfiles_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
)

// picture is an image that another made, and what is known of it.
type picture struct {
	module, path  string // where it is
	contentType   string
	width, height int    // 0: it isn't shown
	truth         string // what tells so
}

func pictures(t *testing.T) (all []picture) {
	t.Helper()
	table, err := os.ReadFile(filepath.Join("testdata", "images.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		width, err := strconv.Atoi(f[3])
		height, err2 := strconv.Atoi(f[4])
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		all = append(all, picture{f[0], f[1], f[2], width, height, f[5]})
	}
	return all
}

// modules returns the folders of modules in Go's module cache, and has the go command
// download those that aren't there.
func modules(t *testing.T, names []string) map[string]string {
	t.Helper()
	download := exec.Command("go", append([]string{"mod", "download", "-json"}, names...)...)
	download.Dir = t.TempDir() // outside any module, so that none is changed
	download.Env = append(os.Environ(), "GOFLAGS=")
	out, err := download.Output()
	if err != nil {
		skip(t, "modules can't be downloaded: %v %.500s", err, out)
	}
	folders := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var m struct{ Path, Version, Dir string }
		if err := d.Decode(&m); errors.Is(err, io.EOF) {
			return folders
		} else if err != nil {
			t.Fatal(err)
		}
		folders[m.Path+"@"+m.Version] = m.Dir
	}
}

// TestPhotographs takes in images of cameras, phones, encoders and test suites.
func TestPhotographs(t *testing.T) {
	all := pictures(t)
	if len(all) < 110 {
		t.Fatalf("%d images; the table has lost some", len(all))
	}
	var names []string
	for _, p := range all {
		if !slices.Contains(names, p.module) {
			names = append(names, p.module)
		}
	}
	folders, d := modules(t, names), newDesk(t)
	for _, p := range all {
		content, err := os.ReadFile(filepath.Join(folders[p.module], filepath.FromSlash(p.path)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.take(t, p.contentType, content)
		if p.width == 0 {
			if !errors.Is(err, media.ErrUploadRejected) {
				t.Errorf("%s of %s: %d by %d, %v; want it rejected: %s shows nothing", p.path, p.module, got.Width, got.Height, err, p.truth)
			}
			continue
		}
		if err != nil || got.Width != p.width || got.Height != p.height {
			t.Errorf("%s of %s: %d by %d, %v; %s shows it at %d by %d", p.path, p.module, got.Width, got.Height, err, p.truth, p.width, p.height)
		}
	}
}
