package storage

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/tags"
)

// tagCount is how many links a tag has, and how many of them belong to tombstones.
type tagCount struct {
	ID     uuid.UUID `bun:"id"`
	Linked int64     `bun:"linked"`
	Gone   int64     `bun:"gone"`
}

func (c tagCount) media() int64 { return c.Linked - c.Gone }

// Recount implements [tags.Repository]. It counts first, without a lock, and writes then,
// so that it holds its locks only briefly. A tag that another writer has locked by then
// keeps its old count.
func (r tagRepository) Recount(ctx context.Context, c tags.Recounting) (int, error) {
	counted, err := r.countStale(ctx, c)
	if err != nil || len(counted) == 0 {
		return 0, err
	}
	var ids, counts list
	for _, tag := range counted {
		ids = append(ids, tag.ID.String())
		counts = append(counts, strconv.FormatInt(tag.media(), 10))
	}
	return r.exec(ctx, r.sql.storeCounts, ids, counts, c.At)
}

// countStale counts the links of the tags that come next: those before the first large
// one, or that one alone.
func (r tagRepository) countStale(ctx context.Context, c tags.Recounting) (counted []tagCount, err error) {
	err = r.sql.readSlowly(r.Store, ctx, func(ctx context.Context, s *Store) error {
		if err := s.query(ctx, &counted, s.sql.staleTags, c.Before, c.LargeBefore, c.Large, c.Limit); err != nil {
			return err
		}
		large := slices.IndexFunc(counted, func(t tagCount) bool { return t.Linked > c.Large })
		switch large {
		case -1:
			return nil
		case 0:
			return s.query(ctx, &counted, s.sql.countTag, counted[0].ID)
		}
		counted = counted[:large]
		return nil
	})
	return counted, err
}
