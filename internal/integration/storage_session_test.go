package integration_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/internal/migrate"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
	"github.com/seed-f0df946f/mediakit/tags"
)

// What takes long has a time-out of its own, and takes it for one transaction only: the
// connection goes back to the pool as it was.
func TestNoStatementChangesTheSession(t *testing.T) {
	t.Parallel()
	store := openStore(t, newPostgres(t), &postgres.Options{MaxConns: 1, StatementTimeout: 31 * time.Second, LockTimeout: 32 * time.Second})
	carried := create(t, store, storagetest.Draft("a", "b", "c", "d")).Tags
	at := time.Now().UTC().Truncate(time.Microsecond)
	settings := func() (all string) {
		t.Helper()
		const hash = `SELECT md5(string_agg(name || '=' || setting, ';' ORDER BY name)) FROM pg_settings WHERE name <> 'transaction_isolation'`
		if err := store.DB().QueryRowContext(t.Context(), hash).Scan(&all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := settings()
	for name, call := range map[string]func(context.Context) error{
		"tag Merge": func(ctx context.Context) error {
			_, err := store.Tags().Merge(ctx, carried[0].ID, carried[1].ID, at)
			return err
		},
		"tag Delete": func(ctx context.Context) error { return store.Tags().Delete(ctx, carried[2].ID) },
		"tag Recount": func(ctx context.Context) error {
			_, err := store.Tags().Recount(ctx, tags.Recounting{At: at, Before: at, LargeBefore: at, Large: 1, Limit: 5})
			return err
		},
		"Create": func(ctx context.Context) error {
			_, _, err := store.Media().Create(ctx, keyed("key", "a", "new"))
			return err
		},
	} {
		if err := call(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if settings() != before {
			t.Errorf("%s has changed a setting of the session", name)
		}
		if statement, lock, err := postgres.Limits(t.Context(), store.DB()); err != nil || statement != 31*time.Second || lock != 32*time.Second {
			t.Errorf("%s leaves time-outs of %v and %v, error %v", name, statement, lock, err)
		}
	}
}

// A server that takes no writes any more is away for a writer. The pool gets over it by
// itself: it drops the connection, and the next one may lead to the primary.
func TestReadOnlyServerIsUnavailable(t *testing.T) {
	t.Parallel()
	dsn := newPostgres(t)
	store, direct := openStore(t, dsn, &postgres.Options{MaxConns: 1}), openSQL(t, dsn)
	m := create(t, store, storagetest.Draft("Beach"))
	database := mustParse(t, dsn).Path[1:]
	set := func(value string) {
		t.Helper()
		if _, err := direct.ExecContext(t.Context(), "ALTER DATABASE "+database+" SET default_transaction_read_only = "+value); err != nil {
			t.Fatal(err)
		}
	}
	set("on")
	// The pool's connection was made before, so it is told by hand.
	if _, err := store.DB().ExecContext(t.Context(), "SET default_transaction_read_only = on"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for name, err := range map[string]error{"Move": moveReady(t.Context(), store, m), "tag Delete": store.Tags().Delete(t.Context(), m.Tags[0].ID)} {
			if !errors.Is(err, media.ErrUnavailable) {
				t.Errorf("%s: %v; want %v", name, err, media.ErrUnavailable)
			}
		}
	}
	if _, err := store.Media().Get(t.Context(), m.ID); err != nil {
		t.Errorf("Get: %v", err)
	}
	set("off")
	if err := moveReady(t.Context(), store, m); !errors.Is(err, media.ErrUnavailable) {
		t.Errorf("on the connection that was there: %v; want %v", err, media.ErrUnavailable)
	}
	if err := moveReady(t.Context(), store, m); err != nil {
		t.Errorf("on the next one: %v", err)
	}
}

// The lock of what can't run in a transaction needs a connection of its own.
func TestUpgradeOnAPoolOfOneIsRefused(t *testing.T) {
	t.Parallel()
	db := openBun(t, newPostgres(t))
	db.SetMaxOpenConns(1)
	if err := migrate.Up(t.Context(), db, laterFiles(t)); err == nil {
		t.Error("Up succeeded")
	}
	db.SetMaxOpenConns(2)
	if err := migrate.Up(t.Context(), db, laterFiles(t)); err != nil {
		t.Error(err)
	}
}
