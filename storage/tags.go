package storage

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/tags"
)

type tagRepository struct{ *Store }

// Create implements [tags.Repository].
func (r tagRepository) Create(ctx context.Context, t tags.Tag) error {
	return r.settle(ctx, func() (done bool, err error) {
		n, err := r.exec(ctx, r.sql.createTag, t.ID, t.Key, t.Name, t.CreatedAt, t.UpdatedAt)
		if n == 1 || err != nil {
			return true, err
		}
		return false, r.taken(ctx, t.Key)
	})
}

// taken returns a *tags.ExistsError if a tag has the tag key.
func (r tagRepository) taken(ctx context.Context, key string) error {
	existing, ok, err := r.one(ctx, r.query, r.sql.tagByKey, key)
	if err == nil && ok {
		err = &tags.ExistsError{Existing: existing}
	}
	return err
}

// one returns the tag that a statement answers, and whether there was one.
func (r tagRepository) one(ctx context.Context, run runner, text string, args ...any) (tags.Tag, bool, error) {
	var rows []tags.Tag
	if err := run(ctx, &rows, text, args...); err != nil || len(rows) == 0 {
		return tags.Tag{}, false, err
	}
	return utc(rows[0]), true, nil
}

// Get implements [tags.Repository].
func (r tagRepository) Get(ctx context.Context, id uuid.UUID) (tags.Tag, error) {
	t, ok, err := r.one(ctx, r.query, r.sql.tagByID, id)
	if err == nil && !ok {
		err = tags.ErrNotFound
	}
	return t, err
}

// Rename implements [tags.Repository].
func (r tagRepository) Rename(ctx context.Context, id uuid.UUID, name tags.Name, at time.Time) (t tags.Tag, err error) {
	err = r.settle(ctx, func() (done bool, err error) {
		t, done, err = r.rename(ctx, id, name, at)
		if sqlState(err) == uniqueViolation { // another writer took the key meanwhile
			return false, r.taken(ctx, name.Key)
		}
		if done || err != nil {
			return done, err
		}
		if _, err := r.Get(ctx, id); err != nil {
			return false, err
		}
		return false, r.taken(ctx, name.Key)
	})
	return t, err
}

// rename reports false if there is no such tag, or another one has the tag key. No
// statement can give a row a key without the risk that another writer takes it first,
// which is an error: in a transaction it ends at a savepoint, before which all stands.
func (r tagRepository) rename(ctx context.Context, id uuid.UUID, name tags.Name, at time.Time) (t tags.Tag, ok bool, err error) {
	if r.owned {
		return r.one(ctx, r.change, r.sql.renameTag, id, name.Key, name.Shown, at)
	}
	err = r.InTx(ctx, func(ctx context.Context, s *Store) error {
		t, ok, err = tagRepository{s}.one(ctx, s.change, s.sql.renameTag, id, name.Key, name.Shown, at)
		return err
	})
	return t, ok, err
}

// Merge implements [tags.Repository].
func (r tagRepository) Merge(ctx context.Context, from, into uuid.UUID, at time.Time) (merged tags.Tag, err error) {
	err = r.slowly(ctx, func(ctx context.Context, s *Store) error {
		var locked []uuid.UUID
		if err := s.query(ctx, &locked, s.sql.lockTags, idList([]uuid.UUID{from, into})); err != nil {
			return err
		}
		if len(locked) < 2 {
			return tags.ErrNotFound
		}
		if _, err := s.exec(ctx, s.sql.moveLinks, from, into); err != nil {
			return err
		}
		if _, err := s.exec(ctx, s.sql.deleteTag, from); err != nil {
			return err
		}
		merged, err = tagRepository{s}.renew(ctx, into, at)
		return err
	})
	return merged, err
}

// renew counts the media of a tag that the transaction has locked, and stores the count.
func (r tagRepository) renew(ctx context.Context, id uuid.UUID, at time.Time) (tags.Tag, error) {
	var counted []tagCount
	if err := r.query(ctx, &counted, r.sql.countTag, id); err != nil {
		return tags.Tag{}, err
	}
	t, _, err := r.one(ctx, r.change, r.sql.renewTag, id, counted[0].media(), at)
	return t, err
}

// Delete implements [tags.Repository].
func (r tagRepository) Delete(ctx context.Context, id uuid.UUID) error {
	return r.slowly(ctx, func(ctx context.Context, s *Store) error {
		n, err := s.exec(ctx, s.sql.deleteTag, id)
		if err == nil && n == 0 {
			err = tags.ErrNotFound
		}
		return err
	})
}
