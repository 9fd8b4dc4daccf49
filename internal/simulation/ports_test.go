package simulation_test

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// call makes a call of a port, about something. Before and after it others run and
// time passes.
func call[T any](w *world, name string, about any, do func() (T, error)) (T, error) {
	var none T
	w.pause()
	w.now.by = time.Time{}
	fault := ""
	if w.chance(w.risk) {
		fault = pick(w, "fails", "is never made", "loses its answer", "is the last", "has no time", "takes its time")
		w.now.faulted = w.now.faulted || fault != "takes its time"
		w.tell("%s %v %s", name, about, fault)
	}
	switch fault {
	case "fails":
		return none, fmt.Errorf("injected: %w", pick(w, media.ErrUnavailable, context.DeadlineExceeded))
	case "is never made":
		panic(errCrash)
	case "has no time":
		w.now.end()
	}
	result, err := do()
	w.changed = true
	if fault == "" {
		w.tell("%s %v: %v", name, about, err)
	}
	switch fault {
	case "loses its answer":
		w.pause()
		return none, fmt.Errorf("injected: %w", media.ErrUnavailable)
	case "is the last":
		panic(errCrash)
	case "takes its time":
		w.sleep(w.at.Add(pick(w, time.Second, time.Minute, 2*time.Minute)))
		w.now.by = time.Time{}
	}
	w.pause()
	return result, err
}

// repository has faults.
type repository struct {
	media.Repository
	w *world
}

type answer struct {
	media media.Media
	ok    bool
}

func (r repository) Create(ctx context.Context, d media.Draft) (media.Media, bool, error) {
	a, err := call(r.w, "Create", d.Media.ID, func() (a answer, err error) {
		a.media, a.ok, err = r.Repository.Create(ctx, d)
		if err == nil && !a.ok {
			r.w.created(d)
		}
		return a, err
	})
	return a.media, a.ok, err
}

func (r repository) Get(ctx context.Context, id uuid.UUID) (media.Media, error) {
	return call(r.w, "Get", id, func() (media.Media, error) { return r.Repository.Get(ctx, id) })
}

func (r repository) List(ctx context.Context, q media.Query) ([]media.Media, uuid.UUID, error) {
	type page struct {
		items []media.Media
		next  uuid.UUID
	}
	p, err := call(r.w, "List after", q.After, func() (p page, err error) {
		p.items, p.next, err = r.Repository.List(ctx, q)
		return p, err
	})
	return p.items, p.next, err
}

func (r repository) Update(ctx context.Context, id uuid.UUID, p media.Patch, ifVersion int) (media.Media, error) {
	return call(r.w, "Update", id, func() (media.Media, error) { return r.Repository.Update(ctx, id, p, ifVersion) })
}

func (r repository) Retag(ctx context.Context, ids []uuid.UUID, add []tags.Tag, remove []string, at time.Time) (int, error) {
	return call(r.w, "Retag", ids, func() (int, error) { return r.Repository.Retag(ctx, ids, add, remove, at) })
}

func (r repository) Move(ctx context.Context, id uuid.UUID, when media.When, c media.Change) (media.Media, bool, error) {
	r.w.now.by = r.w.at.Add(moveTime)
	a, err := call(r.w, "Move to "+string(c.State), id, func() (a answer, err error) {
		was, _ := r.w.repo.Get(context.Background(), id)
		a.media, a.ok, err = r.Repository.Move(ctx, id, when, c)
		if a.ok {
			r.w.moved(was, a.media)
		}
		return a, err
	})
	if a.ok && a.media.State == media.StateFailed {
		r.w.now.claimed[id] = true
	}
	return a.media, a.ok, err
}

func (r repository) Claim(ctx context.Context, c media.Claim) ([]media.Media, error) {
	claimed, err := call(r.w, "Claim", c.ID, func() ([]media.Media, error) { return r.Repository.Claim(ctx, c) })
	for _, m := range claimed {
		r.w.now.claimed[m.ID] = m.State != media.StatePending
		r.w.now.leases[m.ID] = c.Lease
	}
	return claimed, err
}

func (r repository) Release(ctx context.Context, id uuid.UUID, lease, due time.Time) (bool, error) {
	return call(r.w, "Release", id, func() (bool, error) { return r.Repository.Release(ctx, id, lease, due) })
}

func (r repository) Remove(ctx context.Context, id uuid.UUID, lease time.Time) (bool, error) {
	return call(r.w, "Remove", id, func() (bool, error) {
		removed, err := r.Repository.Remove(ctx, id, lease)
		if removed {
			r.w.removed(id)
		}
		return removed, err
	})
}

func (r repository) ForgetIdempotencyKeys(ctx context.Context, now time.Time, limit int) (int, error) {
	return call(r.w, "ForgetIdempotencyKeys", limit, func() (int, error) { return r.Repository.ForgetIdempotencyKeys(ctx, now, limit) })
}

// tagRepository has faults. What isn't called here has none.
type tagRepository struct {
	tags.Repository
	w *world
}

func (r tagRepository) List(ctx context.Context, q tags.Query) ([]tags.Tag, *tags.Position, error) {
	// The names of few tags fit on one page.
	list, err := call(r.w, "List tags", q.Prefix, func() ([]tags.Tag, error) {
		list, _, err := r.Repository.List(ctx, q)
		return list, err
	})
	return list, nil, err
}

func (r tagRepository) Rename(ctx context.Context, id uuid.UUID, name tags.Name, at time.Time) (tags.Tag, error) {
	return call(r.w, "Rename tag", id, func() (tags.Tag, error) { return r.Repository.Rename(ctx, id, name, at) })
}

func (r tagRepository) Merge(ctx context.Context, from, into uuid.UUID, at time.Time) (tags.Tag, error) {
	return call(r.w, "Merge tag", from, func() (tags.Tag, error) { return r.Repository.Merge(ctx, from, into, at) })
}

func (r tagRepository) Delete(ctx context.Context, id uuid.UUID) error {
	_, err := call(r.w, "Delete tag", id, func() (struct{}, error) { return struct{}{}, r.Repository.Delete(ctx, id) })
	return err
}

func (r tagRepository) Recount(ctx context.Context, c tags.Recounting) (int, error) {
	return call(r.w, "Recount", c.Limit, func() (int, error) { return r.Repository.Recount(ctx, c) })
}

// blobs is a blob store with faults.
type blobs struct {
	media.BlobStore
	w *world
}

func (b blobs) Stat(ctx context.Context, key string) (media.Info, error) {
	return call(b.w, "Stat", key, func() (media.Info, error) {
		info, err := b.BlobStore.Stat(ctx, key)
		if b.w.unsummed {
			info.SHA256 = media.Digest{}
		}
		return info, err
	})
}

func (b blobs) ReadAt(ctx context.Context, key string, pin media.Pin, off, n int64) (io.ReadCloser, error) {
	return call(b.w, "ReadAt", key, func() (io.ReadCloser, error) { return b.BlobStore.ReadAt(ctx, key, pin, off, n) })
}

func (b blobs) List(ctx context.Context, prefix, after string) ([]media.Object, string, error) {
	type page struct {
		objects []media.Object
		next    string
	}
	p, err := call(b.w, "List objects after", after, func() (p page, err error) {
		p.objects, p.next, err = b.BlobStore.List(ctx, prefix, after)
		return p, err
	})
	return p.objects, p.next, err
}

func (b blobs) Delete(ctx context.Context, key string) error {
	_, err := call(b.w, "Delete object", key, func() (struct{}, error) {
		b.w.deleting(key)
		delete(b.w.ledger.arrived, key)
		return struct{}{}, b.BlobStore.Delete(ctx, key)
	})
	return err
}
