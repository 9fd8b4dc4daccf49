package integration_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/seed-f0df946f/mediakit/internal/migrate"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

func openBun(t testing.TB, dsn string) *bun.DB {
	t.Helper()
	return bun.NewDB(openSQL(t, dsn), pgdialect.New())
}

// ways are the ways to a database: past the pooler and through it.
var ways = map[string]func(t testing.TB, dsn string) string{
	"direct":            func(_ testing.TB, dsn string) string { return dsn },
	"through PgBouncer": throughPgbouncer,
}

// eachWay runs a test on an empty database of its own for each way to it.
func eachWay(t *testing.T, test func(t *testing.T, dsn string)) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, way(t, newEmptyPostgres(t)))
		})
	}
}

func openPooled(t testing.TB, dsn string) *bun.DB {
	t.Helper()
	return openStore(t, patiently(dsn), &postgres.Options{Pooled: true}).DB()
}

func TestStatusOnlyLooks(t *testing.T) {
	t.Parallel()
	db := openBun(t, newEmptyPostgres(t))
	list, err := migrations.Status(t.Context(), db)
	if err != nil || len(list) == 0 || !list[0].AppliedAt.IsZero() {
		t.Errorf("Status: %+v, error %v; want some that aren't applied", list, err)
	}
	if err := migrations.Validate(t.Context(), db); !errors.Is(err, migrations.ErrPending) {
		t.Errorf("Validate: %v; want %v", err, migrations.ErrPending)
	}
	var tables int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables, error %v; want none", tables, err)
	}
}

func TestUpTwiceOnAPoolOfOne(t *testing.T) {
	eachWay(t, func(t *testing.T, dsn string) {
		db := openPooled(t, dsn)
		db.SetMaxOpenConns(1)
		for range 2 {
			if err := errors.Join(migrations.Up(t.Context(), db), migrations.Validate(t.Context(), db)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Those that start at once wait for each other, also if an upgrade has a step that
// runs outside a transaction.
func TestStartersAtOnceConverge(t *testing.T) {
	eachWay(t, func(t *testing.T, dsn string) {
		for _, n := range []int{2, 16} {
			files := map[int]fs.FS{2: migrations.FS, 16: laterFiles(t)}[n]
			var wait sync.WaitGroup
			for range n {
				db := openPooled(t, dsn)
				wait.Go(func() {
					if err := migrate.Up(t.Context(), db, files); err != nil {
						t.Errorf("%d starters: Up: %v", n, err)
					}
				})
			}
			wait.Wait()
			if err := migrate.Validate(t.Context(), openPooled(t, dsn), files); err != nil {
				t.Errorf("%d starters: %v", n, err)
			}
		}
	})
}

// laterFiles are the files of a version that adds two.
func laterFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	for _, tree := range []fs.FS{migrations.FS, os.DirFS("../migrate/testdata")} {
		paths, err := fs.Glob(tree, "postgres/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := fs.ReadFile(tree, path)
			if err != nil {
				t.Fatal(err)
			}
			all[path] = &fstest.MapFile{Data: text}
		}
	}
	return all
}

// Rows that are there outlive an upgrade; the version before is refused from then on.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	store := openStore(t, newPostgres(t), nil)
	m := create(t, store, storagetest.Draft("Beach"))
	if err := migrate.Up(t.Context(), store.DB(), laterFiles(t)); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Media().Get(t.Context(), m.ID); err != nil || len(got.Tags) != 1 {
		t.Errorf("the media is now %+v, error %v", got, err)
	}
	var valid bool
	const built = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'mediakit_third'::regclass"
	if err := store.DB().QueryRowContext(t.Context(), built).Scan(&valid); err != nil || !valid {
		t.Errorf("the index is valid: %t, error %v", valid, err)
	}
	for name, err := range map[string]error{
		"Up": migrations.Up(t.Context(), store.DB()), "Validate": migrations.Validate(t.Context(), store.DB()),
	} {
		if !errors.Is(err, migrations.ErrUnknown) {
			t.Errorf("%s of the version before: %v; want %v", name, err, migrations.ErrUnknown)
		}
	}
}

func TestUnreleasedDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	for _, statements := range [][]string{
		{"CREATE TABLE mediakit_migrations (id bigint, name text, group_id bigint, migrated_at timestamptz)"},
		{"CREATE TABLE mediakit_migrations (file text, sha256 text, applied_at timestamptz)",
			"INSERT INTO mediakit_migrations VALUES ('20261127000000_media_and_tags.sql', 'another', now())"},
	} {
		db := openBun(t, newEmptyPostgres(t))
		for _, statement := range statements {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		for name, f := range map[string]func(context.Context, *bun.DB) error{"Up": migrations.Up, "Validate": migrations.Validate} {
			if err := f(t.Context(), db); !errors.Is(err, migrations.ErrUnreleased) {
				t.Errorf("%s: %v; want %v", name, err, migrations.ErrUnreleased)
			}
		}
		if tableExists(t, db.DB, "mediakit_media") {
			t.Error("Up has made a table")
		}
	}
}

// On a pool that is the host's, nothing may stay behind: no lock, no setting.
func TestUpLeavesNoStateOnAHostsPool(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig(newEmptyPostgres(t))
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 1
	config.ConnConfig.RuntimeParams["statement_timeout"] = "58s"
	config.ConnConfig.RuntimeParams["lock_timeout"] = "57s"
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	db := bun.NewDB(stdlib.OpenDBFromPool(pool), pgdialect.New())
	defer db.Close()
	var before int
	if err := db.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&before); err != nil {
		t.Fatal(err)
	}
	if err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	var after, locks int
	var statement, lock string
	const state = `SELECT pg_backend_pid(), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
		current_setting('statement_timeout'), current_setting('lock_timeout')`
	if err := db.QueryRowContext(t.Context(), state).Scan(&after, &locks, &statement, &lock); err != nil {
		t.Fatal(err)
	}
	if after != before || locks != 0 || statement != "58s" || lock != "57s" {
		t.Errorf("connection %d, then %d: %d locks, time-outs of %s and %s", before, after, locks, statement, lock)
	}
}

// migrateEnv makes this test binary migrate the database that it names, and end.
const migrateEnv = "MEDIAKIT_TEST_MIGRATE"

// migrateAndExit is what the process does that TestKilledStarterConverges kills.
func migrateAndExit(dsn string) {
	store, err := postgres.Open(context.Background(), dsn, &postgres.Options{Pooled: true})
	if err == nil {
		err = migrations.Up(context.Background(), store.DB())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestKilledStarterConverges(t *testing.T) {
	eachWay(t, func(t *testing.T, dsn string) {
		db := openPooled(t, dsn)
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
		if err := errors.Join(migrations.Up(t.Context(), db), migrations.Validate(t.Context(), db)); err != nil {
			t.Fatal(err)
		}
	})
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
