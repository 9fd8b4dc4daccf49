package memory

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// List looks at every media in the order of the walk, so that its budget counts
// those too that an index would skip.
func (r mediaRepository) List(ctx context.Context, q media.Query) ([]media.Media, uuid.UUID, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return nil, uuid.Nil, err
	}
	defer end()
	var items []media.Media
	for looked, id := range r.walk(q) {
		m, ok := r.visible(id)
		match := ok && r.matches(m, q.Filter)
		switch {
		case match && len(items) == q.Limit:
			return items, items[len(items)-1].ID, nil
		case match:
			items = append(items, r.shown(m))
		}
		if looked+1 == max(q.Budget, q.Limit+1) {
			return items, r.resume(q, id), nil
		}
	}
	return items, uuid.Nil, nil
}

// walk returns the ids beyond the cursor, in order.
func (r mediaRepository) walk(q media.Query) []uuid.UUID {
	ids := slices.Clone(r.order)
	if !q.Ascending {
		slices.Reverse(ids)
	}
	if q.After == uuid.Nil {
		return ids
	}
	beyond := slices.IndexFunc(ids, func(id uuid.UUID) bool {
		if q.Ascending {
			return compareIDs(id, q.After) > 0
		}
		return compareIDs(id, q.After) < 0
	})
	if beyond < 0 {
		return nil
	}
	return ids[beyond:]
}

// resume returns the last id looked at, or uuid.Nil where it ends the walk.
func (r mediaRepository) resume(q media.Query, last uuid.UUID) uuid.UUID {
	q.After = last
	if len(r.walk(q)) == 0 {
		return uuid.Nil
	}
	return last
}

func (r mediaRepository) matches(m media.Media, f media.Filter) bool {
	switch {
	case f.Kind != "" && m.Kind != f.Kind,
		f.State != "" && m.State != f.State,
		f.ContentType != "" && m.ContentType != f.ContentType,
		!f.CreatedAfter.IsZero() && !m.CreatedAt.After(f.CreatedAfter),
		!f.CreatedBefore.IsZero() && !m.CreatedAt.Before(f.CreatedBefore),
		!strings.Contains(m.FilenameFold, f.Query),
		f.Untagged && len(r.links[m.ID]) > 0:
		return false
	}
	carries := func(key string) bool { return r.carries(m.ID, key) }
	carriesNot := func(key string) bool { return !carries(key) }
	return !slices.ContainsFunc(f.AllTags, carriesNot) &&
		(len(f.AnyTags) == 0 || slices.ContainsFunc(f.AnyTags, carries)) &&
		!slices.ContainsFunc(f.NoTags, carries)
}

func (r mediaRepository) carries(id uuid.UUID, key string) bool {
	tag, known := r.byKey[key]
	_, carried := r.links[id][tag]
	return known && carried
}
