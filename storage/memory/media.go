package memory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

type mediaRepository struct{ *Store }

// Create implements [media.Repository].
func (r mediaRepository) Create(ctx context.Context, d media.Draft) (media.Media, bool, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return media.Media{}, false, err
	}
	defer end()
	if rec, used := r.keys[d.IdempotencyKey]; used && d.IdempotencyKey != "" && rec.until.After(d.Media.CreatedAt) {
		return r.replay(rec, d.Fingerprint)
	}
	if _, taken := r.media[d.Media.ID]; taken {
		return media.Media{}, false, fmt.Errorf("memory: a media has the id %v already", d.Media.ID)
	}
	m := d.Media
	m.Tags = nil
	r.media[m.ID] = m
	at, _ := slices.BinarySearchFunc(r.order, m.ID, compareIDs)
	r.order = slices.Insert(r.order, at, m.ID)
	r.link(m.ID, r.adopt(d.Tags))
	if d.IdempotencyKey != "" {
		r.keys[d.IdempotencyKey] = record{fingerprint: d.Fingerprint, media: m.ID, until: d.IdempotencyKeyUntil}
	}
	return r.shown(m), false, nil
}

// replay answers a create whose key was used before.
func (r mediaRepository) replay(rec record, fingerprint media.Digest) (media.Media, bool, error) {
	if rec.fingerprint != fingerprint {
		return media.Media{}, false, media.ErrIdempotencyKeyReused
	}
	m, ok := r.visible(rec.media)
	if !ok {
		return media.Media{}, false, media.ErrNotFound
	}
	return r.shown(m), true, nil
}

// Get implements [media.Repository].
func (r mediaRepository) Get(ctx context.Context, id uuid.UUID) (media.Media, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return media.Media{}, err
	}
	defer end()
	m, ok := r.visible(id)
	if !ok {
		return media.Media{}, media.ErrNotFound
	}
	return r.shown(m), nil
}

// Update implements [media.Repository].
func (r mediaRepository) Update(ctx context.Context, id uuid.UUID, p media.Patch, ifVersion int) (media.Media, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return media.Media{}, err
	}
	defer end()
	m, ok := r.visible(id)
	switch {
	case !ok:
		return media.Media{}, media.ErrNotFound
	case ifVersion != 0 && ifVersion != m.Version:
		return media.Media{}, media.ErrVersion
	}
	if p.Filename != nil {
		m.Filename, m.FilenameFold = *p.Filename, p.FilenameFold
	}
	if p.Tags != nil {
		clear(r.links[id])
		r.link(id, r.adopt(*p.Tags))
	}
	m.Version++
	m.UpdatedAt = p.At
	r.media[id] = m
	return r.shown(m), nil
}

// Retag implements [media.Repository].
func (r mediaRepository) Retag(ctx context.Context, ids []uuid.UUID, add []tags.Tag, remove []string, at time.Time) (int, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	if err := r.missing(ids); err != nil {
		return 0, err
	}
	for _, id := range ids {
		if r.countAfter(id, add, remove) > media.MaxTags {
			return 0, media.ErrTooManyTags
		}
	}
	added := r.adopt(add)
	for _, id := range ids {
		for _, key := range remove {
			delete(r.links[id], r.byKey[key])
		}
		r.link(id, added)
		m := r.media[id]
		m.Version++
		m.UpdatedAt = at
		r.media[id] = m
	}
	return len(ids), nil
}

// missing returns a *media.MissingError for those of the ids that have no media.
func (r mediaRepository) missing(ids []uuid.UUID) error {
	var missing []uuid.UUID
	for _, id := range ids {
		if _, ok := r.visible(id); !ok {
			missing = append(missing, id)
		}
	}
	if missing == nil {
		return nil
	}
	return &media.MissingError{IDs: missing}
}

// countAfter tells how many tags the media would carry.
func (r mediaRepository) countAfter(id uuid.UUID, add []tags.Tag, remove []string) int {
	n := len(add)
	for tag := range r.links[id] {
		key := r.tags[tag].Key
		added := slices.ContainsFunc(add, func(t tags.Tag) bool { return t.Key == key })
		if !added && !slices.Contains(remove, key) {
			n++
		}
	}
	return n
}
