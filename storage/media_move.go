package storage

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// Move implements [media.Repository] in one round trip, and one more to tell what the
// media is if it didn't move.
func (r mediaRepository) Move(ctx context.Context, id uuid.UUID, when media.When, c media.Change) (m media.Media, moved bool, err error) {
	args := moveArgs(id, when, c)
	err = r.settle(ctx, func() (done bool, err error) {
		if m, moved, err = r.one(ctx, r.change, r.sql.move, args...); moved || err != nil {
			return moved, err
		}
		m, err = r.Get(ctx, id)
		return !when.Met(m), err
	})
	return m, moved, err
}

// moveArgs leaves out what the new state has no use for.
func moveArgs(id uuid.UUID, when media.When, c media.Change) []any {
	var readyAt time.Time
	switch c.State {
	case media.StateReady:
		readyAt, c.Failure, c.Found = c.At, "", ""
	case media.StateFailed:
		c = media.Change{
			State: c.State, At: c.At, DueAt: c.DueAt, LastURLAt: c.LastURLAt,
			Failure: c.Failure, Found: c.Found, SHA256Status: c.SHA256Status,
		}
	default:
		c = media.Change{
			State: c.State, At: c.At, DueAt: c.DueAt, LastURLAt: c.LastURLAt, SHA256Status: c.SHA256Status,
		}
	}
	return []any{
		id, listOf(when.From), string(c.State), c.At, timeOrNull(c.DueAt), timeOrNull(c.LastURLAt),
		timeOrNull(readyAt), orNull(string(c.Failure)), orNull(string(c.SHA256Status)),
		orNull(c.ETag), orNull(c.ObjectVersion), orNull(c.Width), orNull(c.Height), orNull(c.DurationMS),
		timeOrNull(when.Lease), timeOrNull(when.ExpiredBy), orNull(c.Found), orNull(when.Version),
	}
}

// SetUpload implements [media.Repository] as Move does.
func (r mediaRepository) SetUpload(ctx context.Context, id uuid.UUID, uploadID string, at time.Time) (m media.Media, set bool, err error) {
	err = r.settle(ctx, func() (done bool, err error) {
		if m, set, err = r.one(ctx, r.change, r.sql.setUpload, id, uploadID, at); set || err != nil {
			return set, err
		}
		m, err = r.Get(ctx, id)
		return m.State != media.StatePending || m.UploadID != "", err
	})
	return m, set, err
}

// Claim implements [media.Repository]; PostgreSQL skips what others are just claiming.
func (r mediaRepository) Claim(ctx context.Context, c media.Claim) ([]media.Media, error) {
	rows, err := r.sql.claim(r, ctx, c)
	if err != nil {
		return nil, err
	}
	claimed := make([]media.Media, len(rows))
	for i, row := range rows {
		claimed[i] = row.media()
	}
	return claimed, nil
}

// Release implements [media.Repository].
func (r mediaRepository) Release(ctx context.Context, id uuid.UUID, lease, due time.Time) (bool, error) {
	n, err := r.exec(ctx, r.sql.release, id, lease, timeOrNull(due))
	return n == 1, err
}

// Remove implements [media.Repository]; the links go by their foreign keys.
func (r mediaRepository) Remove(ctx context.Context, id uuid.UUID, lease time.Time) (bool, error) {
	n, err := r.exec(ctx, r.sql.remove, id, lease)
	return n == 1, err
}

// ForgetIdempotencyKeys implements [media.Repository].
func (r mediaRepository) ForgetIdempotencyKeys(ctx context.Context, now time.Time, limit int) (int, error) {
	return r.exec(ctx, r.sql.forgetKeys, now, limit)
}

// missing returns a *media.MissingError for the ids that aren't among those
// present. It returns nil if present is: then the statement didn't look.
func missing(ids, present []uuid.UUID) error {
	if present == nil {
		return nil
	}
	gone := slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool { return slices.Contains(present, id) })
	if len(gone) == 0 {
		return nil
	}
	return &media.MissingError{IDs: gone}
}
