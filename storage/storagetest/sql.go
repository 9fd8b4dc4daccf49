package storagetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// SQL is a store in an SQL database, with the tables of package migrations.
type SQL struct {
	Repositories

	// InTx runs f in a transaction, which is committed if f returns nil and else
	// rolled back; then it returns f's error.
	InTx func(ctx context.Context, f func(ctx context.Context, r Repositories) error) error

	// Exec runs one statement beside the store.
	Exec func(ctx context.Context, statement string) error
}

// RunSQL holds a store to what SQL lets a host do beside the ports: transactions,
// and statements of its own. Open is called as that of [Run].
func RunSQL(t *testing.T, open func(t *testing.T) SQL) {
	for _, c := range sqlClauses {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			c.test(&sqlSuite{newSuite(t, store.Repositories), store})
		})
	}
}

type sqlSuite struct {
	*suite
	sql SQL
}

// exec runs a statement with values written into it.
func (s *sqlSuite) exec(format string, args ...any) error {
	return s.sql.Exec(s.ctx, fmt.Sprintf(format, args...))
}

// inTx runs f on a suite inside a transaction.
func (s *sqlSuite) inTx(f func(inner *suite) error) error {
	return s.sql.InTx(s.ctx, func(ctx context.Context, r Repositories) error {
		inner := newSuite(s.T, r)
		inner.ctx = ctx
		inner.made.Store(1_000_000) // no id twice
		return f(inner)
	})
}

// Draft returns a draft that is valid, with candidates of the names, for tests that a
// backend has of its own. Its ids are random, and its times those of the call.
func Draft(names ...string) media.Draft {
	at := time.Now().UTC().Truncate(time.Microsecond)
	id := uuid.Must(uuid.NewV7())
	d := media.Draft{Media: media.Media{
		ID: id, Filename: "beach.jpg", FilenameFold: "beach.jpg",
		ContentType: "image/jpeg", Kind: media.KindImage, Size: 123456,
		SHA256: sha256.Sum256(id[:]), SHA256Status: media.SHA256Declared,
		State: media.StatePending, ObjectKey: "media/" + id.String(), Version: 1,
		CreatedAt: at, UpdatedAt: at, ExpiresAt: at.Add(24 * time.Hour), DueAt: at.Add(24 * time.Hour),
	}}
	for _, name := range names {
		d.Tags = append(d.Tags, tags.Tag{
			ID: uuid.Must(uuid.NewV7()), Key: strings.ToLower(name), Name: name, CreatedAt: at, UpdatedAt: at,
		})
	}
	slices.SortFunc(d.Tags, func(a, b tags.Tag) int { return strings.Compare(a.Key, b.Key) })
	return d
}

var errStop = errors.New("stop")

var sqlClauses = []struct {
	name string
	test func(s *sqlSuite)
}{
	{"times written as literals and as arguments compare by what they mean", func(s *sqlSuite) {
		var want []uuid.UUID
		for i, digits := range []string{"", ".1", ".100001", ".12", ".123456", ".2"} {
			at, err := time.Parse(time.RFC3339, "2026-11-24T10:00:00"+digits+"Z")
			s.ok(err)
			m := s.dueIn(at.Sub(dawn))
			if want = append(want, m.ID); i%2 == 0 {
				s.ok(s.exec("UPDATE mediakit_media SET due_at = '2026-11-24 10:00:00%s+00:00' WHERE id = '%s'", digits, m.ID))
			}
			released, err := s.media.Release(s.ctx, m.ID, at, at)
			s.ok(err)
			s.same(released, true)
		}
		got, err := s.media.Claim(s.ctx, media.Claim{Now: later(time.Hour), Lease: later(2 * time.Hour), Limit: 9})
		s.ok(err)
		var ids []uuid.UUID
		for _, m := range got {
			ids = append(ids, m.ID)
		}
		s.same(ids, want)
	}},
	{"a time of another zone is stored as the same moment", func(s *sqlSuite) {
		d := s.draft(dawn)
		zone := time.FixedZone("", 5*3600+45*60)
		d.Media.CreatedAt, d.Media.DueAt = d.Media.CreatedAt.In(zone), d.Media.DueAt.In(zone)
		got := s.get(s.store(d).ID)
		s.same([]time.Time{got.CreatedAt, got.DueAt}, []time.Time{dawn, later(24 * time.Hour)})
		released, err := s.media.Release(s.ctx, got.ID, got.DueAt.In(zone), dawn)
		s.ok(err)
		s.same(released, true)
	}},
	{"no tag link to a missing side", func(s *sqlSuite) {
		m, other := s.create("Beach"), s.createTag("Sea")
		for _, pair := range [][2]uuid.UUID{{other.ID, uuid.New()}, {uuid.New(), m.ID}, {other.ID, m.ID}} {
			err := s.exec("INSERT INTO mediakit_media_tags (tag_id, media_id) VALUES ('%s', '%s')", pair[0], pair[1])
			if stands := pair[0] == other.ID && pair[1] == m.ID; (err == nil) != stands {
				s.Errorf("a link from %v to %v: error %v", pair[0], pair[1], err)
			}
		}
		s.ok(s.exec("DELETE FROM mediakit_tags WHERE id = '%s'", other.ID))
		s.same(s.get(m.ID), m)
	}},
	{"raw statements can't break the domain's rules", func(s *sqlSuite) {
		m := s.create("Beach")
		for _, set := range []string{
			"size = 0", "state = 'other'", "state = 'ready'", "failure = 'why'", "kind = 'audio'", "filename = ''",
			"version = 0", "width = 0", "sha256_status = ''", "object_key = NULL", "updated_at = 'now and then'",
			"filename = '" + strings.Repeat("é", 256) + "'", "found = 'image/heic'", "sha256 = 'short'",
			"state = 'ready', ready_at = created_at, sha256 = NULL", "scope = '" + strings.Repeat("s", 256) + "'",
			"part_size = 0", "verify_offset = -1",
		} {
			if err := s.exec("UPDATE mediakit_media SET %s WHERE id = '%s'", set, m.ID); err == nil {
				s.Errorf("%s: not refused", set)
			}
		}
		if err := s.exec("UPDATE mediakit_tags SET name = ''"); err == nil {
			s.Error("an empty name: not refused")
		}
		s.same(s.get(m.ID), m)
	}},
	{"the longest filename fits: 255 characters of 4 bytes each", func(s *sqlSuite) {
		d := s.draft(dawn)
		d.Media.Filename = strings.Repeat("😀", 255)
		s.same(s.get(s.store(d).ID).Filename, d.Media.Filename)
	}},
	{"a media that isn't ready may be without a sha256", func(s *sqlSuite) {
		d := s.draft(dawn)
		d.Media.SHA256 = media.Digest{}
		m := s.store(d)
		s.same(s.get(m.ID).SHA256, media.Digest{})
		if _, _, err := s.media.Move(s.ctx, m.ID, media.When{From: visible()}, change(media.StateReady)); err == nil {
			s.Error("a media without a sha256 became ready")
		}
		s.same(s.get(m.ID), m)
	}},
	{"what a transaction does is committed together", func(s *sqlSuite) {
		var m media.Media
		s.ok(s.inTx(func(inner *suite) error {
			m = inner.move(inner.create("Beach", "Sea").ID, media.StateReady)
			_, err := inner.retag([]media.Media{m}, inner.candidates("Sun"), "sea")
			return err
		}))
		s.carries(s.get(m.ID), "Beach Sun")
	}},
	{"or vanishes together: a delete rolled back leaves the media whole", func(s *sqlSuite) {
		want := s.create("Beach", "Sea")
		var made media.Media
		err := s.inTx(func(inner *suite) error {
			made = inner.create("Sun")
			inner.move(want.ID, media.StateDeleted)
			inner.ok(inner.tags.Delete(inner.ctx, want.Tags[0].ID))
			_, err := inner.media.Get(inner.ctx, want.ID)
			inner.fails(err, media.ErrNotFound)
			return errStop
		})
		s.fails(err, errStop)
		s.same(s.get(want.ID), want)
		_, err = s.media.Get(s.ctx, made.ID)
		s.fails(err, media.ErrNotFound)
		_, err = s.tags.Get(s.ctx, made.Tags[0].ID)
		s.fails(err, tags.ErrNotFound)
	}},
	{"a transaction stays usable after a refusal", func(s *sqlSuite) {
		d := s.keyed(dawn, "key", 1)
		d.Tags = s.candidates("Beach", "Sea")
		m := s.store(d)
		var made media.Media
		s.ok(s.inTx(func(inner *suite) error {
			for name, err := range inner.refusals(m) {
				if err == nil {
					s.Errorf("%s: not refused", name)
				}
				inner.same(inner.get(m.ID), m)
			}
			made = inner.create("Beach", "New")
			return nil
		}))
		s.carries(s.get(made.ID), "Beach New")
		_, err := s.media.Get(s.ctx, m.ID)
		s.ok(err)
	}},
}

// refusals are the answers to calls that the contract refuses, one after another,
// on a media m with the tags Beach and Sea, the idempotency key "key" and the fingerprint 1.
func (s *suite) refusals(m media.Media) map[string]error {
	var full []string
	for i := range media.MaxTags {
		full = append(full, name("tag %02d", i))
	}
	errs := map[string]error{"tag exists": s.tags.Create(s.ctx, s.candidates("BEACH")[0])}
	_, errs["name taken"] = s.tags.Rename(s.ctx, m.Tags[0].ID, tags.Name{Shown: "Sea", Key: "sea"}, dawn)
	_, errs["no such tag"] = s.tags.Merge(s.ctx, m.Tags[0].ID, uuid.New(), dawn)
	_, errs["no such media"] = s.retag([]media.Media{m, {ID: uuid.Max}}, s.candidates("new"), "beach")
	_, errs["not that version"] = s.media.Update(s.ctx, m.ID, rename("x"), 7)
	_, _, errs["key reused"] = s.media.Create(s.ctx, s.keyed(dawn, "key", 2))
	_, errs["too many tags"] = s.retag([]media.Media{m}, s.candidates(full...))
	return errs
}
