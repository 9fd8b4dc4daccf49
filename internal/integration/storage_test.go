package integration_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
	"github.com/seed-f0df946f/mediakit/tags"
)

// openStore opens a store that is closed when the test is done.
func openStore(t testing.TB, dsn string, opts *postgres.Options) *storage.Store {
	t.Helper()
	store, err := postgres.Open(t.Context(), dsn, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func repositories(s *storage.Store) storagetest.Repositories {
	return storagetest.Repositories{Media: s.Media(), Tags: s.Tags()}
}

// patient options let a slow machine be slow: what waits in vain is then a deadlock,
// which the database tells.
var patient = postgres.Options{StatementTimeout: time.Minute, LockTimeout: time.Minute}

// patiently is for suites that ask for twenty connections at once of a slow machine.
func patiently(dsn string) string { return dsn + "&connect_timeout=60" }

func TestStorageOnPostgres(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Repositories {
		return repositories(openStore(t, patiently(newPostgres(t)), &patient))
	})
}

// A pooler keeps no prepared statement, and a session may be in any time zone.
func TestStorageBehindAPooler(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Repositories {
		dsn := patiently(newPostgres(t)) + "&TimeZone=Asia/Kathmandu"
		return repositories(openStore(t, dsn, &postgres.Options{Pooled: true}))
	})
}

// hostStore is a store over a handle as a host has it, with nothing set up for us:
// pgx then prepares whatever comes.
func hostStore(t testing.TB, dsn string) *storage.Store {
	t.Helper()
	db := openSQL(t, dsn)
	db.SetMaxOpenConns(20)
	store, err := storage.New(bun.NewDB(db, pgdialect.New()), nil)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestStorageOnAHostsHandle(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Repositories {
		return repositories(hostStore(t, newPostgres(t)))
	})
}

// keyed is draft with an idempotency key.
func keyed(key string, names ...string) media.Draft {
	d := storagetest.Draft(names...)
	d.IdempotencyKey, d.IdempotencyKeyUntil = key, d.Media.CreatedAt.Add(time.Hour)
	return d
}

func create(t testing.TB, s *storage.Store, d media.Draft) media.Media {
	t.Helper()
	m, _, err := s.Media().Create(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var anyState = []media.State{media.StatePending, media.StateReady, media.StateFailed}

func moveTo(state media.State) media.Change {
	at := time.Now().UTC().Truncate(time.Microsecond)
	c := media.Change{State: state, At: at, LastURLAt: at}
	if state != media.StateReady {
		c.DueAt = at
	}
	return c
}

func exists(t testing.TB, s *storage.Store, id uuid.UUID) bool {
	t.Helper()
	_, err := s.Media().Get(t.Context(), id)
	if err != nil && !errors.Is(err, media.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func TestSQLOnPostgres(t *testing.T) {
	runSQL(t, func(t *testing.T) *storage.Store { return openStore(t, patiently(newPostgres(t)), &patient) })
}

func runSQL(t *testing.T, open func(t *testing.T) *storage.Store) {
	storagetest.RunSQL(t, func(t *testing.T) storagetest.SQL {
		store := open(t)
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

// A host's row, a media and its tags are committed together, or vanish together.
func TestHostTransaction(t *testing.T) {
	t.Parallel()
	store := hostStore(t, newPostgres(t))
	db := store.DB()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE album (title text)"); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	for _, want := range []error{nil, stop} {
		d := storagetest.Draft("Beach " + t.Name())
		err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, "INSERT INTO album VALUES (?)", d.Media.ID.String()); err != nil {
				return err
			}
			inner, err := storage.New(tx, nil)
			if err != nil {
				return err
			}
			if _, _, err := inner.Media().Create(ctx, d); err != nil {
				return err
			}
			return want
		})
		if !errors.Is(err, want) {
			t.Fatalf("RunInTx: %v; want %v", err, want)
		}
		albums, err := db.NewSelect().Table("album").Where("title = ?", d.Media.ID.String()).Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if committed := want == nil; exists(t, store, d.Media.ID) != committed || (albums == 1) != committed {
			t.Errorf("after %v: media there %t, albums %d", want, exists(t, store, d.Media.ID), albums)
		}
	}
}

// A rename that waits for another writer's key, and loses it, is a refusal too.
func TestTransactionStaysUsableAfterALostRename(t *testing.T) {
	t.Parallel()
	store := openStore(t, newPostgres(t), &patient)
	tag, rival, d := create(t, store, storagetest.Draft("Beach")).Tags[0], storagetest.Draft("Sea").Tags[0], storagetest.Draft("Beach")
	other, err := store.DB().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback() }()
	rivals, err := storage.New(other, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := rivals.Tags().Create(t.Context(), rival); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- store.InTx(t.Context(), func(ctx context.Context, s *storage.Store) error {
			_, err := s.Tags().Rename(ctx, tag.ID, tags.Name{Shown: "Sea", Key: "sea"}, d.Media.CreatedAt)
			var exists *tags.ExistsError
			if !errors.As(err, &exists) || exists.Existing.ID != rival.ID {
				t.Errorf("Rename: %v; want the tag that took the key", err)
			}
			_, _, err = s.Media().Create(ctx, d)
			return err
		})
	}()
	waitForLock(t, store.DB().DB)
	if err := other.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil || !exists(t, store, d.Media.ID) {
		t.Errorf("InTx: %v", err)
	}
	if got, err := store.Tags().Get(t.Context(), tag.ID); err != nil || got.Key != "beach" {
		t.Errorf("the tag that was to be renamed: %+v, %v", got, err)
	}
}

func TestNewRefusesWhatIsNoHandle(t *testing.T) {
	t.Parallel()
	store := openStore(t, newPostgres(t), nil)
	conn, err := store.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, handle := range []bun.IDB{store.DB(), conn, &conn, tx, &tx} {
		if _, err := storage.New(handle, nil); err != nil {
			t.Errorf("%T: %v", handle, err)
		}
	}
	for _, handle := range []bun.IDB{nil, (*bun.DB)(nil), bun.Tx{}, bun.Conn{}, (*bun.Tx)(nil), (*bun.Conn)(nil), struct{ bun.IDB }{store.DB()}} {
		if _, err := storage.New(handle, nil); err == nil {
			t.Errorf("%T was taken", handle)
		}
	}
}
