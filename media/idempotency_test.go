package media_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
)

// count walks over all media.
func (b *bench) count(t *testing.T) int {
	t.Helper()
	n := 0
	for _, err := range b.All(t.Context(), media.ListInput{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// TestIdempotencyKeyRaced holds I13: fifty creates at once with one key, half of them
// with another body, make one media.
func TestIdempotencyKeyRaced(t *testing.T) {
	b := newBench(t, media.Options{})
	for round := range 20 {
		in := input(png)
		in.IdempotencyKey, in.Tags = uuid.NewString(), []string{"Beach", "sun"}
		other := in
		other.Filename = "b.png"
		var group sync.WaitGroup
		var mu sync.Mutex
		made, reused := map[uuid.UUID]string{}, map[string]bool{}
		for i := range 50 {
			body := in
			if i%2 == 1 && round > 0 {
				body = other
			}
			group.Go(func() {
				v, err := b.Create(t.Context(), body)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil && v.Filename == body.Filename && v.Upload != nil:
					made[v.ID] = body.Filename
				case errors.Is(err, media.ErrIdempotencyKeyReused):
					reused[body.Filename] = true
				case !errors.Is(err, media.ErrIdempotencyKeyInProgress):
					t.Errorf("create: %+v, %v", v, err)
				}
			})
		}
		group.Wait()
		if len(made) != 1 || b.count(t) != round+1 {
			t.Fatalf("round %d: created %v, %d in all; want one a round", round, made, b.count(t))
		}
		for _, winner := range made {
			if reused[winner] || len(reused) != min(round, 1) {
				t.Errorf("round %d: the key of %s was called reused with %v", round, winner, reused)
			}
		}
	}
}

// lossy is a repository whose creates are stored, and whose answers get lost.
type lossy struct {
	media.Repository
	losses int
}

func (r *lossy) Create(ctx context.Context, d media.Draft) (media.Media, bool, error) {
	m, replayed, err := r.Repository.Create(ctx, d)
	if r.losses > 0 {
		r.losses--
		return media.Media{}, false, media.ErrUnavailable
	}
	return m, replayed, err
}

func TestIdempotencyKeyAfterALostAnswer(t *testing.T) {
	b := newBench(t, media.Options{})
	repo := &lossy{Repository: memory.New().Media(), losses: 2}
	var err error
	if b.Service, err = media.NewService(repo, b.blobs, &media.Options{Now: b.now}); err != nil {
		t.Fatal(err)
	}
	in := input(png)
	in.IdempotencyKey = "key"
	for range 2 {
		if _, err := b.Create(t.Context(), in); !errors.Is(err, media.ErrUnavailable) {
			t.Fatalf("create: %v; want ErrUnavailable", err)
		}
		b.turn(time.Minute)
	}
	v := b.create(t, in)
	b.upload(t, v, png) // what is asked for again can be used
	if n := b.count(t); n != 1 {
		t.Errorf("%d media; want 1", n)
	}
}

// TestIdempotencyKeyOfADeletedMedia: the key stands for its day, also when the row
// has gone, whether by a sweep or not.
func TestIdempotencyKeyOfADeletedMedia(t *testing.T) {
	b := newBench(t, media.Options{})
	in := input(png)
	in.IdempotencyKey = "key"
	first := b.create(t, in)
	b.delete(t, first.ID)
	for step, wait := range []time.Duration{0, sweepEnd, 24*time.Hour - sweepEnd - time.Microsecond} {
		b.turn(wait)
		if _, err := b.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if v, err := b.Create(t.Context(), in); !errors.Is(err, media.ErrNotFound) {
			t.Errorf("step %d: created %v, %v; want ErrNotFound", step, v.ID, err)
		}
		other := in
		other.Filename = "b.png"
		if _, err := b.Create(t.Context(), other); !errors.Is(err, media.ErrIdempotencyKeyReused) {
			t.Errorf("step %d: another body: %v; want ErrIdempotencyKeyReused", step, err)
		}
	}
	b.turn(time.Microsecond)
	if fresh := b.create(t, in); fresh.ID == first.ID {
		t.Error("the key still stands after its day")
	}
	if got, err := b.Create(t.Context(), in); err != nil || b.count(t) != 1 {
		t.Errorf("replayed %v, %v; want the second media, alone", got.ID, err)
	}
}
