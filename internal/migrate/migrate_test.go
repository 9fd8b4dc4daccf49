package migrate_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/seed-f0df946f/mediakit/internal/migrate"
	"github.com/seed-f0df946f/mediakit/migrations"
)

// The files that only testdata has, for SQLite.
const (
	second = "20990101000000_second.sql"
	third  = "20990102000000_third.alone.sql"
)

func open(t *testing.T, path string) *bun.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return bun.NewDB(db, sqlitedialect.New())
}

func fresh(t *testing.T) *bun.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "media.db"))
}

// files returns the files of all the trees, for a test to change.
func files(t *testing.T, trees ...fs.FS) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	for _, tree := range trees {
		paths, err := fs.Glob(tree, "sqlite/*.sql")
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

func released(t *testing.T) fstest.MapFS { t.Helper(); return files(t, migrations.FS) }

func later(t *testing.T) fstest.MapFS {
	t.Helper()
	return files(t, migrations.FS, os.DirFS("testdata"))
}

func up(t *testing.T, db *bun.DB, from fs.FS) {
	t.Helper()
	if err := migrate.Up(t.Context(), db, from); err != nil {
		t.Fatal(err)
	}
}

// schema returns all that there is in the database.
func schema(t *testing.T, db *bun.DB) map[string]string {
	t.Helper()
	var rows []struct {
		Name string `bun:"name"`
		SQL  string `bun:"sql"`
	}
	if err := db.NewRaw("SELECT name, coalesce(sql, '') AS sql FROM sqlite_schema").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, row := range rows {
		all[row.Name] = row.SQL
	}
	return all
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	up(t, db, released(t))
	const insert = `INSERT INTO mediakit_tags (id, key, name, created_at, updated_at)
		VALUES ('01939f3e-0000-7000-8000-000000000001', 'beach', 'Beach', '2026-11-24 09:30:00+00:00', '2026-11-24 09:30:00+00:00')`
	if _, err := db.DB.ExecContext(t.Context(), insert); err != nil {
		t.Fatal(err)
	}
	if err := migrate.Validate(t.Context(), db, later(t)); !errors.Is(err, migrate.ErrPending) {
		t.Errorf("Validate before: %v; want %v", err, migrate.ErrPending)
	}
	began := time.Now().UTC().Truncate(time.Microsecond)
	for range 2 {
		up(t, db, later(t))
	}
	var name, value string
	if err := db.QueryRowContext(t.Context(), "SELECT name, second FROM mediakit_tags").Scan(&name, &value); err != nil || name != "Beach" || value != "none; yet" {
		t.Errorf("the row is now %q, %q, error %v", name, value, err)
	}
	list, err := migrate.Status(t.Context(), db, later(t))
	if err != nil || len(list) != 3 || list[1].File != second || list[2].File != third {
		t.Fatalf("Status: %+v, error %v", list, err)
	}
	for i, m := range list {
		if m.AppliedAt.IsZero() || m.AppliedAt.Location() != time.UTC || i > 0 && m.AppliedAt.Before(began) || m.AppliedAt.After(time.Now()) {
			t.Errorf("%s was applied at %v", m.File, m.AppliedAt)
		}
	}
	if err := migrate.Validate(t.Context(), db, later(t)); err != nil {
		t.Errorf("Validate afterwards: %v", err)
	}
}

// A database that other files have made is refused, and left as it is.
func TestOtherFilesAreRefused(t *testing.T) {
	t.Parallel()
	changed := released(t)
	for path, file := range changed {
		changed[path] = &fstest.MapFile{Data: append([]byte("-- \n"), file.Data...)}
	}
	old := fresh(t)
	const unreleased = "CREATE TABLE mediakit_migrations (id INTEGER PRIMARY KEY, name VARCHAR, group_id INTEGER, migrated_at TIMESTAMP)"
	if _, err := old.DB.ExecContext(t.Context(), unreleased); err != nil {
		t.Fatal(err)
	}
	made := func(from fs.FS) *bun.DB {
		db := fresh(t)
		up(t, db, from)
		return db
	}
	for name, c := range map[string]struct {
		db   *bun.DB
		with fs.FS
		want error
	}{
		"by a later version":                 {made(later(t)), released(t), migrate.ErrUnknown},
		"by another file of the same name":   {made(changed), released(t), migrate.ErrUnreleased},
		"so too if there is more to apply":   {made(changed), later(t), migrate.ErrUnreleased},
		"by the runner of an earlier commit": {old, released(t), migrate.ErrUnreleased},
	} {
		before := schema(t, c.db)
		if err := migrate.Up(t.Context(), c.db, c.with); !errors.Is(err, c.want) {
			t.Errorf("%s: Up: %v; want %v", name, err, c.want)
		}
		if err := migrate.Validate(t.Context(), c.db, c.with); !errors.Is(err, c.want) {
			t.Errorf("%s: Validate: %v; want %v", name, err, c.want)
		}
		if !maps.Equal(schema(t, c.db), before) {
			t.Errorf("%s: the schema has changed", name)
		}
	}
}

func TestValidateAndStatusOnlyLook(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	if err := migrate.Validate(t.Context(), db, released(t)); !errors.Is(err, migrate.ErrPending) {
		t.Errorf("Validate: %v; want %v", err, migrate.ErrPending)
	}
	if list, err := migrate.Status(t.Context(), db, later(t)); err != nil || len(list) != 3 || !list[0].AppliedAt.IsZero() {
		t.Errorf("Status: %+v, error %v", list, err)
	}
	if made := schema(t, db); len(made) != 0 {
		t.Errorf("%v was made", made)
	}
}

// A file that fails takes with it those that ran before it in the same transaction.
func TestFailedFileLeavesNothing(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	broken := later(t)
	broken["sqlite/"+second] = &fstest.MapFile{Data: []byte("CREATE TABLE mediakit_second (a);\nCREATE TABLE mediakit_second (a);\n")}
	if err := migrate.Up(t.Context(), db, broken); err == nil {
		t.Error("Up succeeded")
	}
	if left := schema(t, db); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
	up(t, db, later(t))
}

// What runs outside a transaction may end halfway: then it isn't recorded, and is run
// again as a whole.
func TestFailedFileOutsideATransactionIsRepeated(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	broken := later(t)
	broken["sqlite/"+third] = &fstest.MapFile{Data: []byte("CREATE TABLE IF NOT EXISTS mediakit_third (a);\nSELECT nothing;\n")}
	for range 2 {
		if err := migrate.Up(t.Context(), db, broken); err == nil {
			t.Error("Up succeeded")
		}
		list, err := migrate.Status(t.Context(), db, broken)
		if err != nil || list[1].AppliedAt.IsZero() || !list[2].AppliedAt.IsZero() {
			t.Errorf("Status: %+v, error %v", list, err)
		}
	}
	up(t, db, later(t))
	if err := migrate.Validate(t.Context(), db, later(t)); err != nil {
		t.Error(err)
	}
}

// The connection may not wait for other writers by itself, and its settings aren't ours.
func TestUpWaitsForAnotherWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "media.db")
	db, other := open(t, path), open(t, path)
	db.SetMaxOpenConns(1)
	writer, err := other.DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	for _, statement := range []string{"BEGIN IMMEDIATE", "CREATE TABLE host (a)"} {
		if _, err := writer.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := migrate.Up(impatient, db, released(t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Up: %v; want %v", err, context.DeadlineExceeded)
	}
	done := make(chan error, 1)
	go func() { done <- migrate.Up(t.Context(), db, released(t)) }()
	select {
	case err := <-done:
		t.Errorf("Up didn't wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	if _, err := writer.ExecContext(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("Up: %v", err)
	}
	var timeout int
	if err := db.QueryRowContext(t.Context(), "PRAGMA busy_timeout").Scan(&timeout); err != nil || timeout != 0 {
		t.Errorf("busy_timeout is %d, error %v", timeout, err)
	}
}
