package storagetest

import (
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

var createClauses = []clause{
	{"stores a draft and returns the media as stored", func(s *suite) {
		d := s.draft(dawn)
		m := s.store(d)
		s.same(m, d.Media)
		s.same(s.get(m.ID), d.Media)
	}},
	{"if a tag with the key exists the media is linked to that one", func(s *suite) {
		existing := s.createTag("Sunset")
		d := s.draft(dawn)
		d.Tags = s.candidates("SUNSET")
		m := s.store(d)
		s.same(m.Tags, []tags.Ref{{ID: existing.ID, Name: "Sunset"}})
		s.same(s.get(m.ID), m)
	}},
	{"else the candidate is stored", func(s *suite) {
		d := s.draft(dawn)
		d.Tags = s.candidates("Beach", "Sunset")
		m := s.store(d)
		s.same(m.Tags, []tags.Ref{{ID: d.Tags[0].ID, Name: "Beach"}, {ID: d.Tags[1].ID, Name: "Sunset"}})
		s.same(s.get(m.ID), m)
		for _, want := range d.Tags {
			got, err := s.tags.Get(s.ctx, want.ID)
			s.ok(err)
			s.same(got, want)
		}
	}},
	{"comes back with its Tags, in the order of their keys", func(s *suite) {
		s.createTag("c")
		s.createTag("a")
		s.carries(s.create("d", "b", "a", "c", "é", "Z", "ß"), "a b c d Z ß é")
	}},
	{"as many as MaxTags", func(s *suite) {
		var list []string
		for i := range media.MaxTags {
			list = append(list, name("tag %02d", i))
		}
		m := s.create(list...)
		s.same(len(m.Tags), media.MaxTags)
		s.same(s.get(m.ID), m)
	}},
	{"does all of what it says or nothing: an id can't be stored twice", func(s *suite) {
		d := s.draft(dawn)
		s.store(d)
		d.Tags = s.candidates("stray")
		if _, _, err := s.media.Create(s.ctx, d); err == nil {
			s.Fatal("a second media with the same id was stored")
		}
		_, err := s.tags.Get(s.ctx, d.Tags[0].ID)
		s.fails(err, tags.ErrNotFound)
	}},
	{"Get returns ErrNotFound if there is no such media", func(s *suite) {
		_, err := s.media.Get(s.ctx, uuid.New())
		s.fails(err, media.ErrNotFound)
	}},
	{"every method shows a tag by its current name", func(s *suite) {
		m := s.create("Beech")
		_, err := s.tags.Rename(s.ctx, m.Tags[0].ID, tags.Name{Shown: "Beach", Key: "beach"}, later(time.Second))
		s.ok(err)
		s.same(names(s.get(m.ID)), "Beach")
		s.same(s.get(m.ID).Version, 1)
	}},
}

// keyed returns a draft with an idempotency key, made at t, that stands for a day.
func (s *suite) keyed(t time.Time, key string, fingerprint byte) media.Draft {
	d := s.draft(t)
	d.IdempotencyKey, d.Fingerprint, d.IdempotencyKeyUntil = key, media.Digest{fingerprint}, t.Add(24*time.Hour)
	return d
}

var keyClauses = []clause{
	{"with the same fingerprint the media of that first create is returned as it is now, and replayed is true", func(s *suite) {
		first := s.keyed(dawn, "key", 1)
		first.Tags = s.candidates("Beach")
		m := s.store(first)
		ready := s.move(m.ID, media.StateReady)
		again := s.keyed(later(time.Hour), "key", 1)
		again.Tags = s.candidates("stray")
		got, replayed, err := s.media.Create(s.ctx, again)
		s.ok(err)
		s.same(replayed, true)
		s.same(got, ready)
	}},
	{"nothing is stored", func(s *suite) {
		s.store(s.keyed(dawn, "key", 1))
		for _, fingerprint := range []byte{1, 2} {
			again := s.keyed(dawn, "key", fingerprint)
			again.Tags = s.candidates("stray")
			_, _, _ = s.media.Create(s.ctx, again)
			_, err := s.media.Get(s.ctx, again.Media.ID)
			s.fails(err, media.ErrNotFound)
			_, err = s.tags.Get(s.ctx, again.Tags[0].ID)
			s.fails(err, tags.ErrNotFound)
		}
	}},
	{"with another fingerprint the error is ErrIdempotencyKeyReused", func(s *suite) {
		s.store(s.keyed(dawn, "key", 1))
		_, _, err := s.media.Create(s.ctx, s.keyed(dawn, "key", 2))
		s.fails(err, media.ErrIdempotencyKeyReused)
	}},
	{"ErrNotFound if it was deleted since", func(s *suite) {
		m := s.store(s.keyed(dawn, "key", 1))
		gone := s.move(m.ID, media.StateDeleted)
		_, _, err := s.media.Create(s.ctx, s.keyed(dawn, "key", 1))
		s.fails(err, media.ErrNotFound)
		removed, err := s.media.Remove(s.ctx, m.ID, gone.DueAt)
		s.ok(err)
		s.same(removed, true)
		_, _, err = s.media.Create(s.ctx, s.keyed(dawn, "key", 1))
		s.fails(err, media.ErrNotFound)
	}},
	{"a key whose time is up counts as never used", func(s *suite) {
		first := s.keyed(dawn, "key", 1)
		s.store(first)
		_, _, err := s.media.Create(s.ctx, s.keyed(first.IdempotencyKeyUntil.Add(-time.Microsecond), "key", 2))
		s.fails(err, media.ErrIdempotencyKeyReused)
		second := s.store(s.keyed(first.IdempotencyKeyUntil, "key", 2))
		got, replayed, err := s.media.Create(s.ctx, s.keyed(first.IdempotencyKeyUntil, "key", 2))
		s.ok(err)
		s.same(replayed, true)
		s.same(got, second)
	}},
	{"keys are told apart to the byte, and empty is none", func(s *suite) {
		for _, key := range []string{"", "", "key", "Key", "key ", "schlüssel", `k'"\`} {
			s.store(s.keyed(dawn, key, 1))
		}
	}},
	{"ForgetIdempotencyKeys drops at most limit idempotency records whose time is up at now", func(s *suite) {
		for i := range 5 {
			s.store(s.keyed(later(time.Duration(i)*time.Hour), name("key %d", i), 1))
		}
		forget := func(now time.Time, limit, want int) {
			s.Helper()
			n, err := s.media.ForgetIdempotencyKeys(s.ctx, now, limit)
			s.ok(err)
			s.same(n, want)
		}
		day := 24 * time.Hour
		forget(later(day-time.Microsecond), 10, 0)
		forget(later(day), 10, 1)
		forget(later(day+3*time.Hour), 2, 2)
		forget(later(day+3*time.Hour), 10, 1)
		s.store(s.keyed(dawn, "key 1", 2))
		_, _, err := s.media.Create(s.ctx, s.keyed(dawn, "key 4", 2))
		s.fails(err, media.ErrIdempotencyKeyReused)
	}},
}
