package storage

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// Get implements [media.Repository], in one round trip.
func (r mediaRepository) Get(ctx context.Context, id uuid.UUID) (media.Media, error) {
	m, ok, err := r.one(ctx, r.query, r.sql.get, id)
	if err == nil && !ok {
		err = media.ErrNotFound
	}
	return m, err
}

// one returns the media that a hot statement answers, and whether there was one.
func (r mediaRepository) one(ctx context.Context, run runner, text string, args ...any) (media.Media, bool, error) {
	var rows []mediaRow
	if err := run(ctx, &rows, text, r.prepared(args...)...); err != nil || len(rows) == 0 {
		return media.Media{}, false, err
	}
	return rows[0].media(), true, nil
}

// Update implements [media.Repository]: PostgreSQL takes one round trip, and one more
// to tell why nothing was changed.
func (r mediaRepository) Update(ctx context.Context, id uuid.UUID, p media.Patch, ifVersion int) (m media.Media, err error) {
	err = r.settle(ctx, func() (done bool, err error) {
		if m, done, err = r.update(ctx, id, p, ifVersion); done || err != nil {
			return done, err
		}
		return false, r.whyNot(ctx, id, ifVersion)
	})
	return m, err
}

func (r mediaRepository) update(ctx context.Context, id uuid.UUID, p media.Patch, ifVersion int) (media.Media, bool, error) {
	if p.Tags == nil {
		return r.one(ctx, r.change, r.sql.update, id, ifVersion, p.Filename, p.FilenameFold, p.At)
	}
	return r.sql.updateTags(r, ctx, id, p, ifVersion)
}

// foldOrNull returns the patch's folded filename, or NULL if it has none.
func foldOrNull(p media.Patch) any {
	if p.Filename == nil {
		return nil
	}
	return p.FilenameFold
}

// whyNot tells why an update found no row. It returns nil if the update should find one now.
func (r mediaRepository) whyNot(ctx context.Context, id uuid.UUID, ifVersion int) error {
	var current []int
	err := r.query(ctx, &current, r.sql.version, id)
	switch {
	case err != nil:
		return err
	case len(current) == 0:
		return media.ErrNotFound
	case ifVersion != 0 && ifVersion != current[0]:
		return media.ErrVersion
	}
	return nil
}

// Retag implements [media.Repository]: PostgreSQL takes one round trip, however many
// media there are.
func (r mediaRepository) Retag(ctx context.Context, ids []uuid.UUID, add []tags.Tag, remove []string, at time.Time) (n int, err error) {
	err = r.settle(ctx, func() (done bool, err error) {
		n, err = r.sql.retag(r, ctx, ids, add, remove, at)
		return n == len(ids), err
	})
	return n, err
}
