package migrate_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/seed-f0df946f/mediakit/internal/migrate"
)

// cutFile connects to a file, and loses the connection after some statements.
type cutFile struct {
	driver driver.Driver
	path   string
	left   int // of the statements
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
		cut := sql.OpenDB(&cutFile{sqlite, path, statements})
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
