package storage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// createAtOnce takes over an idempotency key, finds or stores the tags, and stores
// the media and its links.
func (r mediaRepository) createAtOnce(ctx context.Context, d media.Draft) (media.Media, bool, error) {
	args := append(draftArgs(d.Media), candidates(d.Tags)...)
	args = append(args, orNull(d.IdempotencyKey), d.Fingerprint, timeOrNull(d.IdempotencyKeyUntil))
	var rows []mediaRow
	err := r.query(ctx, &rows, createLinked, r.prepared(args...)...)
	switch {
	case d.IdempotencyKey != "" && sqlState(err) == lockTimeout:
		return media.Media{}, false, r.waitedFor(ctx, d, err)
	case err != nil || len(rows) == 0:
		return media.Media{}, false, err
	}
	return stored(d.Media, rows[0].Refs), true, nil
}

// waitedFor returns what a create that waited too long failed of: its key, which a
// twin holds, or some other lock, such as a tag's. The database doesn't tell, so the
// key is tried once more, for a moment. In a transaction of the host's it can't be:
// there the error stands as it is.
func (r mediaRepository) waitedFor(ctx context.Context, d media.Draft, timeout error) error {
	if !r.owned {
		return timeout
	}
	_, err := r.exec(ctx, tryKey, d.IdempotencyKey, d.Fingerprint, d.Media.ID, d.Media.CreatedAt)
	switch {
	case err == nil:
		return timeout
	case sqlState(err) == lockTimeout:
		return fmt.Errorf("%w: %w", media.ErrIdempotencyKeyInProgress, err)
	}
	return err
}

func (r mediaRepository) updateTagsAtOnce(ctx context.Context, id uuid.UUID, p media.Patch, ifVersion int) (media.Media, bool, error) {
	args := append([]any{id, ifVersion, p.Filename, foldOrNull(p), p.At}, candidates(*p.Tags)...)
	return r.one(ctx, r.change, updateTags, args...)
}

func (r mediaRepository) retagAtOnce(ctx context.Context, ids []uuid.UUID, add []tags.Tag, remove []string, at time.Time) (int, error) {
	args := append([]any{idList(ids)}, candidates(add)...)
	args = append(args, list(remove), at, media.MaxTags)
	var did []struct {
		Updated int               `bun:"updated"`
		Crowded bool              `bun:"crowded"`
		Present jsonOf[uuid.UUID] `bun:"present"`
	}
	if err := r.query(ctx, &did, retagMany, args...); err != nil {
		return 0, err
	}
	if err := missing(ids, did[0].Present); err != nil {
		return 0, err
	}
	if did[0].Crowded {
		return 0, media.ErrTooManyTags
	}
	return did[0].Updated, nil
}

func (r mediaRepository) claimAtOnce(ctx context.Context, c media.Claim) (rows []mediaRow, err error) {
	err = r.query(ctx, &rows, claim, c.Lease, c.Now, orNull(c.ID), c.Limit)
	return rows, err
}

func (s *Store) setTimeout(ctx context.Context, d time.Duration) error {
	_, err := s.db.ExecContext(ctx, "SET LOCAL statement_timeout = ?", d.Milliseconds())
	return translate(ctx, err)
}

// countSlowly runs f with the time of slowly, and without bitmap scans: such a scan reads
// all links of a tag before the first is counted, however few are wanted.
func (s *Store) countSlowly(ctx context.Context, f func(ctx context.Context, s *Store) error) error {
	return s.slowly(ctx, func(ctx context.Context, inner *Store) error {
		if s.owned {
			if _, err := inner.db.ExecContext(ctx, "SET LOCAL enable_bitmapscan = off"); err != nil {
				return translate(ctx, err)
			}
		}
		return f(ctx, inner)
	})
}

// bindArrays writes lists as arrays.
func bindArrays(args []any) {
	for i, arg := range args {
		if l, ok := arg.(list); ok {
			args[i] = array(l)
		}
	}
}

var arrayEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// array writes an array of PostgreSQL's as text, which every driver takes.
func array(l list) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, s := range l {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		_, _ = arrayEscapes.WriteString(&b, s)
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}
