package sqlite_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/sqlite"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

// All of the pool's connections are set up alike.
func TestEveryConnectionIsDurable(t *testing.T) {
	t.Parallel()
	store := open(t, &sqlite.Options{LockTimeout: 1234 * time.Millisecond})
	for range 3 {
		conn, err := store.DB().Conn(t.Context()) // held until the end, so that each is another
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for pragma, want := range map[string]string{
			"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "1234",
		} {
			var got string
			if err := conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %s, error %v; want %s", pragma, got, err, want)
			}
		}
	}
}

func TestNoCharacterOfAPathIsSpecial(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b", "what?mode=memory", "50%25", "a#b", "é", "a&b=c"} {
		path := filepath.Join(t.TempDir(), name)
		store, err := sqlite.Open(t.Context(), path, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := store.Close(); err != nil {
			t.Errorf("%s: Close: %v", name, err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("This is no database, whatever its length may say of it."), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		want error // nil: one that isn't ErrUnavailable
	}{
		"a directory that is missing": {filepath.Join(dir, "missing", "media.db"), fs.ErrNotExist},
		"a file as the directory":     {filepath.Join(text, "media.db"), fs.ErrInvalid},
		"a directory as the file":     {dir, media.ErrUnavailable},
		"a file that is no database":  {text, nil},
		"no path":                     {"", nil},
		"memory":                      {":memory:", nil},
		"a URI":                       {"file:" + filepath.Join(dir, "media.db"), nil},
	} {
		store, err := sqlite.Open(t.Context(), c.path, nil)
		switch {
		case err == nil:
			t.Errorf("%s: opened", name)
			_ = store.Close()
		case c.want != nil && !errors.Is(err, c.want):
			t.Errorf("%s: %v; want %v", name, err, c.want)
		case c.want != media.ErrUnavailable && errors.Is(err, media.ErrUnavailable):
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the missing directory: %v", err)
	}
}

func TestOpenStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "media.db"), nil)
	if !errors.Is(err, context.Canceled) || errors.Is(err, media.ErrUnavailable) {
		t.Errorf("%v; want %v alone", err, context.Canceled)
	}
}

// hold keeps the database's writer busy until the test is done.
func hold(t *testing.T, db *bun.DB) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
}

func TestWaitingTooLongIsUnavailable(t *testing.T) {
	t.Parallel()
	store := open(t, &sqlite.Options{LockTimeout: 20 * time.Millisecond})
	m := create(t, store, storagetest.Draft())
	hold(t, store.DB())
	for name, call := range writes(store, m) {
		if err := call(t.Context()); !errors.Is(err, media.ErrUnavailable) {
			t.Errorf("%s: %v; want %v", name, err, media.ErrUnavailable)
		}
	}
	if _, err := store.Media().Get(t.Context(), m.ID); err != nil {
		t.Errorf("a reader beside the writer: %v", err)
	}
}

// Writers of one store wait for their turn, not for the lock, however short they would
// wait for that.
func TestWritersTakeTurns(t *testing.T) {
	t.Parallel()
	store := open(t, &sqlite.Options{LockTimeout: time.Millisecond})
	m := create(t, store, storagetest.Draft())
	var writers sync.WaitGroup
	err := store.InTx(t.Context(), func(ctx context.Context, s *storage.Store) error {
		for name, call := range writes(store, m) {
			writers.Go(func() {
				if err := call(t.Context()); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		for range 50 {
			create(t, s, storagetest.Draft("Beach", "Sea"))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	writers.Wait()
}

// A writer waits for another's transaction, and for its turn among the store's own.
func TestContextEndsTheWait(t *testing.T) {
	t.Parallel()
	store := open(t, &sqlite.Options{LockTimeout: time.Hour})
	m := create(t, store, storagetest.Draft())
	hold(t, store.DB())
	for name, call := range writes(store, m) {
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			if err := call(ctx); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, media.ErrUnavailable) {
				t.Errorf("%s: %v; want %v alone", name, err, context.DeadlineExceeded)
			}
		}
	}
}

func TestReadOnlyFileIsUnavailable(t *testing.T) {
	t.Parallel()
	store := open(t, nil)
	m := create(t, store, storagetest.Draft())
	store.DB().SetMaxOpenConns(1)
	if _, err := store.DB().ExecContext(t.Context(), "PRAGMA query_only = 1"); err != nil {
		t.Fatal(err)
	}
	for name, call := range writes(store, m) {
		if err := call(t.Context()); !errors.Is(err, media.ErrUnavailable) {
			t.Errorf("%s: %v; want %v", name, err, media.ErrUnavailable)
		}
	}
}

func TestWithoutTheSchemaIsADefect(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "media.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	_, err = store.Media().Get(t.Context(), storagetest.Draft().Media.ID)
	if err == nil || errors.Is(err, media.ErrUnavailable) || errors.Is(err, media.ErrNotFound) {
		t.Errorf("%v; want none that the ports name", err)
	}
}
