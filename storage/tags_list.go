package storage

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/seed-f0df946f/mediakit/tags"
)

// List implements [tags.Repository], in one round trip.
func (r tagRepository) List(ctx context.Context, q tags.Query) ([]tags.Tag, *tags.Position, error) {
	if q.Sort == tags.SortMediaCount {
		return r.byCount(ctx, q)
	}
	return r.byName(ctx, q)
}

func (r tagRepository) byName(ctx context.Context, q tags.Query) ([]tags.Tag, *tags.Position, error) {
	var after any
	if q.After != nil {
		after = q.After.Key
	}
	var page []tags.Tag
	if err := r.query(ctx, &page, r.sql.tagsByName, q.Prefix, beyond(q.Prefix), after, q.Limit+1); err != nil {
		return nil, nil, err
	}
	for i := range page {
		page[i] = utc(page[i])
	}
	if len(page) <= q.Limit {
		return page, nil, nil
	}
	page = page[:q.Limit]
	return page, &tags.Position{Key: page[q.Limit-1].Key}, nil
}

// byCount walks the tags in the order of their counts. Without a prefix each of them is on
// the page; else the budget bounds the walk.
func (r tagRepository) byCount(ctx context.Context, q tags.Query) ([]tags.Tag, *tags.Position, error) {
	after := tags.Position{Count: math.MaxInt64}
	if q.After != nil {
		after = *q.After
	}
	budget := q.Limit + 1
	if q.Prefix != "" {
		budget = max(budget, q.Budget)
	}
	var rows []struct {
		tags.Tag
		Resume bool `bun:"resume"` // the last tag that was looked at, which may be on the page too
	}
	args := r.prepared(q.Prefix, beyond(q.Prefix), after.Count, after.ID, budget, q.Limit+1)
	err := r.query(ctx, &rows, r.sql.tagsByCount, args...)
	if err != nil {
		return nil, nil, err
	}
	var page []tags.Tag
	var next *tags.Position
	for _, row := range rows {
		if row.Resume {
			next = byUse(row.Tag)
		} else {
			page = append(page, utc(row.Tag))
		}
	}
	slices.SortFunc(page, compareByUse)
	if len(page) > q.Limit {
		page = page[:q.Limit]
		next = byUse(page[q.Limit-1])
	}
	return page, next, nil
}

// byUse is the position of a tag in the order of counts.
func byUse(t tags.Tag) *tags.Position {
	if t.MediaCount == nil {
		return &tags.Position{Count: -1, ID: t.ID}
	}
	return &tags.Position{Count: *t.MediaCount, ID: t.ID}
}

func compareByUse(a, b tags.Tag) int {
	return cmp.Or(cmp.Compare(byUse(b).Count, byUse(a).Count), bytes.Compare(a.ID[:], b.ID[:]))
}

// beyond returns the first text after all that begin with prefix, in the order of
// bytes, or nil if there is none. In UTF-8 that order is the one of code points.
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
