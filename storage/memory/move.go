package memory

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// Move implements [media.Repository].
func (r mediaRepository) Move(ctx context.Context, id uuid.UUID, when media.When, c media.Change) (media.Media, bool, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return media.Media{}, false, err
	}
	defer end()
	m, ok := r.visible(id)
	if !ok {
		return media.Media{}, false, media.ErrNotFound
	}
	if !when.Met(m) {
		return r.shown(m), false, nil
	}
	m = changed(m, c)
	r.media[id] = m
	return r.shown(m), true, nil
}

func changed(m media.Media, c media.Change) media.Media {
	m.State, m.UpdatedAt, m.DueAt = c.State, c.At, c.DueAt
	m.Version++
	if m.LastURLAt.IsZero() {
		m.LastURLAt = c.LastURLAt
	}
	if c.SHA256Status != "" {
		m.SHA256Status = c.SHA256Status
	}
	switch c.State {
	case media.StateReady:
		m.ReadyAt = c.At
		m.ETag, m.ObjectVersion = c.ETag, c.ObjectVersion
		m.Width, m.Height, m.DurationMS = c.Width, c.Height, c.DurationMS
	case media.StateFailed:
		m.Failure, m.Found = c.Failure, c.Found
	}
	return m
}

// SetUpload implements [media.Repository].
func (r mediaRepository) SetUpload(ctx context.Context, id uuid.UUID, uploadID string, at time.Time) (media.Media, bool, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return media.Media{}, false, err
	}
	defer end()
	m, ok := r.visible(id)
	if !ok {
		return media.Media{}, false, media.ErrNotFound
	}
	if m.State != media.StatePending || m.UploadID != "" {
		return r.shown(m), false, nil
	}
	m.UploadID, m.UpdatedAt = uploadID, at
	r.media[id] = m
	return r.shown(m), true, nil
}

// Claim implements [media.Repository].
func (r mediaRepository) Claim(ctx context.Context, c media.Claim) ([]media.Media, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	var due []media.Media
	for _, id := range r.order {
		m := r.media[id]
		if m.DueAt.IsZero() || m.DueAt.After(c.Now) || c.ID != uuid.Nil && c.ID != id {
			continue
		}
		due = append(due, m)
	}
	slices.SortStableFunc(due, func(a, b media.Media) int { return a.DueAt.Compare(b.DueAt) })
	due = due[:min(len(due), c.Limit)]
	for _, m := range due {
		m.DueAt = c.Lease
		r.media[m.ID] = m
	}
	return due, nil
}

// Release implements [media.Repository].
func (r mediaRepository) Release(ctx context.Context, id uuid.UUID, lease, due time.Time) (bool, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	m, ok := r.media[id]
	if !ok || m.DueAt.IsZero() || !m.DueAt.Equal(lease) {
		return false, nil
	}
	m.DueAt = due
	r.media[id] = m
	return true, nil
}

// Remove implements [media.Repository].
func (r mediaRepository) Remove(ctx context.Context, id uuid.UUID, lease time.Time) (bool, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	m, ok := r.media[id]
	if !ok || m.State != media.StateDeleted || m.DueAt.IsZero() || !m.DueAt.Equal(lease) {
		return false, nil
	}
	delete(r.media, id)
	delete(r.links, id)
	at, _ := slices.BinarySearchFunc(r.order, id, compareIDs)
	r.order = slices.Delete(r.order, at, at+1)
	return true, nil
}

// ForgetIdempotencyKeys implements [media.Repository].
func (r mediaRepository) ForgetIdempotencyKeys(ctx context.Context, now time.Time, limit int) (int, error) {
	end, err := r.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	var over []string
	for key, rec := range r.keys {
		if !rec.until.After(now) {
			over = append(over, key)
		}
	}
	slices.SortFunc(over, func(a, b string) int { return r.keys[a].until.Compare(r.keys[b].until) })
	over = over[:min(len(over), limit)]
	for _, key := range over {
		delete(r.keys, key)
	}
	return len(over), nil
}
