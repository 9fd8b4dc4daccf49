package migrations

import (
	"context"
	"embed"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/seed-f0df946f/mediakit/internal/migrate"
)

// FS holds the files, in a folder for each dialect: postgres and sqlite.
//
//go:embed postgres sqlite
var FS embed.FS

// Errors of [Up] and [Validate].
var (
	// ErrUnreleased says that the database was made by a version that was never
	// released. No file leads on from there: make the database anew.
	ErrUnreleased = migrate.ErrUnreleased

	// ErrUnknown says that the database holds a migration that this version doesn't
	// know: a later version was here.
	ErrUnknown = migrate.ErrUnknown

	// ErrPending says that a migration is still to be applied. Only [Validate]
	// returns it.
	ErrPending = migrate.ErrPending
)

// Migration is one file of the schema, and when it was applied.
type Migration = migrate.Migration

// Up applies the migrations that the database doesn't record yet, and records them with
// their SHA-256, in one transaction and under a lock: others that start at the same time
// wait. It takes one connection of db and leaves nothing behind on it, so that db may be
// a pool of one, belong to the host, or lead through a pooler that hands out connections
// for one transaction at a time.
//
// It returns [ErrUnreleased] or [ErrUnknown], and changes nothing, if the database
// holds migrations that this version doesn't have.
func Up(ctx context.Context, db *bun.DB) error {
	return wrap(migrate.Up(ctx, db, FS))
}

// Status lists the migrations in their order, and tells when each was applied. It only
// looks: it creates nothing in an empty database. Its errors are those of [Up].
func Status(ctx context.Context, db *bun.DB) ([]Migration, error) {
	list, err := migrate.Status(ctx, db, FS)
	return list, wrap(err)
}

// Validate returns an error unless exactly the migrations of this version are applied:
// [ErrPending] if one is missing, else the errors of [Up]. It only looks.
func Validate(ctx context.Context, db *bun.DB) error {
	return wrap(migrate.Validate(ctx, db, FS))
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("migrations: %w", err)
}
