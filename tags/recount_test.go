package tags_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/tags"
)

// recounts is a repository that remembers how it was asked to recount.
type recounts struct {
	tags.Repository
	asked []tags.Recounting
}

// Recount implements [tags.Repository].
func (r *recounts) Recount(ctx context.Context, c tags.Recounting) (int, error) {
	r.asked = append(r.asked, c)
	return r.Repository.Recount(ctx, c)
}

func TestRecount(t *testing.T) {
	t.Parallel()
	now, tick := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), time.Duration(0)
	repo := &recounts{Repository: memory.New().Tags()}
	s, err := tags.NewService(repo, &tags.Options{Now: func() time.Time { now = now.Add(tick); return now }})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 250 {
		if _, err := s.Create(t.Context(), fmt.Sprint("tag ", i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name    string
		wait    time.Duration
		tick    time.Duration // how long each call of the clock takes
		batches int           // of 100 tags at most
		counted int           // since the run began
	}{
		{"all tags, each once", 0, 0, 4, 250},
		{"nothing is counted twice at one moment", 0, 0, 1, 250},
		{"all again a moment later", time.Microsecond, 0, 4, 250},
		{"nothing more after a second", time.Minute, 400 * time.Millisecond, 2, 200},
		{"and what was left then comes first", time.Minute, 0, 4, 250},
	} {
		now, tick, repo.asked = now.Add(c.wait), c.tick, nil
		began := now.Add(tick)
		if err := s.Recount(t.Context()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		tick = 0
		if len(repo.asked) != c.batches {
			t.Errorf("%s: %d batches; want %d", c.name, len(repo.asked), c.batches)
		}
		for _, r := range repo.asked {
			if !r.Before.Equal(began) || !r.LargeBefore.Equal(began.Add(-5*time.Minute)) || r.Large != 10_000 || r.Limit != 100 {
				t.Errorf("%s: it asks for %+v", c.name, r)
			}
		}
		if n := countedSince(t, s, began); n != c.counted {
			t.Errorf("%s: %d tags are counted; want %d", c.name, n, c.counted)
		}
	}
}

// countedSince returns how many tags have a count of that moment or later.
func countedSince(t *testing.T, s *tags.Service, moment time.Time) (n int) {
	t.Helper()
	in := tags.ListInput{Limit: tags.MaxPage}
	for {
		page, next, err := s.List(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range page {
			if tag.MediaCount != nil && !tag.CountedAt.Before(moment) {
				n++
			}
		}
		if next == nil {
			return n
		}
		in.After = next
	}
}
