package httpapi_test

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// hookedMedia sends every call that a request can lead to through the bench's hook.
type hookedMedia struct {
	media.Repository
	b *bench
}

func (r hookedMedia) Create(ctx context.Context, d media.Draft) (media.Media, bool, error) {
	if err := r.b.call(ctx); err != nil {
		return media.Media{}, false, err
	}
	return r.Repository.Create(ctx, d)
}

func (r hookedMedia) Get(ctx context.Context, id uuid.UUID) (media.Media, error) {
	if err := r.b.call(ctx); err != nil {
		return media.Media{}, err
	}
	return r.Repository.Get(ctx, id)
}

func (r hookedMedia) List(ctx context.Context, q media.Query) ([]media.Media, uuid.UUID, error) {
	if err := r.b.call(ctx); err != nil {
		return nil, uuid.Nil, err
	}
	return r.Repository.List(ctx, q)
}

func (r hookedMedia) Update(ctx context.Context, id uuid.UUID, p media.Patch, ifVersion int) (media.Media, error) {
	if err := r.b.call(ctx); err != nil {
		return media.Media{}, err
	}
	return r.Repository.Update(ctx, id, p, ifVersion)
}

func (r hookedMedia) Retag(ctx context.Context, ids []uuid.UUID, add []tags.Tag, remove []string, at time.Time) (int, error) {
	if err := r.b.call(ctx); err != nil {
		return 0, err
	}
	return r.Repository.Retag(ctx, ids, add, remove, at)
}

func (r hookedMedia) Claim(ctx context.Context, c media.Claim) ([]media.Media, error) {
	if err := r.b.call(ctx); err != nil {
		return nil, err
	}
	return r.Repository.Claim(ctx, c)
}

// hookedTags does the same for tags.
type hookedTags struct {
	tags.Repository
	b *bench
}

func (r hookedTags) Create(ctx context.Context, t tags.Tag) error {
	if err := r.b.call(ctx); err != nil {
		return err
	}
	return r.Repository.Create(ctx, t)
}

func (r hookedTags) Get(ctx context.Context, id uuid.UUID) (tags.Tag, error) {
	if err := r.b.call(ctx); err != nil {
		return tags.Tag{}, err
	}
	return r.Repository.Get(ctx, id)
}

func (r hookedTags) List(ctx context.Context, q tags.Query) ([]tags.Tag, *tags.Position, error) {
	if err := r.b.call(ctx); err != nil {
		return nil, nil, err
	}
	return r.Repository.List(ctx, q)
}

func (r hookedTags) Rename(ctx context.Context, id uuid.UUID, name tags.Name, at time.Time) (tags.Tag, error) {
	if err := r.b.call(ctx); err != nil {
		return tags.Tag{}, err
	}
	return r.Repository.Rename(ctx, id, name, at)
}

func (r hookedTags) Merge(ctx context.Context, from, into uuid.UUID, at time.Time) (tags.Tag, error) {
	if err := r.b.call(ctx); err != nil {
		return tags.Tag{}, err
	}
	return r.Repository.Merge(ctx, from, into, at)
}

func (r hookedTags) Delete(ctx context.Context, id uuid.UUID) error {
	if err := r.b.call(ctx); err != nil {
		return err
	}
	return r.Repository.Delete(ctx, id)
}
