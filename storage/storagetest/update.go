package storagetest

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// rename returns a patch of the filename.
func rename(shown string) media.Patch {
	return media.Patch{Filename: &shown, FilenameFold: "folded " + shown, At: later(time.Minute)}
}

// replaceTags returns a patch of the set of tags.
func (s *suite) replaceTags(names ...string) media.Patch {
	list := s.candidates(names...)
	return media.Patch{Tags: &list, At: later(time.Minute)}
}

var updateClauses = []clause{
	{"applies p, bumps the version, and returns the media", func(s *suite) {
		want := s.create("Beach")
		got, err := s.media.Update(s.ctx, want.ID, rename("Other.jpg"), 0)
		s.ok(err)
		want.Filename, want.FilenameFold, want.Version = "Other.jpg", "folded Other.jpg", 2
		want.UpdatedAt = later(time.Minute)
		s.same(got, want)
		s.same(s.get(want.ID), want)
	}},
	{"a nil member changes nothing", func(s *suite) {
		m := s.create("Beach")
		got, err := s.media.Update(s.ctx, m.ID, s.replaceTags("Sea"), 0)
		s.ok(err)
		s.same([]string{got.Filename, got.FilenameFold}, []string{m.Filename, m.FilenameFold})
		s.carries(got, "Sea")
		got, err = s.media.Update(s.ctx, m.ID, rename("x"), 0)
		s.ok(err)
		s.carries(got, "Sea")
	}},
	{"Tags replaces the set; candidates as in Draft", func(s *suite) {
		m := s.create("a", "b", "c")
		s.createTag("known")
		patch := s.replaceTags("B", "Known", "new", "c")
		patch.Filename, patch.FilenameFold = new("both"), "both"
		got, err := s.media.Update(s.ctx, m.ID, patch, 0)
		s.ok(err)
		s.carries(got, "b c known new")
		s.same(got.Filename, "both")
		got, err = s.media.Update(s.ctx, m.ID, s.replaceTags(), 0)
		s.ok(err)
		s.carries(got, "")
		s.same(got.Version, 3)
	}},
	{"if ifVersion is not 0 and not the current version the error is ErrVersion and nothing is changed", func(s *suite) {
		m := s.create("Beach")
		patch := s.replaceTags("stray")
		for _, patch := range []media.Patch{patch, rename("x")} {
			_, err := s.media.Update(s.ctx, m.ID, patch, 2)
			s.fails(err, media.ErrVersion)
		}
		s.same(s.get(m.ID), m)
		_, err := s.tags.Get(s.ctx, (*patch.Tags)[0].ID)
		s.fails(err, tags.ErrNotFound)
		for version, patch := range []media.Patch{rename("x"), s.replaceTags("y")} {
			_, err := s.media.Update(s.ctx, m.ID, patch, version+1)
			s.ok(err)
		}
	}},
	{"ErrNotFound if there is no such media, or it was deleted", func(s *suite) {
		gone := s.create("Beach")
		s.move(gone.ID, media.StateDeleted)
		for _, id := range []uuid.UUID{uuid.New(), gone.ID} {
			for _, patch := range []media.Patch{rename("x"), s.replaceTags("stray")} {
				for _, ifVersion := range []int{0, 1, 7} {
					_, err := s.media.Update(s.ctx, id, patch, ifVersion)
					s.fails(err, media.ErrNotFound)
				}
			}
		}
	}},
}

// retag calls Retag on media as callers do, with sorted ids.
func (s *suite) retag(list []media.Media, add []tags.Tag, remove ...string) (int, error) {
	return s.media.Retag(s.ctx, sorted(list), add, remove, later(time.Minute))
}

// sorted returns the ids, ascending.
func sorted(list []media.Media) []uuid.UUID {
	ids := make([]uuid.UUID, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	slices.SortFunc(ids, compareIDs)
	return ids
}

var retagClauses = []clause{
	{"adds and removes tags on several media at once and returns how many media there were", func(s *suite) {
		list := []media.Media{s.create("a", "b"), s.create("b"), s.create()}
		other := s.create("a", "b")
		n, err := s.retag(list, s.candidates("New", "C", "a"), "b", "nowhere")
		s.ok(err)
		s.same(n, 3)
		for _, m := range list {
			s.same(names(s.get(m.ID)), "a C New")
		}
		s.same(s.get(other.ID), other)
	}},
	{"each media's version is bumped and its UpdatedAt set to at", func(s *suite) {
		m := s.create("a")
		for i, add := range [][]tags.Tag{s.candidates("a"), s.candidates("b"), nil} {
			_, err := s.retag([]media.Media{m}, add, "nowhere")
			s.ok(err)
			got := s.get(m.ID)
			s.same(got.Version, 2+i)
			s.same(got.UpdatedAt, later(time.Minute))
		}
	}},
	{"remove are keys, and those that exist nowhere are nothing to remove", func(s *suite) {
		m := s.create("a", "b")
		_, err := s.retag([]media.Media{m}, nil, "a", "nowhere")
		s.ok(err)
		s.same(names(s.get(m.ID)), "b")
	}},
	{"if one or more of the media don't exist a *MissingError names them and nothing is changed", func(s *suite) {
		stands, gone := s.create("a"), s.create("a")
		s.move(gone.ID, media.StateDeleted)
		never := media.Media{ID: s.id(dawn)}
		add := s.candidates("stray")
		_, err := s.retag([]media.Media{never, stands, gone}, add, "a")
		s.fails(err, media.ErrNotFound)
		var missing *media.MissingError
		if !errors.As(err, &missing) {
			s.Fatalf("error %T; want *media.MissingError", err)
		}
		s.same(missing.IDs, sorted([]media.Media{gone, never}))
		s.same(s.get(stands.ID), stands)
		_, err = s.tags.Get(s.ctx, add[0].ID)
		s.fails(err, tags.ErrNotFound)
	}},
	{"ErrTooManyTags if a media would carry more than MaxTags", func(s *suite) {
		var full []string
		for i := range media.MaxTags {
			full = append(full, name("tag %02d", i))
		}
		list := []media.Media{s.create(full...), s.create()}
		add := s.candidates("one more")
		_, err := s.retag(list, add)
		s.fails(err, media.ErrTooManyTags)
		s.same(s.get(list[0].ID), list[0])
		s.same(s.get(list[1].ID), list[1])
		_, err = s.tags.Get(s.ctx, add[0].ID)
		s.fails(err, tags.ErrNotFound)
		for _, tag := range []string{"one more", "tag 07"} { // a media that isn't there is told first
			_, err = s.retag([]media.Media{list[0], {ID: uuid.Max}}, s.candidates(tag))
			s.fails(err, media.ErrNotFound)
		}
		_, err = s.retag(list, s.candidates("one more", "tag 07"), "tag 00")
		s.ok(err)
		s.same(len(s.get(list[0].ID).Tags), media.MaxTags)
		s.same(len(s.get(list[1].ID).Tags), 2)
	}},
}
