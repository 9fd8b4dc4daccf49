package integration_test

import (
	"testing"

	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

// openPostgres opens a store on a database of the test's own.
func openPostgres(t testing.TB, dsn string) *storage.Store {
	t.Helper()
	store, err := postgres.Open(t.Context(), dsn, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func TestPostgres(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Repositories {
		store := openPostgres(t, newPostgres(t))
		return storagetest.Repositories{Media: store.Media(), Tags: store.Tags()}
	})
}
