package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/seed-f0df946f/mediakit/storage"
)

// What [Options] are by default.
const (
	DefaultMaxConns         = 20
	DefaultStatementTimeout = 3 * time.Second
	DefaultLockTimeout      = time.Second
	DefaultConnectTimeout   = 5 * time.Second
)

// Options change what [Open] does by default. A zero field means its default.
type Options struct {
	MaxConns         int           // default DefaultMaxConns
	StatementTimeout time.Duration // for one statement; default DefaultStatementTimeout
	SlowTimeout      time.Duration // for one of a tag's merge, delete or recount; default storage.DefaultSlowTimeout
	LockTimeout      time.Duration // for one wait for a lock; default DefaultLockTimeout

	// Pooled says that the DSN leads to a pooler that hands out a connection for
	// one transaction at a time, such as PgBouncer. Then no statement is prepared by
	// name and nothing is set for a session. StatementTimeout and LockTimeout have
	// no effect: set both in the database, and see with [Limits] that they hold.
	Pooled bool
}

func (o *Options) orDefaults() Options {
	if o == nil {
		o = &Options{}
	}
	return Options{
		MaxConns:         or(o.MaxConns, DefaultMaxConns),
		StatementTimeout: or(o.StatementTimeout, DefaultStatementTimeout),
		SlowTimeout:      or(o.SlowTimeout, storage.DefaultSlowTimeout),
		LockTimeout:      or(o.LockTimeout, DefaultLockTimeout),
		Pooled:           o.Pooled,
	}
}

// Open returns a store over a pool of connections to the database that dsn names,
// once one of them is up. It creates and changes nothing there. The caller closes
// the store. opts may be nil.
//
// A connection has [DefaultConnectTimeout] to be made, for each host of the DSN,
// unless the DSN has a connect_timeout, in seconds.
func Open(ctx context.Context, dsn string, opts *Options) (*storage.Store, error) {
	o := opts.orDefaults()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errBadDSN // the cause would quote it
	}
	o.apply(config)
	db := bun.NewDB(pool(config, o), pgdialect.New())
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("postgres: %w", atOpen(err, o))
	}
	return storage.New(db, &storage.Options{SlowTimeout: o.SlowTimeout, ExecMode: o.execMode()})
}

var errBadDSN = errors.New("postgres: the DSN is not one that PostgreSQL knows")

// execMode is how the hottest statements run, which are the same text each time.
func (o Options) execMode() pgx.QueryExecMode {
	if o.Pooled {
		return pgx.QueryExecModeExec
	}
	return pgx.QueryExecModeCacheStatement
}

// apply sets what holds for each connection. The mode is the one for statements
// into which arguments are written: to prepare them would cost a round trip, and
// the server memory, for texts that never come again.
func (o Options) apply(config *pgx.ConnConfig) {
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	if config.ConnectTimeout == 0 {
		// The pool dials for those who wait for it under no request's deadline: a host
		// that never answers would keep its connections for good.
		config.ConnectTimeout = DefaultConnectTimeout
	}
	config.OnPgError = closeReadOnly(config.OnPgError)
	if o.Pooled {
		return
	}
	config.RuntimeParams["statement_timeout"] = milliseconds(o.StatementTimeout)
	config.RuntimeParams["lock_timeout"] = milliseconds(o.LockTimeout)
}

// closeReadOnly closes a connection whose server has become read-only: a standby now, or
// no longer the primary. The pool then dials again, and finds the primary.
func closeReadOnly(usual pgconn.PgErrorHandler) pgconn.PgErrorHandler {
	const readOnly = "25006"
	return func(c *pgconn.PgConn, err *pgconn.PgError) (keep bool) {
		return usual(c, err) && err.Code != readOnly
	}
}

func pool(config *pgx.ConnConfig, o Options) *sql.DB {
	db := sql.OpenDB(connector{stdlib.GetConnector(*config)})
	db.SetMaxOpenConns(o.MaxConns)
	db.SetMaxIdleConns(o.MaxConns) // else busy pools close and dial all the time
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// or returns v, or the default if v is zero.
func or[T comparable](v, standard T) T {
	var zero T
	if v == zero {
		return standard
	}
	return v
}
