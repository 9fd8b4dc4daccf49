package migrations

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
	"github.com/uptrace/bun/migrate"
)

// FS holds the files, in a folder for each dialect: postgres and sqlite.
//
//go:embed postgres sqlite
var FS embed.FS

const (
	table      = "mediakit_migrations"
	locksTable = "mediakit_migration_locks" // bun makes it; the database's own lock does its work
)

// Migration is one step of the schema.
type Migration struct {
	Name      string    // the number its file begins with
	Comment   string    // what follows the number
	AppliedAt time.Time // zero: not yet
}

// kit is what differs between dialects.
type kit struct {
	folder string
	begin  []string // makes the connection ready and takes the lock
	end    []string // where all went well
	nested bool     // begin has begun a transaction, so that each migration is a part of it
	exists string   // a query for one row: whether the table of migrations exists
}

// The lock dies with its connection, and so do the settings: neither waiting for
// another starter nor building an index is held to the limits of a request.
var kits = map[dialect.Name]kit{
	dialect.PG: {
		folder: "postgres",
		begin: []string{
			"SET statement_timeout = 0",
			"SET lock_timeout = 0",
			"SELECT pg_advisory_lock(7882817126550694260)", // the bytes of "mediakit" as a number
		},
		exists: "SELECT to_regclass('" + table + "') IS NOT NULL",
	},
	// SQLite has one lock, that of the writer, and it lasts as long as a transaction:
	// so all is done in one.
	dialect.SQLite: {
		folder: "sqlite",
		begin: []string{
			"PRAGMA busy_timeout = 2147483647",
			"BEGIN IMMEDIATE",
		},
		end:    []string{"COMMIT"},
		nested: true,
		exists: "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '" + table + "')",
	},
}

func kitFor(db *bun.DB) (kit, error) {
	k, ok := kits[db.Dialect().Name()]
	if !ok {
		return kit{}, fmt.Errorf("migrations: there are none for %v", db.Dialect().Name())
	}
	return k, nil
}

// Up applies the migrations that are not applied yet, all on one connection of
// db and under a lock, so that others that start at the same time wait. It leaves
// that connection closed.
func Up(ctx context.Context, db *bun.DB) error {
	k, err := kitFor(db)
	if err != nil {
		return err
	}
	err = onOneConn(ctx, db, k.nested, k.up)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

func (k kit) up(ctx context.Context, db *bun.DB) error {
	if err := execAll(ctx, db, k.begin); err != nil {
		return err
	}
	steps, err := k.steps()
	if err != nil {
		return err
	}
	m := migrator(db, steps)
	if err := m.Init(ctx); err != nil {
		return err
	}
	if _, err := m.Migrate(ctx); err != nil {
		return err
	}
	return execAll(ctx, db, k.end)
}

func execAll(ctx context.Context, db *bun.DB, statements []string) error {
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// steps reads the dialect's folder.
func (k kit) steps() (*migrate.Migrations, error) {
	files, err := fs.Sub(FS, k.folder)
	if err != nil {
		return nil, err
	}
	steps := migrate.NewMigrations()
	return steps, steps.Discover(files)
}

func migrator(db *bun.DB, steps *migrate.Migrations) *migrate.Migrator {
	return migrate.NewMigrator(db, steps,
		migrate.WithTableName(table),
		migrate.WithLocksTableName(locksTable),
		migrate.WithMarkAppliedOnSuccess(true),
		migrate.WithUpsert(true),
		migrate.AfterMigration(mark),
	)
}

// mark remembers a migration in its own transaction. The migrator marks it once
// more, after the commit; who is killed between the two would otherwise leave a
// migration that was applied and is about to be applied again.
func mark(ctx context.Context, tx bun.IConn, m *migrate.Migration) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO "+table+" (name, group_id) VALUES (?, ?)", m.Name, m.GroupID)
	return err
}

// Status tells which migrations there are, in order, and which of them are
// applied. It only looks: in an empty database it creates nothing.
func Status(ctx context.Context, db *bun.DB) ([]Migration, error) {
	k, err := kitFor(db)
	if err != nil {
		return nil, err
	}
	list, err := k.status(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return list, nil
}

func (k kit) status(ctx context.Context, db *bun.DB) ([]Migration, error) {
	steps, err := k.steps()
	if err != nil {
		return nil, err
	}
	var begun bool
	if err := db.QueryRowContext(ctx, k.exists).Scan(&begun); err != nil {
		return nil, err
	}
	known := steps.Sorted()
	if begun {
		if known, err = migrator(db, steps).MigrationsWithStatus(ctx); err != nil {
			return nil, err
		}
	}
	list := make([]Migration, len(known))
	for i, m := range known {
		list[i] = Migration{Name: m.Name, Comment: m.Comment, AppliedAt: m.MigratedAt.UTC()}
	}
	return list, nil
}
