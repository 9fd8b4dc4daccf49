package integration_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/seed-f0df946f/mediakit/migrations"
)

func openBun(t testing.TB, dsn string) *bun.DB {
	t.Helper()
	return bun.NewDB(openSQL(t, dsn), pgdialect.New())
}

// applied returns how many migrations there are and how many are applied.
func applied(t *testing.T, db *bun.DB) (all, done int) {
	t.Helper()
	list, err := migrations.Status(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if !m.AppliedAt.IsZero() {
			done++
		}
	}
	return len(list), done
}

func TestStatusOnlyLooks(t *testing.T) {
	t.Parallel()
	db := openBun(t, newEmptyPostgres(t))
	if all, done := applied(t, db); all == 0 || done != 0 {
		t.Errorf("%d of %d applied; want none of some", done, all)
	}
	var tables int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables, error %v; want none", tables, err)
	}
}

func TestUpTwiceOnAPoolOfOne(t *testing.T) {
	t.Parallel()
	db := openBun(t, newEmptyPostgres(t))
	db.SetMaxOpenConns(1)
	for range 2 {
		if err := migrations.Up(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if all, done := applied(t, db); done != all {
			t.Errorf("%d of %d applied", done, all)
		}
	}
}

func TestStartersAtOnceConverge(t *testing.T) {
	t.Parallel()
	dsn := newEmptyPostgres(t)
	var wait sync.WaitGroup
	for range 4 {
		db := openBun(t, dsn)
		wait.Go(func() {
			if err := migrations.Up(t.Context(), db); err != nil {
				t.Errorf("Up: %v", err)
			}
		})
	}
	wait.Wait()
	db := openBun(t, dsn)
	if all, done := applied(t, db); done != all {
		t.Errorf("%d of %d applied", done, all)
	}
}

// migrateEnv makes this test binary migrate the database that it names, and end.
const migrateEnv = "MEDIAKIT_TEST_MIGRATE"

// migrateAndExit is what the process does that TestKilledStarterConverges kills.
func migrateAndExit(dsn string) {
	db, err := sql.Open("pgx", dsn)
	if err == nil {
		err = migrations.Up(context.Background(), bun.NewDB(db, pgdialect.New()))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestKilledStarterConverges(t *testing.T) {
	t.Parallel()
	dsn := newEmptyPostgres(t)
	db := openBun(t, dsn)
	// A table that somebody else is making stops the migration at it: by then it
	// has made others.
	blocker, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blocker.ExecContext(t.Context(), "CREATE TABLE mediakit_idempotency ()"); err != nil {
		t.Fatal(err)
	}
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), migrateEnv+"="+dsn)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	waitForLock(t, db.DB)
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait()
	if err := blocker.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if all, done := applied(t, db); done != all {
		t.Errorf("%d of %d applied", done, all)
	}
}

// waitForLock returns when a session of this database waits for another's
// transaction.
func waitForLock(t *testing.T, db *sql.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	const waiting = `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
		WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'transactionid')`
	for found := false; !found; {
		if err := db.QueryRowContext(ctx, waiting).Scan(&found); err != nil {
			t.Fatal(err)
		}
	}
}
