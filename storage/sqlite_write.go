package storage

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// PostgreSQL does all of it in one statement, to save round trips. SQLite has none to
// save, so here it is a transaction of several statements. It begins with a change wherever it
// can: a transaction that reads first may find that another one has written since.
// In a host's transaction it is a savepoint.
const (
	takeKey = `
		INSERT INTO mediakit_idempotency (scope, key, fingerprint, media_id, expires_at) VALUES ('', $1, $2, $3, $4)
		ON CONFLICT (scope, key) DO UPDATE
		SET fingerprint = excluded.fingerprint, media_id = excluded.media_id, expires_at = excluded.expires_at
		WHERE mediakit_idempotency.expires_at <= $5`

	// The texts are candidates, by their place in the lists.
	addTags = `
		INSERT INTO mediakit_tags (scope, id, key, name, created_at, updated_at)
		SELECT '', $2 ->> c.key, c.value, $3 ->> c.key, $4 ->> c.key, $4 ->> c.key FROM json_each($1) c
		WHERE true ON CONFLICT (scope, key) DO NOTHING`
	refsByKeys = `SELECT id, name FROM mediakit_tags WHERE scope = '' AND key ` + inList + `$1)) ORDER BY key`

	linkTags = `
		INSERT INTO mediakit_media_tags (tag_id, media_id)
		SELECT t.value, m.value FROM json_each($1) t, json_each($2) m
		WHERE true ON CONFLICT DO NOTHING`
	unlinkOthers = `DELETE FROM mediakit_media_tags WHERE media_id = $1 AND tag_id NOT ` + inList + `$2))`
	unlinkKeys   = `
		DELETE FROM mediakit_media_tags WHERE media_id ` + inList + `$1))
			AND tag_id IN (SELECT id FROM mediakit_tags WHERE scope = '' AND key ` + inList + `$2)))`

	present = `SELECT id FROM mediakit_media WHERE id ` + inList + `$1)) AND scope = '' AND state <> 'deleted'`
	touch   = `
		UPDATE mediakit_media SET updated_at = $2, version = version + 1
		WHERE id ` + inList + `$1)) AND scope = '' AND state <> 'deleted'`
	crowded = `
		SELECT l.media_id FROM mediakit_media_tags l
		WHERE l.media_id ` + inList + `$1)) GROUP BY l.media_id HAVING count(*) > $2 LIMIT 1`

	due = `
		SELECT ` + mediaColumns + ` FROM mediakit_media m
		WHERE m.due_at <= $1 AND ($2 IS NULL OR m.id = $2) ORDER BY m.due_at, m.id LIMIT $3`
	lease = `UPDATE mediakit_media SET due_at = $2 WHERE id ` + inList + `$1))`
)

func (r mediaRepository) createInSteps(ctx context.Context, d media.Draft) (m media.Media, done bool, err error) {
	err = r.InTx(ctx, func(ctx context.Context, s *Store) error {
		if d.IdempotencyKey != "" {
			n, err := s.exec(ctx, takeKey, d.IdempotencyKey, d.Fingerprint, d.Media.ID, d.IdempotencyKeyUntil, d.Media.CreatedAt)
			if err != nil || n == 0 {
				return err
			}
		}
		if _, err := s.exec(ctx, s.sql.create, draftArgs(d.Media)...); err != nil {
			return err
		}
		carried, err := s.link(ctx, []uuid.UUID{d.Media.ID}, d.Tags)
		m, done = stored(d.Media, carried), err == nil
		return err
	})
	return m, done && err == nil, err
}

// link gives the media the tags with the candidates' keys, and stores the candidates
// whose keys are new. It returns the tags in the order of their keys.
func (s *Store) link(ctx context.Context, ids []uuid.UUID, add []tags.Tag) ([]tags.Ref, error) {
	if len(add) == 0 {
		return nil, nil
	}
	if _, err := s.exec(ctx, addTags, candidates(add)...); err != nil {
		return nil, err
	}
	var chosen []tags.Ref
	if err := s.query(ctx, &chosen, refsByKeys, keysOf(add)); err != nil {
		return nil, err
	}
	_, err := s.exec(ctx, linkTags, refIDs(chosen), idList(ids))
	return chosen, err
}

func refIDs(refs []tags.Ref) list {
	l := make(list, len(refs))
	for i, t := range refs {
		l[i] = t.ID.String()
	}
	return l
}

func (r mediaRepository) updateTagsInSteps(ctx context.Context, id uuid.UUID, p media.Patch, ifVersion int) (m media.Media, done bool, err error) {
	err = r.InTx(ctx, func(ctx context.Context, s *Store) error {
		var err error
		m, done, err = mediaRepository{s}.one(ctx, s.change, s.sql.update, id, ifVersion, p.Filename, foldOrNull(p), p.At)
		if err != nil || !done {
			return err
		}
		if m.Tags, err = s.link(ctx, []uuid.UUID{id}, *p.Tags); err != nil {
			return err
		}
		_, err = s.exec(ctx, unlinkOthers, id, refIDs(m.Tags))
		return err
	})
	return m, done && err == nil, err
}

// retagInSteps looks only afterwards at how many tags there are, and at which media
// weren't there: what it then refuses is rolled back.
func (r mediaRepository) retagInSteps(ctx context.Context, ids []uuid.UUID, add []tags.Tag, remove []string, at time.Time) (int, error) {
	err := r.InTx(ctx, func(ctx context.Context, s *Store) error {
		n, err := s.exec(ctx, touch, idList(ids), at)
		if err != nil {
			return err
		}
		if n < len(ids) {
			return s.missing(ctx, ids)
		}
		if _, err := s.exec(ctx, unlinkKeys, idList(ids), list(remove)); err != nil {
			return err
		}
		if _, err := s.link(ctx, ids, add); err != nil {
			return err
		}
		var full []uuid.UUID
		err = s.query(ctx, &full, crowded, idList(ids), media.MaxTags)
		if err == nil && len(full) > 0 {
			err = media.ErrTooManyTags
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return len(ids), nil
}

func (s *Store) missing(ctx context.Context, ids []uuid.UUID) error {
	found := []uuid.UUID{} // not nil: none of them may be there
	if err := s.query(ctx, &found, present, idList(ids)); err != nil {
		return err
	}
	return missing(ids, found)
}

func (r mediaRepository) claimInSteps(ctx context.Context, c media.Claim) (rows []mediaRow, err error) {
	err = r.InTx(ctx, func(ctx context.Context, s *Store) error {
		if err := s.query(ctx, &rows, due, c.Now, orNull(c.ID), c.Limit); err != nil || len(rows) == 0 {
			return err
		}
		var taken list
		for _, row := range rows {
			taken = append(taken, row.ID.String())
		}
		_, err := s.exec(ctx, lease, taken, c.Lease)
		return err
	})
	return rows, err
}

// allowAny sets nothing: SQLite has no limit on a statement but the context's.
func (s *Store) allowAny(context.Context, time.Duration) error { return nil }

// read runs f at once, in no transaction: that would be a writer's, and others would wait.
func (s *Store) read(ctx context.Context, f func(ctx context.Context, s *Store) error) error {
	return f(ctx, s)
}

// bindTexts writes times in the one form that compares as they do, whatever form the
// driver would choose, and lists as JSON.
func bindTexts(args []any) {
	for i, arg := range args {
		switch arg := arg.(type) {
		case time.Time:
			args[i] = timeText(arg)
		case list:
			args[i] = jsonText(arg)
		}
	}
}

// jsonText needs no error: any texts can be written.
func jsonText(l list) string {
	if l == nil {
		return "[]"
	}
	text, _ := json.Marshal(l)
	return string(text)
}
