package storagetest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// suite is what one clause works with.
type suite struct {
	*testing.T
	ctx   context.Context
	media media.Repository
	tags  tags.Repository
	made  atomic.Int64 // ids so far
}

func newSuite(t *testing.T, r Repositories) *suite {
	return &suite{T: t, ctx: t.Context(), media: r.Media, tags: r.Tags}
}

// dawn is when the clauses happen.
var dawn = time.Date(2026, 11, 24, 9, 30, 0, 123_456_000, time.UTC)

// later returns a moment some microseconds and more after dawn.
func later(d time.Duration) time.Time { return dawn.Add(d) }

// id returns a new UUIDv7 of t; those of one millisecond ascend.
func (s *suite) id(t time.Time) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(t.UnixMilli())<<16|0x7000)
	binary.BigEndian.PutUint64(id[8:], 0x8000_0000_0000_0000|uint64(s.made.Add(1)))
	return id
}

// draft returns a media that is valid, made at t.
func (s *suite) draft(t time.Time) media.Draft {
	id := s.id(t)
	return media.Draft{Media: media.Media{
		ID: id, Filename: "Beach.JPG", FilenameFold: "beach.jpg",
		ContentType: "image/jpeg", Kind: media.KindImage, Size: 123456,
		SHA256: sha256.Sum256(id[:]), SHA256Status: media.SHA256Declared,
		State: media.StatePending, ObjectKey: "media/" + id.String(), Version: 1,
		CreatedAt: t, UpdatedAt: t, ExpiresAt: t.Add(24 * time.Hour), DueAt: t.Add(24 * time.Hour),
	}}
}

// candidates returns new tags with the names, sorted by key as callers do.
func (s *suite) candidates(names ...string) []tags.Tag {
	var list []tags.Tag
	for _, name := range names {
		list = append(list, tags.Tag{ID: s.id(dawn), Key: strings.ToLower(name), Name: name, CreatedAt: dawn, UpdatedAt: dawn})
	}
	slices.SortFunc(list, func(a, b tags.Tag) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// create stores a media that carries the names.
func (s *suite) create(names ...string) media.Media {
	s.Helper()
	d := s.draft(dawn)
	d.Tags = s.candidates(names...)
	return s.store(d)
}

func (s *suite) store(d media.Draft) media.Media {
	s.Helper()
	m, replayed, err := s.media.Create(s.ctx, d)
	if err != nil || replayed {
		s.Fatalf("Create: replayed %v, error %v", replayed, err)
	}
	return m
}

// createTag stores a tag with the name.
func (s *suite) createTag(name string) tags.Tag {
	s.Helper()
	t := s.candidates(name)[0]
	s.ok(s.tags.Create(s.ctx, t))
	return t
}

func (s *suite) get(id uuid.UUID) media.Media {
	s.Helper()
	m, err := s.media.Get(s.ctx, id)
	s.ok(err)
	return m
}

// move puts the media into a state, out of any.
func (s *suite) move(id uuid.UUID, to media.State) media.Media {
	s.Helper()
	m, moved, err := s.media.Move(s.ctx, id, media.When{From: visible()}, change(to))
	if err != nil || !moved {
		s.Fatalf("Move to %s: moved %v, error %v", to, moved, err)
	}
	return m
}

func visible() []media.State {
	return []media.State{media.StatePending, media.StateReady, media.StateFailed}
}

// change returns one that a service makes of the state.
func change(to media.State) media.Change {
	c := media.Change{State: to, At: later(time.Minute), LastURLAt: later(time.Hour)}
	switch to {
	case media.StateReady:
		c.ETag, c.SHA256Status = `"etag"`, media.SHA256Verified
	case media.StateFailed:
		c.Failure, c.DueAt = media.FailureExpired, later(2*time.Hour)
	case media.StateDeleted:
		c.DueAt = later(2 * time.Hour)
	}
	return c
}

// names returns the names of the media's tags in their order.
func names(m media.Media) string {
	var list []string
	for _, t := range m.Tags {
		list = append(list, t.Name)
	}
	return strings.Join(list, " ")
}

// carries checks the tags of a media as it was answered and as it is read.
func (s *suite) carries(m media.Media, want string) {
	s.Helper()
	s.same(names(m), want)
	s.same(names(s.get(m.ID)), want)
}

// same fails the test if got differs; no tags are as good as an empty list.
func (s *suite) same(got, want any) {
	s.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		s.Fatalf("not as expected (-want +got):\n%s", diff)
	}
}

func (s *suite) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("unexpected error: %v", err)
	}
}

// fails checks that err is the one that the contract names.
func (s *suite) fails(err, want error) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Fatalf("error %v; want %v", err, want)
	}
}

// race runs f n times at once and returns when all are through.
func race(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			f(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

func name(format string, args ...any) string { return fmt.Sprintf(format, args...) }
