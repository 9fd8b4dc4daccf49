package fileblob

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/blobtest"
	"github.com/seed-f0df946f/mediakit/media"
)

func TestContract(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blobtest.Harness {
		store, dir := open(t)
		server := httptest.NewServer(store)
		t.Cleanup(server.Close)
		if err := store.SetBaseURL(server.URL); err != nil {
			t.Fatal(err)
		}
		return blobtest.Harness{Store: store, Plant: func(t *testing.T, stray blobtest.Stray) { plant(t, dir, stray) }}
	})
}

// open returns a store and the folder it is in.
func open(t testing.TB) (*Store, string) {
	t.Helper()
	dir := t.TempDir()
	return openAt(t, dir), dir
}

func openAt(t testing.TB, dir string) *Store {
	t.Helper()
	store, err := New(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, fileMode); err != nil {
		t.Fatal(err)
	}
}

func TestNew(t *testing.T) {
	dir := t.TempDir()
	for what, c := range map[string]struct {
		dir  string
		opts *Options
	}{
		"a file":                    {filepath.Join(dir, "file"), nil},
		"a short secret":            {dir, &Options{Secret: make([]byte, 31)}},
		"a base without host":       {dir, &Options{BaseURL: "/blobs"}},
		"fewer transfers than none": {dir, &Options{MaxTransfers: -1}},
		"less time than none":       {dir, &Options{MaxUploadTime: -1}},
		"a file's \"folder\"":       {filepath.Join(dir, "file", "a"), nil},
	} {
		write(t, filepath.Join(dir, "file"), content)
		if _, err := New(c.dir, c.opts); err == nil {
			t.Errorf("New in %s succeeds", what)
		}
	}
	want := []string{filepath.Join(dir, "new"), dir}
	if diff := cmp.Diff(want, parentsOfMissing(filepath.Join(dir, "new", "folder"))); diff != "" {
		t.Errorf("folders that New syncs (-want +got):\n%s", diff)
	}
	openAt(t, filepath.Join(dir, "new", "folder"))
	if stat, err := os.Stat(filepath.Join(dir, "new", "folder")); err != nil || stat.Mode().Perm() != 0o700 {
		t.Errorf("the folder that New makes: %v, %v", stat, err)
	}
	if _, err := New(dir, &Options{Secret: make([]byte, 32), BaseURL: "https://app.example/blobs/", MaxTransfers: 1}); err != nil {
		t.Errorf("New = %v", err)
	}
}

// TestSetBaseURL: a wrong base changes nothing.
func TestSetBaseURL(t *testing.T) {
	store, _ := open(t)
	if err := store.SetBaseURL("https://app.example/blobs/"); err != nil {
		t.Fatal(err)
	}
	if err := store.SetBaseURL("app.example"); err == nil {
		t.Error("SetBaseURL accepts a base without http")
	}
	signed, err := store.SignDownload(t.Context(), media.Download{Key: key}, time.Now(), time.Minute)
	if err != nil || !strings.HasPrefix(signed.URL, "https://app.example/blobs/"+key+"?") {
		t.Errorf("the URL has another base, %v", err)
	}
}

// TestRestart: a URL outlives the process if the secret does.
func TestRestart(t *testing.T) {
	dir, secret := t.TempDir(), bytes.Repeat([]byte("s"), minSecret)
	var urls []string
	for range 2 {
		store, err := New(dir, &Options{Secret: secret})
		if err != nil {
			t.Fatal(err)
		}
		signed, err := store.SignDownload(t.Context(), media.Download{Key: key}, time.Unix(1, 0), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		urls = append(urls, signed.URL)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		if err := put(t.Context(), store, key, content); err == nil {
			t.Error("Put to a store that was closed succeeds")
		}
	}
	if urls[0] != urls[1] {
		t.Error("two URLs for the same secret")
	}
}
