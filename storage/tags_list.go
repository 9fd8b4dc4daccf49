package storage

import (
	"context"
	"strconv"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/tags"
)

// List implements [tags.Repository].
func (r tagRepository) List(ctx context.Context, q tags.Query) ([]tags.Tag, *tags.Position, error) {
	var page []tags.Tag
	var err error
	if q.Sort == tags.SortMediaCount {
		page, err = r.byCount(ctx, q)
	} else {
		page, err = r.byName(ctx, q)
	}
	if err != nil {
		return nil, nil, err
	}
	for i := range page {
		page[i] = utc(page[i])
	}
	if len(page) <= q.Limit {
		return page, nil, nil
	}
	page = page[:q.Limit]
	return page, position(q.Sort, page[q.Limit-1]), nil
}

func (r tagRepository) byName(ctx context.Context, q tags.Query) (page []tags.Tag, err error) {
	var after any
	if q.After != nil {
		after = q.After.Key
	}
	err = r.query(ctx, &page, r.sql.tagsByName, q.Prefix, beyond(q.Prefix), after, q.Limit+1)
	return page, err
}

func (r tagRepository) byCount(ctx context.Context, q tags.Query) (page []tags.Tag, err error) {
	var count, id any
	if q.After != nil {
		count, id = q.After.Count, q.After.ID
	}
	err = r.query(ctx, &page, r.sql.tagsByCount, q.Prefix, beyond(q.Prefix), count, id, q.Limit+1)
	return page, err
}

func position(order tags.Sort, last tags.Tag) *tags.Position {
	switch {
	case order != tags.SortMediaCount:
		return &tags.Position{Key: last.Key}
	case last.MediaCount == nil:
		return &tags.Position{Count: -1, ID: last.ID}
	}
	return &tags.Position{Count: *last.MediaCount, ID: last.ID}
}

// beyond returns the first text after all that begin with prefix, in the order of
// bytes, or nil where there is none. In UTF-8 that order is the one of code points.
func beyond(prefix string) any {
	runes := []rune(prefix)
	for i := len(runes) - 1; i >= 0; i-- {
		next := runes[i] + 1
		if next == surrogates {
			next = afterSurrogates
		}
		if next <= utf8.MaxRune {
			return string(runes[:i]) + string(next)
		}
	}
	return nil
}

// No text holds the code points between these.
const (
	surrogates      = 0xD800
	afterSurrogates = 0xE000
)

// tagCount is how many links a tag has, and how many of them belong to tombstones.
type tagCount struct {
	ID     uuid.UUID `bun:"id"`
	Linked int64     `bun:"linked"`
	Gone   int64     `bun:"gone"`
}

// columns returns the ids and their counts.
func columns(counted []tagCount) (ids, counts list) {
	for _, c := range counted {
		ids = append(ids, c.ID.String())
		counts = append(counts, strconv.FormatInt(c.Linked-c.Gone, 10))
	}
	return ids, counts
}
