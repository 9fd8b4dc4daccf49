package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/seed-f0df946f/mediakit/media"
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
	// one transaction at a time, such as PgBouncer. Then statements aren't
	// prepared, and the two time-outs have to be set in the database or the
	// pooler, which wouldn't accept them from us.
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
		return nil, fmt.Errorf("postgres: %w", err)
	}
	storeOptions := &storage.Options{SlowTimeout: o.SlowTimeout}
	if !o.Pooled {
		storeOptions.ExecMode = pgx.QueryExecModeCacheStatement
	}
	return storage.New(db, storeOptions)
}

var errBadDSN = errors.New("postgres: the DSN is not one that PostgreSQL knows")

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
	if o.Pooled {
		return
	}
	config.RuntimeParams["statement_timeout"] = milliseconds(o.StatementTimeout)
	config.RuntimeParams["lock_timeout"] = milliseconds(o.LockTimeout)
}

func pool(config *pgx.ConnConfig, o Options) *sql.DB {
	db := sql.OpenDB(connector{stdlib.GetConnector(*config)})
	db.SetMaxOpenConns(o.MaxConns)
	db.SetMaxIdleConns(o.MaxConns) // else busy pools close and dial all the time
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db
}

// connector makes connections, at any time of the pool's life, and fails with
// errors that tell nothing of the DSN.
type connector struct{ driver.Connector }

// Connect implements [driver.Connector].
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, unreachable(ctx, err)
	}
	return conn, nil
}

// unreachable returns the cause without what pgx puts before it: user, host and
// database of the DSN. That the time to connect was up is no end of ctx.
func unreachable(ctx context.Context, err error) error {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		err = connect.Unwrap()
	}
	if ctx.Err() != nil {
		return fmt.Errorf("can't connect: %w", err)
	}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return fmt.Errorf("connecting was refused with SQLState %s: %w", server.Code, media.ErrUnavailable)
	}
	return fmt.Errorf("can't connect: %w: %v", media.ErrUnavailable, err)
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// or returns v, or the default where v is zero.
func or[T comparable](v, standard T) T {
	var zero T
	if v == zero {
		return standard
	}
	return v
}
