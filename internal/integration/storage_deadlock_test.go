package integration_test

import (
	"crypto/rand"
	"database/sql"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/internal/uuidv7"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

// A create locks the tags that it knows by id, and one that was made after its
// snapshot later. Who locks the two the other way round makes it lose a deadlock,
// of which the caller sees nothing.
func TestCreateOutlivesADeadlock(t *testing.T) {
	t.Parallel()
	store := openStore(t, newPostgres(t), &patient)
	db := store.DB().DB
	late := storagetest.Draft("a").Tags[0]
	late.ID = uuidv7.New(time.Now().Add(-time.Hour), rand.Reader)
	known := create(t, store, storagetest.Draft("b")).Tags[0]

	keyHolder := begin(t, db)
	const holdKey = "INSERT INTO mediakit_idempotency (key, fingerprint, media_id, expires_at) VALUES ('k', $1, $2, now() + '1h')"
	if _, err := keyHolder.ExecContext(t.Context(), holdKey, make([]byte, 32), uuid.New()); err != nil {
		t.Fatal(err)
	}
	d := keyed("k", "a", "b")
	created := make(chan error, 1)
	go func() {
		_, _, err := store.Media().Create(t.Context(), d)
		created <- err
	}()
	waitForLock(t, db) // it has its snapshot
	if err := store.Tags().Create(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	merger := begin(t, db)
	var pid int
	row := merger.QueryRowContext(t.Context(), "SELECT pg_backend_pid(), set_config('deadlock_timeout', '1min', true)")
	if err := row.Scan(&pid, new(string)); err != nil { // so that the create is who finds the deadlock
		t.Fatal(err)
	}
	lock := func(id uuid.UUID) {
		if _, err := merger.ExecContext(t.Context(), "SELECT FROM mediakit_tags WHERE id = $1 FOR UPDATE", id); err != nil {
			t.Error(err)
		}
	}
	lock(late.ID)
	if err := keyHolder.Rollback(); err != nil {
		t.Fatal(err)
	}
	within(t, time.Minute, func() bool { return blocks(t, db, pid) })
	lock(known.ID)
	if err := merger.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-created; err != nil {
		t.Fatalf("Create: %v", err)
	}
	got, err := store.Media().Get(t.Context(), d.Media.ID)
	if err != nil || len(got.Tags) != 2 || got.Tags[0].ID != late.ID || got.Tags[1].ID != known.ID {
		t.Errorf("created: %+v, %v", got.Tags, err)
	}
}

func begin(t *testing.T, db *sql.DB) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

// blocks reports whether somebody waits for what the backend has locked.
func blocks(t *testing.T, db *sql.DB, pid int) (so bool) {
	t.Helper()
	const waiting = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid)))"
	if err := db.QueryRowContext(t.Context(), waiting, pid).Scan(&so); err != nil {
		t.Fatal(err)
	}
	return so
}
