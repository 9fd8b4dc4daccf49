package storagetest

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// nasty are texts that have broken statements, arrays, patterns and JSON.
var nasty = []string{
	`it's`, `"quoted"`, `back\slash`, `\'; DROP TABLE mediakit_media; --`, `what? $1 $2 :name ?0 ?name`,
	`{a,b}`, `NULL`, `%_`, `<&>`, `a,b;c`, "日本語", "العربية", "हिन्दी", "👩‍👩‍👧‍👦🏳️‍🌈", "é", "\u2028", `\u0041 \x41 \n`,
}

var commonClauses = []clause{
	{"text of any kind survives", func(s *suite) {
		m := s.create(nasty...)
		s.same(len(m.Tags), len(nasty))
		s.same(s.get(m.ID), m)
		for i, text := range nasty {
			d := s.keyed(dawn, text, byte(i))
			d.Media.Filename, d.Media.FilenameFold, d.Media.ObjectKey = text, text, "media/"+text
			d.Tags = s.candidates(text)
			got := s.store(d)
			want := d.Media
			want.Tags = got.Tags
			s.same(s.get(got.ID), want)
			s.same(names(got), text)
			items, _, err := s.media.List(s.ctx, media.Query{
				Selection: media.Selection{AllTagKeys: []string{d.Tags[0].Key}, FilenameFold: text}, Limit: 10, Budget: 10,
			})
			s.ok(err)
			s.same(items, []media.Media{want})
		}
	}},
	{"times come back as they were given, in UTC", func(s *suite) {
		d := s.draft(dawn)
		d.Media.ExpiresAt = time.Date(2099, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
		m := s.get(s.store(d).ID)
		s.same(m.CreatedAt, dawn)
		s.same(m.ExpiresAt, d.Media.ExpiresAt)
		t := s.createTag("Beach")
		got, err := s.tags.Rename(s.ctx, t.ID, tags.Name{Shown: "x", Key: "x"}, dawn)
		s.ok(err)
		for _, at := range []time.Time{m.CreatedAt, m.UpdatedAt, m.ExpiresAt, m.DueAt, m.ReadyAt, got.CreatedAt, got.UpdatedAt, got.CountedAt} {
			if at.Location() != time.UTC {
				s.Errorf("%v is in %v; want UTC", at, at.Location())
			}
		}
	}},
	{"a text with a NUL is refused or survives, and is never cut off", func(s *suite) {
		for _, text := range []string{"\x00", "a\x00", "a\x00b", "\x00b"} {
			d := s.draft(dawn)
			d.Media.Filename, d.Media.FilenameFold = text, text
			d.Tags = s.candidates(text)
			if m, _, err := s.media.Create(s.ctx, d); err == nil {
				s.same(s.get(m.ID).Filename, text)
				s.carries(m, text)
				continue
			}
			_, err := s.media.Get(s.ctx, d.Media.ID)
			s.fails(err, media.ErrNotFound)
			_, err = s.tags.Get(s.ctx, d.Tags[0].ID)
			s.fails(err, tags.ErrNotFound)
		}
	}},
	{"times compare by all their digits, however many those are", func(s *suite) {
		var moments []time.Time
		for _, micros := range []int{0, 1, 10, 100_000, 100_001, 120_000, 123_456, 999_999, 1_000_000} {
			moments = append(moments, dawn.Truncate(time.Second).Add(time.Duration(micros)*time.Microsecond))
		}
		for _, at := range moments {
			d := s.draft(at)
			d.Media.DueAt = at
			s.store(d)
		}
		for i, at := range moments {
			q := media.Query{Selection: media.Selection{CreatedAfter: at}, Limit: 20, Budget: 20}
			s.same(len(s.walk(q, nil)), len(moments)-1-i)
			q.Selection = media.Selection{CreatedBefore: at}
			s.same(len(s.walk(q, nil)), i)
			got, err := s.media.Claim(s.ctx, media.Claim{Now: at, Lease: later(time.Hour), Limit: 9})
			s.ok(err)
			s.same(len(got), 1)
			s.same(got[0].CreatedAt, at)
		}
	}},
	{"a context's error passes through", func(s *suite) {
		m := s.create("Beach")
		t := m.Tags[0].ID
		cancelled, cancel := context.WithCancel(s.ctx)
		cancel()
		expired, cancel := context.WithDeadline(s.ctx, time.Unix(0, 0))
		defer cancel()
		for ctx, want := range map[context.Context]error{cancelled: context.Canceled, expired: context.DeadlineExceeded} {
			for call, err := range s.all(ctx, m.ID, t) {
				if !errors.Is(err, want) {
					s.Errorf("%s: error %v; want %v", call, err, want)
				}
			}
		}
		s.same(s.get(m.ID), m)
	}},
}

// all calls every method.
func (s *suite) all(ctx context.Context, id, tag uuid.UUID) map[string]error {
	errs := map[string]error{}
	_, _, errs["Create"] = s.media.Create(ctx, s.draft(dawn))
	_, _, errs["Create with a key"] = s.media.Create(ctx, s.keyed(dawn, "key", 1))
	_, errs["Get"] = s.media.Get(ctx, id)
	_, _, errs["List"] = s.media.List(ctx, media.Query{Limit: 1, Budget: 1})
	_, _, errs["List by tags"] = s.media.List(ctx, media.Query{Selection: media.Selection{AllTagKeys: []string{"beach"}}, Limit: 1, Budget: 1})
	_, errs["Update"] = s.media.Update(ctx, id, rename("x"), 0)
	_, errs["Update tags"] = s.media.Update(ctx, id, s.replaceTags("x"), 0)
	_, errs["Retag"] = s.media.Retag(ctx, []uuid.UUID{id}, s.candidates("x"), nil, dawn)
	_, _, errs["Move"] = s.media.Move(ctx, id, media.When{From: visible()}, change(media.StateReady))
	_, _, errs["SetUpload"] = s.media.SetUpload(ctx, id, "upload", dawn)
	_, errs["Claim"] = s.media.Claim(ctx, media.Claim{Now: later(99 * time.Hour), Lease: later(100 * time.Hour), Limit: 1})
	_, errs["Release"] = s.media.Release(ctx, id, later(24*time.Hour), dawn)
	_, errs["Remove"] = s.media.Remove(ctx, id, dawn)
	_, errs["ForgetIdempotencyKeys"] = s.media.ForgetIdempotencyKeys(ctx, dawn, 1)
	errs["tag Create"] = s.tags.Create(ctx, s.candidates("y")[0])
	_, errs["tag Get"] = s.tags.Get(ctx, tag)
	_, _, errs["tag List"] = s.tags.List(ctx, tags.Query{Limit: 1})
	_, errs["tag Rename"] = s.tags.Rename(ctx, tag, tags.Name{Shown: "z", Key: "z"}, dawn)
	_, errs["tag Merge"] = s.tags.Merge(ctx, tag, uuid.New(), dawn)
	errs["tag Delete"] = s.tags.Delete(ctx, tag)
	_, errs["tag Recount"] = s.tags.Recount(ctx, recounting(dawn, 1))
	return errs
}
