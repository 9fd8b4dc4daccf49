// Package migrate runs the files of package migrations. It stands by itself so that
// tests can run it over files that no release has.
package migrate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/uptrace/bun"
)

// Errors of a database that these files can't bring up to date.
var (
	ErrUnreleased = errors.New("the database was made by an unreleased version")
	ErrUnknown    = errors.New("the database was migrated by a file that this version doesn't have")
	ErrPending    = errors.New("the database isn't up to date")
)

// Migration is one file, and when it was applied.
type Migration struct {
	File      string
	AppliedAt time.Time // zero: not yet
}

// Up applies the files of the dialect's folder that the database doesn't record yet, in
// the order of their names, and records them.
func Up(ctx context.Context, db *bun.DB, files fs.FS) error {
	return onConn(ctx, db, files, func(r *runner) error {
		for {
			next, err := r.upTo(ctx)
			if err != nil || next == nil {
				return err
			}
			if err := r.runAlone(ctx, next); err != nil {
				return fmt.Errorf("%s: %w", next.name, err)
			}
		}
	})
}

// upTo applies and records files in one transaction, up to the first that can't run in
// one. It returns that file, or nil if there is none.
func (r *runner) upTo(ctx context.Context) (next *file, err error) {
	err = r.inTx(ctx, func() error {
		done, err := r.recorded(ctx, true)
		if err != nil {
			return err
		}
		for _, f := range r.files {
			if _, applied := done[f.name]; applied {
				continue
			}
			if f.alone {
				next = f
				return nil
			}
			if err := r.exec(ctx, f.statements...); err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
			if err := r.record(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
	return next, err
}

// runAlone applies a file that can't run in a transaction, and records it.
func (r *runner) runAlone(ctx context.Context, f *file) error {
	return r.exclusively(ctx, func() error {
		done, err := r.recorded(ctx, false)
		if _, applied := done[f.name]; applied || err != nil {
			return err
		}
		if err := r.exec(ctx, f.statements...); err != nil {
			return err
		}
		return r.inTx(ctx, func() error { return r.record(ctx, f) })
	})
}

// Status lists the files of the dialect's folder in their order. It only looks.
func Status(ctx context.Context, db *bun.DB, files fs.FS) (list []Migration, err error) {
	err = onConn(ctx, db, files, func(r *runner) error {
		done, err := r.recorded(ctx, false)
		for _, f := range r.files {
			list = append(list, Migration{File: f.name, AppliedAt: done[f.name]})
		}
		return err
	})
	return list, err
}

// Validate returns an error unless the database records exactly the files of the
// dialect's folder. It only looks.
func Validate(ctx context.Context, db *bun.DB, files fs.FS) error {
	list, err := Status(ctx, db, files)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.AppliedAt.IsZero() {
			return fmt.Errorf("%w: %s is not applied", ErrPending, m.File)
		}
	}
	return nil
}
