package sqlite_test

import (
	"bufio"
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/seed-f0df946f/mediakit/migrations"
)

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

// tables counts what is in the schema.
func tables(t *testing.T, db *bun.DB) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStatusOnlyLooks(t *testing.T) {
	t.Parallel()
	db := openFile(t, filepath.Join(t.TempDir(), "media.db"), nil).DB()
	if all, done := applied(t, db); all == 0 || done != 0 {
		t.Errorf("%d of %d applied; want none of some", done, all)
	}
	if n := tables(t, db); n != 0 {
		t.Errorf("%d tables; want none", n)
	}
}

func TestUpTwiceOnAPoolOfOne(t *testing.T) {
	t.Parallel()
	db := openFile(t, filepath.Join(t.TempDir(), "media.db"), nil).DB()
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
	path := filepath.Join(t.TempDir(), "media.db")
	var wait sync.WaitGroup
	for range 4 {
		db := openFile(t, path, nil).DB()
		wait.Go(func() {
			if err := migrations.Up(t.Context(), db); err != nil {
				t.Errorf("Up: %v", err)
			}
		})
	}
	wait.Wait()
	db := openFile(t, path, nil).DB()
	if all, done := applied(t, db); done != all {
		t.Errorf("%d of %d applied", done, all)
	}
}

// What is there already stops a migration at it: then nothing of it is left, and it
// can be run again.
func TestFailedMigrationLeavesNothing(t *testing.T) {
	t.Parallel()
	db := openFile(t, filepath.Join(t.TempDir(), "media.db"), nil).DB()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE mediakit_idempotency (a)"); err != nil {
		t.Fatal(err)
	}
	if err := migrations.Up(t.Context(), db); err == nil {
		t.Error("a table was there already, and Up succeeded")
	}
	if n := tables(t, db); n != 1 {
		t.Errorf("%d tables; want the one", n)
	}
	if _, err := db.ExecContext(t.Context(), "DROP TABLE mediakit_idempotency"); err != nil {
		t.Fatal(err)
	}
	if err := migrations.Up(t.Context(), db); err != nil {
		t.Error(err)
	}
}

// migrateEnv makes this test binary migrate the file that it names, and stop before
// the end.
const migrateEnv = "MEDIAKIT_TEST_MIGRATE"

// stopping is a connection that stops when all is done and nothing is committed.
type stopping struct{ driver.Conn }

func (c stopping) Prepare(query string) (driver.Stmt, error) {
	if query == "COMMIT" {
		fmt.Println(query)
		_, _ = io.Copy(io.Discard, os.Stdin) // until the process is killed
	}
	return c.Conn.Prepare(query)
}

// stoppingFile connects to a file.
type stoppingFile struct {
	driver driver.Driver
	path   string
}

func (f stoppingFile) Connect(context.Context) (driver.Conn, error) {
	conn, err := f.driver.Open(f.path)
	return stopping{conn}, err
}

func (f stoppingFile) Driver() driver.Driver { return f.driver }

// migrateAndStop is what the process does that TestKilledStarterConverges kills.
func migrateAndStop(path string) {
	db, err := sql.Open("sqlite", path)
	if err == nil {
		db = sql.OpenDB(stoppingFile{db.Driver(), path})
		err = migrations.Up(context.Background(), bun.NewDB(db, sqlitedialect.New()))
	}
	fmt.Fprintln(os.Stderr, "not stopped:", err)
	os.Exit(1)
}

func TestKilledStarterConverges(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "media.db")
	db := openFile(t, path, nil).DB()
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), migrateEnv+"="+path)
	process.Stderr = os.Stderr
	stdin, err := process.StdinPipe() // never written to: the process reads it for ever
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || line != "COMMIT\n" {
		t.Fatalf("the process says %q, error %v", line, err)
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait()
	if n := tables(t, db); n != 0 {
		t.Errorf("%d tables after the kill; want none", n)
	}
	if err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if all, done := applied(t, db); done != all {
		t.Errorf("%d of %d applied", done, all)
	}
}
