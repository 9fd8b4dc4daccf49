package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/tags"
)

type tagRepository struct{ *Store }

// Create implements [tags.Repository].
func (r tagRepository) Create(ctx context.Context, t tags.Tag) error {
	end, err := r.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if id, taken := r.byKey[t.Key]; taken {
		return &tags.ExistsError{Existing: counted(r.tags[id])}
	}
	r.tags[t.ID], r.byKey[t.Key] = t, t.ID
	return nil
}

// Get implements [tags.Repository].
func (r tagRepository) Get(ctx context.Context, id uuid.UUID) (tags.Tag, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return tags.Tag{}, err
	}
	defer end()
	t, ok := r.tags[id]
	if !ok {
		return tags.Tag{}, tags.ErrNotFound
	}
	return counted(t), nil
}

// Rename implements [tags.Repository].
func (r tagRepository) Rename(ctx context.Context, id uuid.UUID, name tags.Name, at time.Time) (tags.Tag, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return tags.Tag{}, err
	}
	defer end()
	t, ok := r.tags[id]
	if !ok {
		return tags.Tag{}, tags.ErrNotFound
	}
	if other, taken := r.byKey[name.Key]; taken && other != id {
		return tags.Tag{}, &tags.ExistsError{Existing: counted(r.tags[other])}
	}
	delete(r.byKey, t.Key)
	t.Key, t.Name, t.UpdatedAt = name.Key, name.Shown, at
	r.tags[id], r.byKey[t.Key] = t, id
	return counted(t), nil
}

// Merge implements [tags.Repository].
func (r tagRepository) Merge(ctx context.Context, from, into uuid.UUID, at time.Time) (tags.Tag, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return tags.Tag{}, err
	}
	defer end()
	t, ok := r.tags[into]
	if _, both := r.tags[from]; !ok || !both {
		return tags.Tag{}, tags.ErrNotFound
	}
	for _, carried := range r.links {
		if _, has := carried[from]; has {
			carried[into] = struct{}{}
		}
	}
	r.drop(from)
	n := r.carriers(into)
	t.MediaCount, t.CountedAt, t.UpdatedAt = &n, at, at
	r.tags[into] = t
	return counted(t), nil
}

// Delete implements [tags.Repository].
func (r tagRepository) Delete(ctx context.Context, id uuid.UUID) error {
	end, err := r.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if _, ok := r.tags[id]; !ok {
		return tags.ErrNotFound
	}
	r.drop(id)
	return nil
}

// drop removes a tag with its links.
func (r tagRepository) drop(id uuid.UUID) {
	for _, carried := range r.links {
		delete(carried, id)
	}
	delete(r.byKey, r.tags[id].Key)
	delete(r.tags, id)
}

// List implements [tags.Repository]. It spends the budget on tags in the order of the
// walk, so that a caller meets short pages here too.
func (r tagRepository) List(ctx context.Context, q tags.Query) ([]tags.Tag, *tags.Position, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer end()
	order := byKey
	if q.Sort == tags.SortMediaCount {
		order = byCount
	}
	var walk []tags.Tag
	for _, t := range r.tags {
		if q.After == nil || order(t, at(*q.After)) > 0 {
			walk = append(walk, counted(t))
		}
	}
	slices.SortFunc(walk, order)
	looked := len(walk)
	if q.Sort == tags.SortMediaCount && q.Prefix != "" {
		looked = min(looked, max(q.Budget, q.Limit+1))
	}
	var page []tags.Tag
	for _, t := range walk[:looked] {
		if !strings.HasPrefix(t.Key, q.Prefix) {
			continue
		}
		if len(page) == q.Limit {
			return page, position(q.Sort, page[q.Limit-1]), nil
		}
		page = append(page, t)
	}
	if looked < len(walk) {
		return page, position(q.Sort, walk[looked-1]), nil
	}
	return page, nil, nil
}

func position(order tags.Sort, t tags.Tag) *tags.Position {
	if order == tags.SortMediaCount {
		return &tags.Position{Count: count(t), ID: t.ID}
	}
	return &tags.Position{Key: t.Key}
}

// Recount implements [tags.Repository].
func (r tagRepository) Recount(ctx context.Context, c tags.Recounting) (int, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	var stale []tags.Tag
	for _, t := range r.tags {
		if t.MediaCount == nil || t.CountedAt.Before(c.Before) && (*t.MediaCount <= c.Large || t.CountedAt.Before(c.LargeBefore)) {
			stale = append(stale, t)
		}
	}
	slices.SortFunc(stale, func(a, b tags.Tag) int {
		return cmp.Or(a.CountedAt.Compare(b.CountedAt), compareIDs(a.ID, b.ID))
	})
	stale = stale[:min(len(stale), c.Limit)]
	for i, t := range stale {
		n := r.carriers(t.ID)
		if n > c.Large && i > 0 {
			return i, nil
		}
		t.MediaCount, t.CountedAt = &n, c.At
		r.tags[t.ID] = t
		if n > c.Large {
			return 1, nil
		}
	}
	return len(stale), nil
}

// carriers counts the media that carry the tag, tombstones left out.
func (r tagRepository) carriers(id uuid.UUID) (n int64) {
	for m, carried := range r.links {
		_, has := carried[id]
		if _, ok := r.visible(m); ok && has {
			n++
		}
	}
	return n
}

func byKey(a, b tags.Tag) int { return cmp.Compare(a.Key, b.Key) }

// byCount puts the most used first.
func byCount(a, b tags.Tag) int {
	return cmp.Or(cmp.Compare(count(b), count(a)), compareIDs(a.ID, b.ID))
}

func count(t tags.Tag) int64 {
	if t.MediaCount == nil {
		return -1
	}
	return *t.MediaCount
}

// at returns a tag that stands at the position in either order.
func at(p tags.Position) tags.Tag { return tags.Tag{ID: p.ID, Key: p.Key, MediaCount: &p.Count} }

// counted returns t with a count of its own, so that no caller shares ours.
func counted(t tags.Tag) tags.Tag {
	if t.MediaCount != nil {
		n := *t.MediaCount
		t.MediaCount = &n
	}
	return t
}
