package integration_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

// holdRow locks the media until the returned function is called.
func holdRow(t *testing.T, store *storage.Store, m media.Media) (release func()) {
	t.Helper()
	tx, err := store.DB().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "SELECT 1 FROM mediakit_media WHERE id = ? FOR UPDATE", m.ID); err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback() }
}

func moveReady(ctx context.Context, store *storage.Store, m media.Media) error {
	_, _, err := store.Media().Move(ctx, m.ID, media.When{From: anyState}, moveTo(media.StateReady))
	return err
}

func TestWaitingTooLongIsUnavailable(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]*postgres.Options{
		"lock":      {LockTimeout: 20 * time.Millisecond},
		"statement": {StatementTimeout: 300 * time.Millisecond},
	} {
		store := openStore(t, newPostgres(t), opts)
		m := create(t, store, storagetest.Draft())
		release := holdRow(t, store, m)
		if err := moveReady(t.Context(), store, m); !errors.Is(err, media.ErrUnavailable) {
			t.Errorf("%s: %v; want %v", name, err, media.ErrUnavailable)
		}
		release()
		if err := moveReady(t.Context(), store, m); err != nil {
			t.Errorf("%s: afterwards: %v", name, err)
		}
	}
}

func TestContextEndsInTheMiddleOfAStatement(t *testing.T) {
	t.Parallel()
	store := openStore(t, newPostgres(t), &postgres.Options{LockTimeout: time.Minute, StatementTimeout: time.Minute})
	m := create(t, store, storagetest.Draft())
	defer holdRow(t, store, m)()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := moveReady(ctx, store, m)
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, media.ErrUnavailable) {
		t.Errorf("%v; want %v alone", err, context.DeadlineExceeded)
	}
}

func TestLostConnectionIsUnavailableInATransaction(t *testing.T) {
	t.Parallel()
	dsn := newPostgres(t)
	store, other := openStore(t, dsn, nil), openSQL(t, dsn)
	err := store.InTx(t.Context(), func(ctx context.Context, s *storage.Store) error {
		m := create(t, s, storagetest.Draft())
		if _, err := other.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
			t.Fatal(err)
		}
		_, err := s.Media().Get(ctx, m.ID)
		return err
	})
	if !errors.Is(err, media.ErrUnavailable) {
		t.Errorf("%v; want %v", err, media.ErrUnavailable)
	}
	create(t, store, storagetest.Draft())
}

func TestOpenTellsNothingOfTheDSN(t *testing.T) {
	t.Parallel()
	dsn := newPostgres(t)
	for name, c := range map[string]struct {
		dsn  string
		want error
	}{
		"no DSN":          {"postgres://user:hush@host:port/album", nil},
		"nobody listens":  {"postgres://user:hush@127.0.0.1:1/album?sslmode=disable", media.ErrUnavailable},
		"no such user":    {strings.Replace(dsn, "://", "://user_hush", 1), nil}, // waiting doesn't help
		"no such setting": {"host=127.0.0.1 password=hush sslmode=user", nil},
	} {
		_, err := postgres.Open(t.Context(), c.dsn, nil)
		if err == nil || errors.Is(err, media.ErrUnavailable) != (c.want != nil) {
			t.Errorf("%s: %v; want %v", name, err, c.want)
			continue
		}
		for _, part := range []string{"hush", "user", "album", "127.0.0.1"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error holds %q: %v", name, part, err)
			}
		}
	}
}

// meanwhile runs f while a transaction that did hold is open, and rolls that back.
func meanwhile(t *testing.T, db *bun.DB, hold, f func(context.Context, bun.Tx)) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	hold(t.Context(), tx)
	f(t.Context(), tx)
}

// A twin that is still running holds its key: who waits for it in vain is told so.
// Who waits for another lock, be it with a key of its own, is told that instead.
func TestKeyInProgress(t *testing.T) {
	t.Parallel()
	store := openStore(t, newPostgres(t), &postgres.Options{LockTimeout: 20 * time.Millisecond})
	old := keyed("old", "Beach")
	old.IdempotencyKeyUntil = old.Media.CreatedAt
	beach := create(t, store, old).Tags[0]
	twin := func(key string) func(context.Context, bun.Tx) {
		return func(_ context.Context, tx bun.Tx) {
			inner, err := storage.New(tx, nil)
			if err != nil {
				t.Fatal(err)
			}
			create(t, inner, keyed(key))
		}
	}
	lockTag := func(ctx context.Context, tx bun.Tx) {
		if _, err := tx.ExecContext(ctx, "SELECT 1 FROM mediakit_tags WHERE id = ? FOR UPDATE", beach.ID); err != nil {
			t.Fatal(err)
		}
	}
	makeTag := func(ctx context.Context, tx bun.Tx) {
		inner, err := storage.New(tx, nil)
		if err != nil {
			t.Fatal(err)
		}
		create(t, inner, storagetest.Draft("New"))
	}
	for name, c := range map[string]struct {
		hold  func(context.Context, bun.Tx)
		draft func() media.Draft
		key   bool
	}{
		"a new key":             {twin("key"), func() media.Draft { return keyed("key", "Beach") }, true},
		"a key taken over":      {twin("old"), func() media.Draft { return keyed("old", "Beach") }, true},
		"a tag being changed":   {lockTag, func() media.Draft { return keyed("other", "Beach") }, false},
		"a tag being made":      {makeTag, func() media.Draft { return keyed("another", "New") }, false},
		"a tag, and an old key": {lockTag, func() media.Draft { return keyed("old", "Beach") }, false},
	} {
		meanwhile(t, store.DB(), c.hold, func(ctx context.Context, _ bun.Tx) {
			for range 2 {
				_, _, err := store.Media().Create(ctx, c.draft())
				if !errors.Is(err, media.ErrUnavailable) || errors.Is(err, media.ErrIdempotencyKeyInProgress) != c.key {
					t.Errorf("%s: %v; want %v: %t", name, err, media.ErrIdempotencyKeyInProgress, c.key)
				}
			}
		})
		d := c.draft()
		if _, replayed, err := store.Media().Create(t.Context(), d); err != nil || replayed || !exists(t, store, d.Media.ID) {
			t.Errorf("%s: afterwards: replayed %t, %v", name, replayed, err)
		}
		// The next case finds the key as it was.
		if _, err := store.DB().ExecContext(t.Context(), "UPDATE mediakit_idempotency SET expires_at = ?", old.IdempotencyKeyUntil); err != nil {
			t.Fatal(err)
		}
	}
}
