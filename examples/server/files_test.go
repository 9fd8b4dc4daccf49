package main

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// modes returns the rights to a directory and to the files right in it.
func modes(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	found := make(map[string]fs.FileMode)
	for _, path := range append(glob(t, dir), dir) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(path)] = info.Mode()
	}
	return found
}

func glob(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// wantPrivate holds the rights to a data directory of a server that runs.
func wantPrivate(t *testing.T, dir string) {
	t.Helper()
	found := modes(t, dir)
	for _, name := range []string{"data", "media.db", "media.db-wal", "media.db-shm", "secret", "blobs"} {
		if _, ok := found[name]; !ok {
			t.Errorf("there is no %s among %v", name, found)
		}
	}
	for name, mode := range found {
		want := fs.FileMode(0o600)
		if mode.IsDir() {
			want = 0o700
		}
		if mode.Perm() != want {
			t.Errorf("the rights to %s are %v; want %v", name, mode.Perm(), want)
		}
	}
}

// TestDataIsPrivate starts on nothing, and then on a directory that all may read.
func TestDataIsPrivate(t *testing.T) {
	t.Parallel()
	environ := embedded(t, nil)
	dir := environ["MEDIA_DATA_DIR"]
	s := start(t, environ)
	s.create(t)
	wantPrivate(t, dir)
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(s.log.String(), `"level":"WARN"`) {
		t.Errorf("it warns of what it made itself: %s", s.log)
	}
	widen(t, dir, 0o755)
	for _, path := range glob(t, dir) {
		widen(t, path, 0o644)
	}
	widen(t, filepath.Join(dir, "blobs"), 0o755)
	for _, name := range []string{"media.db-wal", "media.db-shm"} { // as a server that was killed leaves them
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		widen(t, filepath.Join(dir, name), 0o666)
	}
	s = start(t, environ)
	s.create(t)
	found := modes(t, dir)
	delete(found, "blobs") // the store of files narrows what is its own
	for name, mode := range found {
		if mode.Perm()&0o077 != 0 {
			t.Errorf("the rights to %s are still %v", name, mode.Perm())
		}
		if path := filepath.Join(filepath.Dir(dir), strings.TrimPrefix("data/"+name, "data/data")); !strings.Contains(s.log.String(), `"path":"`+path) {
			t.Errorf("no warning names %s: %s", path, s.log)
		}
	}
}

// widen gives everybody rights, whatever the umask says.
func widen(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestNarrow(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for before, after := range map[fs.FileMode]fs.FileMode{0o600: 0o600, 0o640: 0o600, 0o604: 0o600, 0o601: 0o600, 0o400: 0o400, 0o777: 0o700} {
		var log lockedBuffer
		widen(t, path, before)
		if err := narrow(path, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != after {
			t.Errorf("%v became %v, %v; want %v", before, info.Mode(), err, after)
		}
		if warned := strings.Contains(log.String(), "level=WARN"); warned != (before != after) {
			t.Errorf("%v: warned %v", before, warned)
		}
	}
	if err := narrow(path+"x", slog.New(slog.DiscardHandler)); !os.IsNotExist(err) {
		t.Errorf("of a file that isn't there: %v", err)
	}
}

func TestDataDirThatIsAFile(t *testing.T) {
	t.Parallel()
	environ := embedded(t, nil)
	if err := os.WriteFile(environ["MEDIA_DATA_DIR"], nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if why := refusesToStart(t, environ); !strings.Contains(why, environ["MEDIA_DATA_DIR"]) {
		t.Error(why)
	}
}
