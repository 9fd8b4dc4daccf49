package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// DefaultSlowTimeout is what a tag's merge, delete and recount may take.
const DefaultSlowTimeout = time.Minute

// Options change what a [Store] does by default. A zero field means its default.
type Options struct {
	// ExecMode is handed to database/sql as the first argument of the hottest
	// statements, for drivers that choose there how to run one. With pgx it is
	// pgx.QueryExecModeCacheStatement: the server then plans each only once per
	// connection. Leave it nil behind a pooler that can't keep prepared
	// statements; the same statements work without.
	ExecMode any

	// SlowTimeout is the time that the database gives a merge, delete or recount
	// of tags, in place of its usual limit on a statement. In a transaction of the
	// host's the host's own limit stands. Default [DefaultSlowTimeout].
	SlowTimeout time.Duration
}

// Store keeps media and tags in an SQL database. It is safe for concurrent use
// as far as its handle is: a store over a transaction is used by one goroutine.
type Store struct {
	db    bun.IDB
	pool  *bun.DB // db if it is a pool; it also scans rows
	raw   handle  // db without bun, which would write arguments into the text
	sql   *statements
	opts  Options
	owned bool // db is no transaction: the store begins and limits its own

	writing chan struct{} // full while one of the store's writers writes; nil if many may
}

// handle is what *sql.DB, *sql.Tx and *sql.Conn have in common.
type handle interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// New returns a store over db: a *bun.DB, or a bun.Tx or bun.Conn or a pointer to
// one. Over a transaction all that the store does is part of it. New doesn't call
// the database; opts may be nil.
func New(db bun.IDB, opts *Options) (*Store, error) {
	raw, inTx := rawHandle(db)
	if raw == nil {
		return nil, fmt.Errorf("storage: a store stands on a bun.DB, bun.Tx or bun.Conn, not on %T", db)
	}
	s := &Store{db: db, pool: db.NewSelect().DB(), raw: raw, owned: !inTx}
	switch name := db.Dialect().Name(); name {
	case dialect.PG:
		s.sql = &postgres
	case dialect.SQLite:
		s.sql = &sqlite
	default:
		return nil, fmt.Errorf("storage: there are no statements for %v", name)
	}
	if s.owned && s.sql.oneWriter {
		s.writing = make(chan struct{}, 1)
	}
	if opts != nil {
		s.opts = *opts
	}
	if s.opts.SlowTimeout == 0 {
		s.opts.SlowTimeout = DefaultSlowTimeout
	}
	return s, nil
}

// rawHandle returns the database/sql handle under db, nil if there is none,
// and whether it is a transaction.
func rawHandle(db bun.IDB) (raw handle, inTx bool) {
	switch db := db.(type) {
	case *bun.DB:
		if db != nil {
			return db.DB, false
		}
	case bun.Tx:
		if db.Tx != nil {
			return db.Tx, true
		}
	case *bun.Tx:
		if db != nil && db.Tx != nil {
			return db.Tx, true
		}
	case bun.Conn:
		if db.Conn != nil {
			return db.Conn, false
		}
	case *bun.Conn:
		if db != nil && db.Conn != nil {
			return db.Conn, false
		}
	}
	return nil, false
}

// Media returns the store's repository of media.
func (s *Store) Media() media.Repository { return mediaRepository{s} }

// Tags returns the store's repository of tags.
func (s *Store) Tags() tags.Repository { return tagRepository{s} }

// InTx runs f with a store over a new transaction and commits it if f returns
// nil; else it rolls back and returns f's error. Over a store that is in a
// transaction already the new one is a savepoint. All that f does goes through the
// store that it is given: on SQLite, which has one writer, any other waits for f.
//
// DB returns nil for that store, so f can't write a row of the host's. A host that wants
// to begins the transaction itself and calls [New] with it.
func (s *Store) InTx(ctx context.Context, f func(ctx context.Context, s *Store) error) error {
	end, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer end()
	var refused error
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		refused = f(ctx, &Store{db: tx, pool: s.pool, raw: tx.Tx, sql: s.sql, opts: s.opts})
		return refused
	})
	if refused != nil {
		return refused
	}
	return translate(ctx, err)
}

// DB returns the pool that the store stands on, or nil over a transaction or a
// single connection: to migrate, to ping, to begin a transaction of one's own.
func (s *Store) DB() *bun.DB {
	db, _ := s.db.(*bun.DB)
	return db
}

// Close closes the pool that the store stands on; a transaction or a connection
// is left to who began or took it.
func (s *Store) Close() error {
	if db := s.DB(); db != nil {
		return db.Close()
	}
	return nil
}
