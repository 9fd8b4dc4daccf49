package integration_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

// counter counts the calls to a driver, each of which is a round trip.
type counter struct {
	driver.Connector
	calls atomic.Int64
}

func (c *counter) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return countedConn{conn.(*stdlib.Conn), c}, nil
}

type countedConn struct {
	*stdlib.Conn
	*counter
}

func (c countedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.calls.Add(1)
	return c.Conn.QueryContext(ctx, query, args)
}

func (c countedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.calls.Add(1)
	return c.Conn.ExecContext(ctx, query, args)
}

func (c countedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.calls.Add(1)
	return c.Conn.PrepareContext(ctx, query)
}

// BeginTx counts twice: what begins is ended.
func (c countedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.calls.Add(2)
	return c.Conn.BeginTx(ctx, opts)
}

// countedStore is a store as storage/postgres opens it, with a counter in the driver.
func countedStore(t *testing.T, dsn string) (*storage.Store, *atomic.Int64) {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	c := &counter{Connector: stdlib.GetConnector(*config)}
	store, err := storage.New(bun.NewDB(sql.OpenDB(c), pgdialect.New()), &storage.Options{ExecMode: pgx.QueryExecModeCacheStatement})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store, &c.calls
}

func TestRoundTrips(t *testing.T) {
	t.Parallel()
	store, calls := countedStore(t, newPostgres(t))
	repo := store.Media()
	plain, tagged := create(t, store, storagetest.Draft()), create(t, store, storagetest.Draft("Beach", "Sea"))
	list := func(f media.Selection, after uuid.UUID) func(context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := repo.List(ctx, media.Query{Selection: f, After: after, Ascending: true, Limit: 10, Budget: 100})
			return err
		}
	}
	creating := func(d media.Draft) func(context.Context) error {
		return func(ctx context.Context) error { _, _, err := repo.Create(ctx, d); return err }
	}
	updating := func(names ...string) func(context.Context) error {
		list := storagetest.Draft(names...).Tags
		return func(ctx context.Context) error {
			_, err := repo.Update(ctx, tagged.ID, media.Patch{Tags: &list, At: tagged.CreatedAt}, 0)
			return err
		}
	}
	retagging := func(names ...string) func(context.Context) error {
		ids := []uuid.UUID{plain.ID, tagged.ID}
		return func(ctx context.Context) error {
			_, err := repo.Retag(ctx, ids, storagetest.Draft(names...).Tags, []string{"beach"}, tagged.CreatedAt)
			return err
		}
	}
	moving := func(to media.State) func(context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := repo.Move(ctx, tagged.ID, media.When{From: anyState}, moveTo(to))
			return err
		}
	}
	for _, c := range []struct {
		name string
		call func(context.Context) error
		want int64
	}{
		{"create", creating(storagetest.Draft()), 1},
		{"create with known tags", creating(storagetest.Draft("Beach", "Sea")), 1},
		{"create with known tags and a key", creating(keyed("key", "Beach")), 1},
		{"create with a key used before", creating(keyed("key", "Beach")), 2},
		{"create with a new tag", creating(storagetest.Draft("Beach", "New")), 1},
		{"get with tags", func(ctx context.Context) error { _, err := repo.Get(ctx, tagged.ID); return err }, 1},
		{"update with known tags", updating("Beach", "New"), 1},
		{"update with a new tag", updating("Beach", "Newer"), 1},
		{"retag with known tags", retagging("Sea"), 1},
		{"retag with a new tag", retagging("Newest"), 1},
		{"finalize", moving(media.StateReady), 1},
		{"a page without tags", list(media.Selection{CreatedBefore: tagged.CreatedAt, Untagged: true}, uuid.Nil), 1},
		{"a page with its tags", list(media.Selection{}, uuid.Nil), 2},
		{"a page by tags, with its tags", list(media.Selection{AllTagKeys: []string{"sea"}}, uuid.Nil), 3},
		{"delete", moving(media.StateDeleted), 1},
	} {
		before := calls.Load()
		if err := c.call(t.Context()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := calls.Load() - before; got != c.want {
			t.Errorf("%s: %d round trips; want %d", c.name, got, c.want)
		}
	}
}
