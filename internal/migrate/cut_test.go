package migrate_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/seed-f0df946f/mediakit/internal/migrate"
)

// cutFile connects to a file, and loses the connection after some statements.
type cutFile struct {
	driver driver.Driver
	path   string
	left   int  // of the statements
	stuck  bool // refuses to roll back
}

func (f *cutFile) Connect(context.Context) (driver.Conn, error) {
	conn, err := f.driver.Open(f.path)
	return cutConn{conn, f}, err
}

func (f *cutFile) Driver() driver.Driver { return f.driver }

type cutConn struct {
	driver.Conn
	file *cutFile
}

func (c cutConn) Prepare(query string) (driver.Stmt, error) {
	if c.file.stuck && query == "ROLLBACK" {
		return nil, errors.New("not now")
	}
	if c.file.left == 0 {
		return nil, driver.ErrBadConn
	}
	c.file.left--
	return c.Conn.Prepare(query)
}

// Wherever a starter ends, the next one goes on.
func TestStarterCutOffConverges(t *testing.T) {
	t.Parallel()
	from, folder := later(t), t.TempDir()
	sqlite := open(t, filepath.Join(folder, "any.db")).Driver()
	for statements := 0; ; statements++ {
		path := filepath.Join(folder, fmt.Sprint(statements))
		cut := sql.OpenDB(&cutFile{driver: sqlite, path: path, left: statements})
		whole := migrate.Up(t.Context(), bun.NewDB(cut, sqlitedialect.New()), from)
		_ = cut.Close()
		db := open(t, path)
		if err := errors.Join(migrate.Up(t.Context(), db, from), migrate.Validate(t.Context(), db, from)); err != nil {
			t.Fatalf("cut off after %d statements: %v", statements, err)
		}
		if whole == nil {
			if statements < 20 {
				t.Errorf("Up took %d statements; some weren't counted", statements)
			}
			return
		}
	}
}

// A connection that is still in the transaction never goes back to the pool.
func TestConnectionThatCantRollBackIsDropped(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "media.db")
	pool := sql.OpenDB(&cutFile{driver: open(t, path).Driver(), path: path, left: -1, stuck: true})
	t.Cleanup(func() { _ = pool.Close() })
	db := bun.NewDB(pool, sqlitedialect.New())
	db.SetMaxOpenConns(1)
	broken := released(t)
	broken["sqlite/20990103000000_broken.sql"] = &fstest.MapFile{Data: []byte("DROP TABLE nowhere;\n")}
	if err := migrate.Up(t.Context(), db, broken); err == nil {
		t.Fatal("the broken file was applied")
	}
	up(t, db, released(t))
}
