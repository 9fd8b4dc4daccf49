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
	_, _, err := store.Media().Move(ctx, m.ID, anyState, moveTo(media.StateReady))
	return err
}

func TestWaitingTooLongIsUnavailable(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]*postgres.Options{
		"lock":      {LockTimeout: 20 * time.Millisecond},
		"statement": {StatementTimeout: 300 * time.Millisecond},
	} {
		store := openStore(t, newPostgres(t), opts)
		m := create(t, store, draft())
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
	m := create(t, store, draft())
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
		m := create(t, s, draft())
		if _, err := other.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
			t.Fatal(err)
		}
		_, err := s.Media().Get(ctx, m.ID)
		return err
	})
	if !errors.Is(err, media.ErrUnavailable) {
		t.Errorf("%v; want %v", err, media.ErrUnavailable)
	}
	create(t, store, draft())
}

func TestOpenTellsNothingOfTheDSN(t *testing.T) {
	t.Parallel()
	dsn := newPostgres(t)
	for name, c := range map[string]struct {
		dsn  string
		want error
	}{
		"no DSN":          {"postgres://user:hush@host:port/name", nil},
		"nobody listens":  {"postgres://user:hush@127.0.0.1:1/name?sslmode=disable", media.ErrUnavailable},
		"no such user":    {strings.Replace(dsn, "://", "://user_hush", 1), media.ErrUnavailable},
		"no such setting": {"host=127.0.0.1 password=hush sslmode=user", nil},
	} {
		_, err := postgres.Open(t.Context(), c.dsn, nil)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", name, err, c.want)
			continue
		}
		for _, part := range []string{"hush", "user", "name"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error holds %q: %v", name, part, err)
			}
		}
	}
}

// A twin that is still running holds its key: who waits for it in vain is told so.
func TestKeyInProgress(t *testing.T) {
	t.Parallel()
	store := openStore(t, newPostgres(t), &postgres.Options{LockTimeout: 20 * time.Millisecond})
	stop := errors.New("stop")
	err := store.DB().RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		inner, err := storage.New(tx, nil)
		if err != nil {
			return err
		}
		create(t, inner, keyed("key", "Beach"))
		for range 2 {
			if _, _, err := store.Media().Create(ctx, keyed("key")); !errors.Is(err, media.ErrKeyInProgress) {
				t.Errorf("%v; want %v", err, media.ErrKeyInProgress)
			}
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	create(t, store, keyed("key", "Beach"))
}
