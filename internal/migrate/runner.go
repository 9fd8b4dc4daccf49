package migrate

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// flavor is what differs between the databases.
type flavor struct {
	folder string
	begin  []string // begins a transaction and takes the lock, which ends with it
	// tryLock takes the lock of files that run outside a transaction, or answers false.
	tryLock string
	create  string // makes the table that records files
	// columns counts the columns of that table, and those of them named file.
	columns string
}

// All settings are the transaction's own, so that they are safe on a connection that
// belongs to a pooler or to the host. Neither waiting for another starter nor building
// an index is held to the limits of a request. READ COMMITTED is needed to see what
// another starter has committed while this one waited for the lock.
var flavors = map[dialect.Name]flavor{
	dialect.PG: {
		folder: "postgres",
		begin: []string{
			"BEGIN ISOLATION LEVEL READ COMMITTED",
			"SET LOCAL statement_timeout = 0",
			"SET LOCAL lock_timeout = 0",
			"SELECT pg_advisory_xact_lock(7882817126550694260)", // the bytes of "mediakit" as a number
		},
		tryLock: "SELECT pg_try_advisory_xact_lock(7882817126550694261)",
		create: `CREATE TABLE mediakit_migrations (
			file text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL)`,
		columns: `SELECT count(*), count(*) FILTER (WHERE attname = 'file') FROM pg_attribute
			WHERE attrelid = to_regclass('mediakit_migrations') AND attnum > 0 AND NOT attisdropped`,
	},
	dialect.SQLite: {
		folder: "sqlite",
		begin:  []string{"BEGIN IMMEDIATE"}, // the writer's lock is the only one there is
		create: `CREATE TABLE mediakit_migrations (
			file TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT`,
		columns: `SELECT count(*), count(*) FILTER (WHERE name = 'file')
			FROM pragma_table_info('mediakit_migrations')`,
	},
}

// runner works on one connection.
type runner struct {
	flavor
	db    *bun.DB
	conn  bun.Conn
	files []*file
}

// onConn runs f on one connection of db: a pool may have no second one to give.
func onConn(ctx context.Context, db *bun.DB, files fs.FS, f func(*runner) error) error {
	known, ok := flavors[db.Dialect().Name()]
	if !ok {
		return fmt.Errorf("there are no files for %v", db.Dialect().Name())
	}
	list, err := read(files, known.folder)
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return f(&runner{flavor: known, db: db, conn: conn, files: list})
}

// inTx runs f in a transaction that holds the lock.
func (r *runner) inTx(ctx context.Context, f func() error) error {
	err := r.exec(ctx, r.begin...)
	if err == nil {
		err = f()
	}
	if err == nil {
		err = r.exec(ctx, "COMMIT")
	}
	if err != nil {
		r.rollBack(ctx)
	}
	return err
}

var errPoolOfOne = errors.New("it needs a second connection to hold a lock, and the pool has only one")

// exclusively runs f while no other process runs one. The lock belongs to a transaction
// on a second connection, which only holds it. It is asked for again and again, since
// CREATE INDEX CONCURRENTLY waits for every other transaction that has a snapshot: it
// would wait for ever for one that waits for the lock.
func (r *runner) exclusively(ctx context.Context, f func() error) error {
	if r.tryLock == "" {
		return f()
	}
	if r.db.Stats().MaxOpenConnections == 1 {
		return errPoolOfOne
	}
	for {
		holder, err := r.tryExclusive(ctx)
		if err != nil {
			return err
		}
		if holder != nil {
			defer func() { _ = holder.Rollback() }()
			return f()
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// tryExclusive returns a transaction that holds the lock, or nil if another one does. One
// that doesn't is over at once: it may be the last connection that a pooler has.
func (r *runner) tryExclusive(ctx context.Context) (holder *sql.Tx, err error) {
	holder, err = r.db.DB.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, err
	}
	var locked bool
	err = holder.QueryRowContext(ctx, r.tryLock).Scan(&locked)
	if err == nil && locked {
		// The statement also takes the place of the one before, which may still have its
		// snapshot: drivers close a query's portal only with the next statement.
		_, err = holder.ExecContext(ctx, "SET LOCAL idle_in_transaction_session_timeout = 0")
	}
	if err != nil || !locked {
		_ = holder.Rollback()
		return nil, err
	}
	return holder, nil
}

// pause waits for a moment before the next attempt.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}

// rollBackWithin is how long a rollback may take on a connection that may be dead.
const rollBackWithin = 5 * time.Second

// rollBack ends the transaction even if ctx has ended. If it can't, the pool must not
// have the connection back.
func (r *runner) rollBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollBackWithin)
	defer cancel()
	if r.exec(ctx, "ROLLBACK") != nil {
		_ = r.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

// exec runs statements one by one, each in a call of its own: some engines and poolers
// take no more than one at a time.
func (r *runner) exec(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		_, err := r.conn.Conn.ExecContext(ctx, statement)
		for isBusy(err) {
			if err := pause(ctx); err != nil {
				return err
			}
			_, err = r.conn.Conn.ExecContext(ctx, statement)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isBusy reports whether SQLite refused a statement because another connection writes.
// How long it waits before is a setting of the connection, which isn't ours to change.
func isBusy(err error) bool {
	const busy = 5 // SQLITE_BUSY; extended codes have it in their lowest byte
	var e interface{ Code() int }
	return errors.As(err, &e) && e.Code()&0xff == busy
}

// recorded returns when each file was applied. It refuses a database that holds other
// files than ours. If create is set, it makes the table of records if there is none.
func (r *runner) recorded(ctx context.Context, create bool) (map[string]time.Time, error) {
	var columns, named int
	if err := r.conn.Conn.QueryRowContext(ctx, r.columns).Scan(&columns, &named); err != nil {
		return nil, err
	}
	switch {
	case columns > 0 && named == 0:
		return nil, ErrUnreleased
	case columns == 0 && create:
		return nil, r.exec(ctx, r.create)
	case columns == 0:
		return nil, nil
	}
	var rows []struct {
		File      string    `bun:"file"`
		SHA256    string    `bun:"sha256"`
		AppliedAt time.Time `bun:"applied_at"`
	}
	if err := r.conn.NewRaw("SELECT file, sha256, applied_at FROM mediakit_migrations").Scan(ctx, &rows); err != nil {
		return nil, err
	}
	done := make(map[string]time.Time, len(rows))
	for _, row := range rows {
		if err := r.check(row.File, row.SHA256); err != nil {
			return nil, err
		}
		done[row.File] = row.AppliedAt.UTC()
	}
	return done, nil
}

// check returns an error unless a recorded file is one of ours.
func (r *runner) check(name, sum string) error {
	for _, f := range r.files {
		switch {
		case f.name != name:
		case f.sum != sum:
			return fmt.Errorf("%w: %s was another file there", ErrUnreleased, name)
		default:
			return nil
		}
	}
	return fmt.Errorf("%w: %s", ErrUnknown, name)
}

func (r *runner) record(ctx context.Context, f *file) error {
	_, err := r.conn.ExecContext(ctx, "INSERT INTO mediakit_migrations (file, sha256, applied_at) VALUES (?, ?, ?)",
		f.name, f.sum, time.Now().UTC().Truncate(time.Microsecond))
	return err
}
