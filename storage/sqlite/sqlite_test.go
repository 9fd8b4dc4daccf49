package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/sqlite"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

// open returns a store of the test's own, with the schema.
func open(t testing.TB, opts *sqlite.Options) *storage.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "media.db"), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := migrations.Up(t.Context(), store.DB()); err != nil {
		t.Fatal(err)
	}
	return store
}

func repositories(s *storage.Store) storagetest.Repositories {
	return storagetest.Repositories{Media: s.Media(), Tags: s.Tags()}
}

func TestStorage(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Repositories { return repositories(open(t, nil)) })
}

func TestSQL(t *testing.T) {
	storagetest.RunSQL(t, func(t *testing.T) storagetest.SQL {
		store := open(t, nil)
		return storagetest.SQL{
			Repositories: repositories(store),
			InTx: func(ctx context.Context, f func(context.Context, storagetest.Repositories) error) error {
				return store.InTx(ctx, func(ctx context.Context, s *storage.Store) error { return f(ctx, repositories(s)) })
			},
			Exec: func(ctx context.Context, statement string) error {
				_, err := store.DB().DB.ExecContext(ctx, statement)
				return err
			},
		}
	})
}
