package storagetest

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

var raceClauses = []clause{
	{"of any number of Moves at once that leave one state, one moves", func(s *suite) {
		m := s.create("Beach")
		goals := []media.State{media.StateReady, media.StateFailed, media.StateReady}
		var moved atomic.Int64
		race(24, func(i int) {
			got, won, err := s.media.Move(s.ctx, m.ID, media.When{From: []media.State{media.StatePending}}, change(goals[i%len(goals)]))
			if err != nil {
				s.Errorf("Move: %v", err)
			}
			if won {
				moved.Add(1)
			}
			if got.Version != 2 || got.State == media.StatePending {
				s.Errorf("Move returned version %d in state %s", got.Version, got.State)
			}
		})
		s.same(moved.Load(), int64(1))
	}},
	{"of any number of creates of one key at once, one succeeds", func(s *suite) {
		var stored atomic.Int64
		race(40, func(int) {
			switch err := s.tags.Create(s.ctx, s.candidates("Beach")[0]); {
			case err == nil:
				stored.Add(1)
			case !errors.Is(err, tags.ErrExists):
				s.Errorf("Create: %v", err)
			}
		})
		s.same(stored.Load(), int64(1))
	}},
	{"of any number of creates that bring one new key at once, one stores the tag and all link to it", func(s *suite) {
		ids := make([]uuid.UUID, 100)
		race(len(ids), func(i int) {
			d := s.draft(dawn)
			d.Tags = s.candidates("Beach")
			m, _, err := s.media.Create(s.ctx, d)
			if err != nil || len(m.Tags) != 1 {
				s.Errorf("Create: tags %v, error %v", m.Tags, err)
				return
			}
			ids[i] = m.Tags[0].ID
		})
		s.same(slices.Compact(ids), ids[:1])
		s.same(len(s.tagPages(tags.Query{Limit: 10})[0]), 1)
		s.same(len(s.walk(media.Query{Selection: media.Selection{AllTagKeys: []string{"beach"}}, Limit: 100, Budget: 100}, nil)), 100)
	}},
	{"of any number of creates with one key at once, one stores; the others replay it, get ErrIdempotencyKeyInProgress or, asking for something else, ErrIdempotencyKeyReused", func(s *suite) {
		var mu sync.Mutex
		ids, stored, reused := map[uuid.UUID]bool{}, map[byte]int{}, map[byte]bool{}
		race(50, func(i int) {
			asked := byte(i % 2)
			d := s.keyed(dawn, "key", asked)
			d.Tags = s.candidates("Beach", "Sea")
			m, replayed, err := s.media.Create(s.ctx, d)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, media.ErrIdempotencyKeyInProgress):
			case errors.Is(err, media.ErrIdempotencyKeyReused):
				reused[asked] = true
			case err != nil:
				s.Errorf("Create: %v", err)
			default:
				ids[m.ID] = true
				if !replayed {
					stored[asked]++
				}
			}
		})
		s.same(len(ids), 1)
		s.same(stored[0]+stored[1], 1)
		for winner := range stored {
			s.same(reused[winner], false)
		}
		s.same(len(s.walk(media.Query{Limit: 100, Budget: 100}, nil)), 1)
	}},
	{"writers of all sorts at once lose nothing", func(s *suite) {
		const writers, each = 8, 50
		shared := s.create("shared")
		race(writers, func(w int) {
			for i := range each {
				s.writeOne(shared, w, i)
			}
		})
		s.same(s.get(shared.ID).Version, 1+writers*each/5)
		made := s.walk(media.Query{Limit: 100, Budget: 100}, nil)
		s.same(len(made), 1+writers*each/5*4)
		for _, m := range made {
			if len(m.Tags) == 0 {
				s.Errorf("%v has lost its tags", m.ID)
			}
		}
	}},
	{"two retags in opposite order don't deadlock", func(s *suite) {
		list := []media.Media{s.create("a", "b"), s.create("b", "c"), s.create("c")}
		race(16, func(i int) {
			add, remove := s.candidates("a", "new 1"), "c"
			if i%2 == 0 {
				add, remove = s.candidates("new 1", "c", "new 0"), "a"
			}
			if _, err := s.retag(list, add, remove); err != nil {
				s.Errorf("Retag: %v", err)
			}
		})
		for _, m := range list {
			s.same(s.get(m.ID).Version, 17)
		}
	}},
	{"two updates at once leave the tags of one, not of both", func(s *suite) {
		m := s.create("x")
		for range 10 {
			var last sync.Map
			race(8, func(i int) {
				got, err := s.media.Update(s.ctx, m.ID, s.replaceTags(name("t%d", i), name("u%d", i)), 0)
				if err != nil {
					s.Errorf("Update: %v", err)
				}
				last.Store(got.Version, names(got))
			})
			now := s.get(m.ID)
			want, _ := last.Load(now.Version)
			s.same(names(now), want)
		}
		s.same(s.get(m.ID).Version, 81)
	}},
	{"of updates at once that name one version, one succeeds", func(s *suite) {
		m := s.create("x")
		var updated atomic.Int64
		race(16, func(i int) {
			patch := s.replaceTags("y")
			if i%2 == 0 {
				patch = rename("y")
			}
			switch _, err := s.media.Update(s.ctx, m.ID, patch, 1); {
			case err == nil:
				updated.Add(1)
			case !errors.Is(err, media.ErrVersion):
				s.Errorf("Update: %v", err)
			}
		})
		s.same(updated.Load(), int64(1))
	}},
	{"no two claims at once take the same media", func(s *suite) {
		for range 40 {
			s.dueIn(time.Hour)
		}
		var mu sync.Mutex
		claims := map[uuid.UUID]int{}
		race(8, func(int) {
			for {
				got, err := s.media.Claim(s.ctx, media.Claim{Now: later(time.Hour), Lease: later(2 * time.Hour), Limit: 3})
				if err != nil {
					s.Errorf("Claim: %v", err)
				}
				if len(got) == 0 {
					return
				}
				mu.Lock()
				for _, m := range got {
					claims[m.ID]++
				}
				mu.Unlock()
			}
		})
		for id, n := range claims {
			if n > 1 {
				s.Errorf("%v was claimed %d times", id, n)
			}
		}
		// A claim may find rows that others are just taking and come back empty.
		rest, err := s.media.Claim(s.ctx, media.Claim{Now: later(time.Hour), Lease: later(2 * time.Hour), Limit: 40})
		s.ok(err)
		s.same(len(claims)+len(rest), 40)
	}},
	{"of renames at once to one key, one succeeds", func(s *suite) {
		list := make([]tags.Tag, 12)
		for i := range list {
			list[i] = s.createTag(name("tag %d", i))
		}
		var renamed atomic.Int64
		race(len(list), func(i int) {
			switch _, err := s.tags.Rename(s.ctx, list[i].ID, tags.Name{Shown: "One", Key: "one"}, dawn); {
			case err == nil:
				renamed.Add(1)
			case !errors.Is(err, tags.ErrExists):
				s.Errorf("Rename: %v", err)
			}
		})
		s.same(renamed.Load(), int64(1))
	}},
	{"no tag link to a missing side, however tags are merged, renamed and deleted meanwhile", func(s *suite) {
		m := s.create("a", "b", "c")
		race(12, func(i int) {
			for range 8 {
				s.tagWriter(i, m)
			}
		})
		for _, m := range s.walk(media.Query{Limit: 100, Budget: 100}, nil) {
			s.same(s.get(m.ID), m)
			for _, t := range m.Tags {
				got, err := s.tags.Get(s.ctx, t.ID)
				s.ok(err)
				s.same(got.Name, t.Name)
			}
		}
		removed := s.move(m.ID, media.StateDeleted)
		ok, err := s.media.Remove(s.ctx, m.ID, removed.DueAt)
		s.ok(err)
		s.same(ok, true)
	}},
	{"an update that replaces a tag by the one it is just merged into keeps that one", func(s *suite) {
		for i := range 15 {
			into := s.createTag(name("into %02d", i))
			m := s.create(name("from %02d", i))
			race(2, func(n int) {
				var err error
				if n == 0 {
					_, err = s.tags.Merge(s.ctx, m.Tags[0].ID, into.ID, dawn)
				} else {
					_, err = s.media.Update(s.ctx, m.ID, s.replaceTags(into.Name), 0)
				}
				if err != nil {
					s.Errorf("writer %d: %v", n, err)
				}
			})
			s.same(names(s.get(m.ID)), into.Name)
		}
	}},
	{"what takes up a tag while it is merged carries the other one in the end, or a new tag of that name", func(s *suite) {
		for i := range 5 {
			from, into := s.createTag(name("from %d", i)), s.createTag(name("into %d", i))
			var written [8]uuid.UUID
			race(9, func(n int) {
				var err error
				if n == 8 {
					_, err = s.tags.Merge(s.ctx, from.ID, into.ID, dawn)
				} else {
					d := s.draft(dawn)
					d.Tags = s.candidates(from.Name)
					written[n] = d.Media.ID
					_, _, err = s.media.Create(s.ctx, d)
				}
				if err != nil {
					s.Errorf("writer %d: %v", n, err)
				}
			})
			for _, id := range written {
				m := s.get(id)
				if len(m.Tags) != 1 || m.Tags[0].ID == from.ID || m.Tags[0].Name != from.Name && m.Tags[0].ID != into.ID {
					s.Errorf("a media carries %v", m.Tags)
				}
			}
		}
	}},
}

// tagWriter does one of the things that touch tags or their links. A tag that
// another writer dropped isn't there, a name that one took is taken; nothing else
// may go wrong.
func (s *suite) tagWriter(i int, m media.Media) {
	find := func(key string) uuid.UUID {
		list, _, err := s.tags.List(s.ctx, tags.Query{Prefix: key, Limit: 1})
		if err != nil || len(list) == 0 {
			return uuid.Nil
		}
		return list[0].ID
	}
	var err error
	switch i % 6 {
	case 0, 1:
		d := s.draft(dawn)
		d.Tags = s.candidates("a", "b", "c")
		_, _, err = s.media.Create(s.ctx, d)
	case 2:
		_, err = s.tags.Merge(s.ctx, find("a"), find("b"), dawn)
	case 3:
		err = s.tags.Delete(s.ctx, find("c"))
	case 4:
		_, err = s.tags.Rename(s.ctx, find("b"), tags.Name{Shown: "c", Key: "c"}, dawn)
	case 5:
		_, err = s.retag([]media.Media{m}, s.candidates("a", "b"), "c")
	}
	if err != nil && !errors.Is(err, tags.ErrNotFound) && !errors.Is(err, tags.ErrExists) {
		s.Errorf("writer %d: %v", i%6, err)
	}
}

// writeOne is the i-th write of a writer: four media of its own, then a change of the
// shared one.
func (s *suite) writeOne(shared media.Media, writer, i int) {
	if i%5 == 4 {
		if _, err := s.retag([]media.Media{shared}, s.candidates(name("by %d", writer))); err != nil {
			s.Errorf("writer %d: Retag: %v", writer, err)
		}
		return
	}
	d := s.draft(dawn)
	if i%2 == 0 {
		d = s.keyed(dawn, name("key %d of %d", i, writer), 1)
	}
	d.Tags = s.candidates("all", name("tag %d", i))
	if _, replayed, err := s.media.Create(s.ctx, d); err != nil || replayed {
		s.Errorf("writer %d: Create: replayed %v, error %v", writer, replayed, err)
	}
}
