package fileblob

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-f0df946f/mediakit/blob/blobtest"
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
