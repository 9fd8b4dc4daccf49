package storage

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

type mediaRepository struct{ *Store }

// Create takes PostgreSQL one round trip, and one more if the idempotency key was used before.
func (r mediaRepository) Create(ctx context.Context, d media.Draft) (m media.Media, replayed bool, err error) {
	if d.IdempotencyKey == "" && len(d.Tags) == 0 {
		m, err = r.createAlone(ctx, d)
		return m, false, err
	}
	err = r.settle(ctx, func() (done bool, err error) {
		if m, done, err = r.sql.createLinked(r, ctx, d); done || err != nil {
			return done, err
		}
		m, replayed, err = r.replay(ctx, d)
		return replayed, err
	})
	return m, replayed, err
}

func (r mediaRepository) createAlone(ctx context.Context, d media.Draft) (media.Media, error) {
	if _, err := r.exec(ctx, r.sql.create, r.prepared(draftArgs(d.Media)...)...); err != nil {
		return media.Media{}, err
	}
	return stored(d.Media, nil), nil
}

// replay answers a create whose idempotency key is in use. It reports false if the key no
// longer is: its time was up, and someone has just dropped it.
func (r mediaRepository) replay(ctx context.Context, d media.Draft) (media.Media, bool, error) {
	var first []struct {
		mediaRow
		UsedFor media.Digest `bun:"fingerprint"`
	}
	err := r.query(ctx, &first, r.sql.replay, d.IdempotencyKey, d.Media.CreatedAt)
	switch {
	case err != nil || len(first) == 0:
		return media.Media{}, false, err
	case first[0].UsedFor != d.Fingerprint:
		return media.Media{}, false, media.ErrIdempotencyKeyReused
	case first[0].ID == uuid.Nil:
		return media.Media{}, false, media.ErrNotFound
	}
	return first[0].media(), true, nil
}

// draftArgs are the arguments of draftValues.
func draftArgs(m media.Media) []any {
	return []any{
		m.ID, m.Filename, m.FilenameFold, m.ContentType, string(m.Kind), m.Size, orNull(m.SHA256),
		string(m.SHA256Status), string(m.State), m.ObjectKey, m.Version, m.CreatedAt, m.UpdatedAt,
		m.ExpiresAt, timeOrNull(m.LastURLAt), timeOrNull(m.DueAt),
	}
}

// stored returns m as a reader would find it.
func stored(m media.Media, carried []tags.Ref) media.Media {
	row := mediaRow{Media: m, Refs: carried}
	return row.media()
}
