package storagetest

import (
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

var moveClauses = []clause{
	{"if the media is in one of the states from, it applies c, bumps the version, and returns the media with moved true", func(s *suite) {
		want := s.create("Beach", "Sea")
		c := media.Change{
			State: media.StateReady, At: later(time.Minute), LastURLAt: later(time.Hour),
			SHA256Status: media.SHA256Verified, ETag: `"e"`, ObjectVersion: "v", Width: 4000, Height: 3000, DurationMS: 1500,
		}
		got, moved, err := s.media.Move(s.ctx, want.ID, media.When{From: []media.State{media.StatePending}}, c)
		s.ok(err)
		s.same(moved, true)
		want.State, want.UpdatedAt, want.ReadyAt, want.LastURLAt = media.StateReady, c.At, c.At, c.LastURLAt
		want.DueAt, want.SHA256Status, want.Version = time.Time{}, media.SHA256Verified, 2
		want.ETag, want.ObjectVersion, want.Width, want.Height, want.DurationMS = `"e"`, "v", 4000, 3000, 1500
		s.same(got, want)
		s.same(s.get(want.ID), want)
	}},
	{"a media that failed tells why", func(s *suite) {
		want := s.create("Beach")
		c := change(media.StateFailed)
		c.Failure, c.Found, c.SHA256Status = media.FailureContent, "image/heic", media.SHA256Mismatch
		c.ETag, c.Width = "not stored", 7
		got, moved, err := s.media.Move(s.ctx, want.ID, media.When{From: []media.State{media.StatePending}}, c)
		s.ok(err)
		s.same(moved, true)
		want.State, want.UpdatedAt, want.LastURLAt, want.DueAt = media.StateFailed, c.At, c.LastURLAt, c.DueAt
		want.Failure, want.Found, want.SHA256Status, want.Version = media.FailureContent, "image/heic", media.SHA256Mismatch, 2
		s.same(got, want)
		s.same(s.get(want.ID), want)
	}},
	{"if it is in another state it changes nothing and returns the media as it is, with moved false", func(s *suite) {
		m := s.create("Beach")
		s.move(m.ID, media.StateReady)
		want := s.get(m.ID)
		got, moved, err := s.media.Move(s.ctx, m.ID, media.When{From: []media.State{media.StatePending, media.StateFailed}}, change(media.StateFailed))
		s.ok(err)
		s.same(moved, false)
		s.same(got, want)
		s.same(s.get(m.ID), want)
	}},
	{"a Move with a lease moves only a media whose DueAt it is", func(s *suite) {
		m := s.dueIn(time.Hour)
		lease := later(3 * time.Hour)
		_, err := s.media.Claim(s.ctx, media.Claim{Now: later(time.Hour), Lease: lease, Limit: 1})
		s.ok(err)
		for _, c := range []struct {
			lease time.Time
			moved bool
		}{{later(time.Hour), false}, {lease.Add(time.Microsecond), false}, {lease, true}, {lease, false}} {
			before := s.get(m.ID)
			when := media.When{From: []media.State{media.StatePending}, Lease: c.lease}
			got, moved, err := s.media.Move(s.ctx, m.ID, when, change(media.StateFailed))
			s.ok(err)
			s.same(moved, c.moved)
			if !moved {
				s.same(got, before)
			}
		}
	}},
	{"a Move with ExpiredBy moves only a media whose ExpiresAt is at or before it", func(s *suite) {
		m := s.create()
		for _, by := range []time.Time{m.ExpiresAt.Add(-time.Microsecond), m.ExpiresAt} {
			when := media.When{From: []media.State{media.StatePending}, ExpiredBy: by}
			got, moved, err := s.media.Move(s.ctx, m.ID, when, change(media.StateFailed))
			s.ok(err)
			s.same(moved, by.Equal(m.ExpiresAt))
			s.same(got.State == media.StateFailed, moved)
		}
	}},
	{"a Move with Version moves only that version", func(s *suite) {
		m := s.create()
		for _, version := range []int{-1, m.Version + 1, m.Version, m.Version} {
			before := s.get(m.ID)
			when := media.When{From: visible(), Version: version}
			got, moved, err := s.media.Move(s.ctx, m.ID, when, change(media.StateFailed))
			s.ok(err)
			s.same(moved, version == before.Version)
			if !moved {
				s.same(got, before)
			}
		}
	}},
	{"ErrNotFound if there is no such media; a Move to StateDeleted returns the tombstone", func(s *suite) {
		want := s.move(s.create("Beach").ID, media.StateReady)
		got := s.move(want.ID, media.StateDeleted)
		c := change(media.StateDeleted)
		want.State, want.UpdatedAt, want.DueAt, want.Version = media.StateDeleted, c.At, c.DueAt, 3
		s.same(got, want)
		for _, id := range []uuid.UUID{want.ID, uuid.New()} {
			_, _, err := s.media.Move(s.ctx, id, media.When{From: visible()}, c)
			s.fails(err, media.ErrNotFound)
			_, err = s.media.Get(s.ctx, id)
			s.fails(err, media.ErrNotFound)
		}
	}},
	{"LastURLAt is stored if the media has none yet", func(s *suite) {
		m := s.create()
		s.move(m.ID, media.StateFailed)
		c := change(media.StateDeleted)
		c.LastURLAt = later(9 * time.Hour)
		got, _, err := s.media.Move(s.ctx, m.ID, media.When{From: visible()}, c)
		s.ok(err)
		s.same(got.LastURLAt, later(time.Hour))
		s.same(got.Failure, media.FailureExpired)
	}},
	{"SetUpload stores the store's multipart upload id on a pending media that has none", func(s *suite) {
		want := s.create("Beach")
		got, set, err := s.media.SetUpload(s.ctx, want.ID, "upload", later(time.Minute))
		s.ok(err)
		s.same(set, true)
		want.UploadID, want.UpdatedAt = "upload", later(time.Minute)
		s.same(got, want)
		s.same(s.get(want.ID), want)
	}},
	{"SetUpload: if it has one already, or isn't pending, nothing is changed and set is false", func(s *suite) {
		has, ready := s.create("Beach"), s.create("Beach")
		_, _, err := s.media.SetUpload(s.ctx, has.ID, "first", later(time.Minute))
		s.ok(err)
		s.move(ready.ID, media.StateReady)
		for _, id := range []uuid.UUID{has.ID, ready.ID} {
			want := s.get(id)
			got, set, err := s.media.SetUpload(s.ctx, id, "second", later(time.Hour))
			s.ok(err)
			s.same(set, false)
			s.same(got, want)
			s.same(s.get(id), want)
		}
		_, _, err = s.media.SetUpload(s.ctx, uuid.New(), "upload", dawn)
		s.fails(err, media.ErrNotFound)
	}},
}

// dueIn stores a pending media that is due that long after dawn.
func (s *suite) dueIn(d time.Duration) media.Media {
	draft := s.draft(dawn)
	draft.Media.DueAt = later(d)
	draft.Tags = s.candidates("Beach")
	return s.store(draft)
}

var sweepClauses = []clause{
	{"takes media whose DueAt is at or before c.Now, longest due first, by setting their DueAt to c.Lease, and returns them as they were before", func(s *suite) {
		third, first, second, never := s.dueIn(3*time.Hour), s.dueIn(time.Hour), s.dueIn(2*time.Hour), s.create()
		s.move(never.ID, media.StateReady)
		s.dueIn(3*time.Hour + time.Microsecond)
		c := media.Claim{Now: later(3 * time.Hour), Lease: later(4 * time.Hour), Limit: 2}
		for _, want := range [][]media.Media{{first, second}, {third}, nil} {
			got, err := s.media.Claim(s.ctx, c)
			s.ok(err)
			for i := range want {
				want[i].Tags = nil
			}
			s.same(got, want)
		}
		s.same(s.get(first.ID).DueAt, c.Lease)
		s.same(s.get(first.ID).Version, 1)
	}},
	{"this media only; uuid.Nil: any", func(s *suite) {
		s.dueIn(time.Hour)
		wanted, early := s.dueIn(2*time.Hour), s.dueIn(9*time.Hour)
		c := media.Claim{Now: later(3 * time.Hour), Lease: later(4 * time.Hour), Limit: 5}
		for id, want := range map[uuid.UUID]int{wanted.ID: 1, early.ID: 0, uuid.New(): 0} {
			c.ID = id
			got, err := s.media.Claim(s.ctx, c)
			s.ok(err)
			s.same(len(got), want)
		}
	}},
	{"a media in StateDeleted is seen by Claim, Release and Remove alone", func(s *suite) {
		m := s.create("Beach")
		due := s.move(m.ID, media.StateDeleted).DueAt
		lease := due.Add(time.Hour)
		got, err := s.media.Claim(s.ctx, media.Claim{Now: due, Lease: lease, Limit: 1})
		s.ok(err)
		s.same(len(got), 1)
		s.same(got[0].State, media.StateDeleted)
		released, err := s.media.Release(s.ctx, m.ID, lease, due)
		s.ok(err)
		s.same(released, true)
		removed, err := s.media.Remove(s.ctx, m.ID, due)
		s.ok(err)
		s.same(removed, true)
		removed, err = s.media.Remove(s.ctx, m.ID, due)
		s.ok(err)
		s.same(removed, false)
	}},
	{"Release sets DueAt to due (zero: none) on a media whose DueAt still is lease, and reports whether it was", func(s *suite) {
		m := s.dueIn(time.Hour)
		release := func(id uuid.UUID, lease, due time.Time, want bool) {
			s.Helper()
			got, err := s.media.Release(s.ctx, id, lease, due)
			s.ok(err)
			s.same(got, want)
		}
		release(m.ID, later(time.Hour+time.Microsecond), dawn, false)
		s.same(s.get(m.ID), m)
		release(m.ID, later(time.Hour), later(2*time.Hour), true)
		s.same(s.get(m.ID).DueAt, later(2*time.Hour))
		release(m.ID, later(2*time.Hour), time.Time{}, true)
		s.same(s.get(m.ID).DueAt, time.Time{})
		release(m.ID, time.Time{}, dawn, false)
		release(uuid.New(), dawn, dawn, false)
	}},
	{"Remove drops the row of a media in StateDeleted whose DueAt still is lease, with its links to tags", func(s *suite) {
		pending, gone := s.dueIn(time.Hour), s.create("Beach")
		due := s.move(gone.ID, media.StateDeleted).DueAt
		remove := func(id uuid.UUID, lease time.Time, want bool) {
			s.Helper()
			got, err := s.media.Remove(s.ctx, id, lease)
			s.ok(err)
			s.same(got, want)
		}
		remove(pending.ID, pending.DueAt, false)
		remove(gone.ID, due.Add(time.Microsecond), false)
		remove(gone.ID, due, true)
		s.same(s.get(pending.ID), pending)
		claimed, err := s.media.Claim(s.ctx, media.Claim{Now: later(99 * time.Hour), Lease: later(100 * time.Hour), Limit: 9})
		s.ok(err)
		s.same(len(claimed), 1)
	}},
}
