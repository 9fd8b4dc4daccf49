package tags_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/tags"
)

func TestRecount(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	s := newService(t, &tags.Options{Now: func() time.Time { return now }})
	for i := range 101 {
		if _, err := s.Create(t.Context(), fmt.Sprint("tag ", i)); err != nil {
			t.Fatal(err)
		}
	}
	recount := func(want bool) {
		t.Helper()
		if more, err := s.Recount(t.Context()); more != want || err != nil {
			t.Errorf("more: %v, %v; want %v", more, err, want)
		}
	}
	counted := func(want int) {
		t.Helper()
		got := 0
		in := tags.ListInput{Limit: tags.MaxPage}
		for {
			page, next, err := s.List(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, tag := range page {
				if tag.MediaCount != nil && tag.CountedAt.Equal(now) {
					got++
				}
			}
			if next == nil {
				break
			}
			in.After = next
		}
		if got != want {
			t.Errorf("%d tags were counted now; want %d", got, want)
		}
	}
	recount(true)
	counted(100)
	recount(false)
	counted(101)
	now = now.Add(5 * time.Minute)
	recount(false)
	counted(0) // all are fresh enough
	now = now.Add(time.Microsecond)
	recount(true)
	counted(100)
}
