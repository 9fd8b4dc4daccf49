package memory

import (
	"context"
	"iter"
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
	looked := 0
	for id := range r.walk(q) {
		switch {
		case looked == max(q.Budget, q.Limit+1):
			return items, q.After, nil
		case !r.matches(r.media[id], q.Selection):
		case len(items) == q.Limit:
			return items, items[len(items)-1].ID, nil
		default:
			items = append(items, r.shown(r.media[id]))
		}
		looked++
		q.After = id
	}
	return items, uuid.Nil, nil
}

// walk yields the ids beyond the cursor, in order.
func (r mediaRepository) walk(q media.Query) iter.Seq[uuid.UUID] {
	at, found := slices.BinarySearchFunc(r.order, q.After, compareIDs)
	if q.Ascending {
		if found {
			at++
		}
		return slices.Values(r.order[at:])
	}
	if q.After == uuid.Nil {
		at = len(r.order)
	}
	return func(yield func(uuid.UUID) bool) {
		for _, id := range slices.Backward(r.order[:at]) {
			if !yield(id) {
				return
			}
		}
	}
}

func (r mediaRepository) matches(m media.Media, f media.Selection) bool {
	switch {
	case m.State == media.StateDeleted,
		f.Kind != "" && m.Kind != f.Kind,
		f.State != "" && m.State != f.State,
		f.ContentType != "" && m.ContentType != f.ContentType,
		!f.SHA256.IsZero() && m.SHA256 != f.SHA256,
		!f.CreatedAfter.IsZero() && !m.CreatedAt.After(f.CreatedAfter),
		!f.CreatedBefore.IsZero() && !m.CreatedAt.Before(f.CreatedBefore),
		!strings.Contains(m.FilenameFold, f.FilenameFold),
		f.Untagged && len(r.links[m.ID]) > 0:
		return false
	}
	carries := func(key string) bool { return r.carries(m.ID, key) }
	carriesNot := func(key string) bool { return !carries(key) }
	return !slices.ContainsFunc(f.AllTagKeys, carriesNot) &&
		(len(f.AnyTagKeys) == 0 || slices.ContainsFunc(f.AnyTagKeys, carries)) &&
		!slices.ContainsFunc(f.NoTagKeys, carries)
}

func (r mediaRepository) carries(id uuid.UUID, key string) bool {
	tag, known := r.byKey[key]
	_, carried := r.links[id][tag]
	return known && carried
}
