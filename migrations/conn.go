package migrations

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/uptrace/bun"
)

// onOneConn runs f with a handle whose every statement, transactions included,
// goes over the same connection of db. bun's migrator takes connections from a
// pool as it pleases, while an advisory lock belongs to one; and a host's pool
// may have no second one to give. With nested its transactions are savepoints.
func onOneConn(ctx context.Context, db *bun.DB, nested bool, f func(context.Context, *bun.DB) error) error {
	conn, err := db.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var failure error
	err = conn.Raw(func(raw any) error {
		conn := raw.(driver.Conn)
		if nested {
			conn = savepoints{conn}
		}
		single := sql.OpenDB(&once{conn: conn, driver: db.Driver()})
		single.SetMaxOpenConns(1)
		failure = f(ctx, bun.NewDB(single, db.Dialect()))
		failure = errors.Join(failure, single.Close())
		return driver.ErrBadConn // it is closed: the pool must not have it back
	})
	if failure == nil && !errors.Is(err, driver.ErrBadConn) {
		return err
	}
	return failure
}

// once is a connector with a single connection to give.
type once struct {
	conn   driver.Conn
	driver driver.Driver
}

var errLost = errors.New("the connection that held the lock is lost")

// Connect implements [driver.Connector]: the first call gets the connection, and who
// asks again has lost it.
func (o *once) Connect(context.Context) (driver.Conn, error) {
	if o.conn == nil {
		return nil, errLost
	}
	conn := o.conn
	o.conn = nil
	return conn, nil
}

// Driver implements [driver.Connector].
func (o *once) Driver() driver.Driver { return o.driver }

// savepoints is a connection on which a transaction has begun already: those that
// are begun on it are savepoints there.
type savepoints struct{ driver.Conn }

// Begin implements [driver.Conn].
func (c savepoints) Begin() (driver.Tx, error) { return c, c.exec("SAVEPOINT mediakit_migration") }

// Commit implements [driver.Tx].
func (c savepoints) Commit() error { return c.exec("RELEASE mediakit_migration") }

// Rollback implements [driver.Tx].
func (c savepoints) Rollback() error {
	return errors.Join(c.exec("ROLLBACK TO mediakit_migration"), c.Commit())
}

func (c savepoints) exec(text string) error {
	statement, err := c.Prepare(text)
	if err != nil {
		return err
	}
	_, err = statement.(driver.StmtExecContext).ExecContext(context.Background(), nil)
	return errors.Join(err, statement.Close())
}
