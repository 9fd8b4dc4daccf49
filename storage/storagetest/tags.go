package storagetest

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// existing checks that err names the tag that has the key.
func (s *suite) existing(err error, want tags.Tag) {
	s.Helper()
	s.fails(err, tags.ErrExists)
	var exists *tags.ExistsError
	if !errors.As(err, &exists) {
		s.Fatalf("error %T; want *tags.ExistsError", err)
	}
	s.same(exists.Existing, want)
}

var tagClauses = []clause{
	{"Create stores t, and Get returns it, or ErrNotFound", func(s *suite) {
		want := s.createTag("Sunset")
		got, err := s.tags.Get(s.ctx, want.ID)
		s.ok(err)
		s.same(got, want)
		_, err = s.tags.Get(s.ctx, uuid.New())
		s.fails(err, tags.ErrNotFound)
	}},
	{"if another tag has the key nothing is stored and an *ExistsError holds that tag", func(s *suite) {
		want := s.createTag("Sunset")
		other := s.candidates("SUNSET")[0]
		s.existing(s.tags.Create(s.ctx, other), want)
		_, err := s.tags.Get(s.ctx, other.ID)
		s.fails(err, tags.ErrNotFound)
	}},
	{"Rename gives the tag another name and key, and the given UpdatedAt; the id stays", func(s *suite) {
		want := s.createTag("Sunset")
		got, err := s.tags.Rename(s.ctx, want.ID, tags.Name{Shown: "Dusk", Key: "dusk"}, later(time.Minute))
		s.ok(err)
		want.Name, want.Key, want.UpdatedAt = "Dusk", "dusk", later(time.Minute)
		s.same(got, want)
		got, err = s.tags.Get(s.ctx, want.ID)
		s.ok(err)
		s.same(got, want)
		s.createTag("Sunset")
	}},
	{"Rename: ErrNotFound if there is no such tag, an *ExistsError if another tag has the key", func(s *suite) {
		t, other := s.createTag("Sunset"), s.createTag("Dusk")
		_, err := s.tags.Rename(s.ctx, t.ID, tags.Name{Shown: "DUSK", Key: "dusk"}, later(time.Minute))
		s.existing(err, other)
		got, err := s.tags.Get(s.ctx, t.ID)
		s.ok(err)
		s.same(got, t)
		for _, key := range []string{"dusk", "free"} {
			_, err = s.tags.Rename(s.ctx, uuid.New(), tags.Name{Shown: key, Key: key}, dawn)
			s.fails(err, tags.ErrNotFound)
		}
	}},
	{"Rename: a key that the tag has already is no conflict", func(s *suite) {
		t := s.createTag("Sunset")
		got, err := s.tags.Rename(s.ctx, t.ID, tags.Name{Shown: "SUNset", Key: "sunset"}, later(time.Minute))
		s.ok(err)
		s.same(got.Name, "SUNset")
	}},
	{"Recount refreshes MediaCount and sets CountedAt to at, and tombstones don't count", func(s *suite) {
		s.create("Beach", "Sea")
		s.create("Beach")
		s.move(s.create("Beach", "Sea").ID, media.StateDeleted)
		s.createTag("unused")
		n, err := s.tags.Recount(s.ctx, recounting(later(time.Minute), 10))
		s.ok(err)
		s.same(n, 3)
		list, _, err := s.tags.List(s.ctx, tags.Query{Limit: 10})
		s.ok(err)
		for i, want := range []int64{2, 1, 0} {
			s.same(*list[i].MediaCount, want)
			s.same(list[i].CountedAt, later(time.Minute))
			s.same(list[i].UpdatedAt, dawn)
		}
	}},
	{"Recount: at most r.Limit tags, those never counted first, then those counted longest ago, ties by id; only those counted before r.Before", func(s *suite) {
		a, b, c := s.createTag("a"), s.createTag("b"), s.createTag("c")
		recount := func(before, at time.Duration, limit int, want ...tags.Tag) {
			s.Helper()
			r := recounting(later(at), limit)
			r.Before = later(before)
			s.recounted(r, want...)
		}
		recount(0, 1*time.Hour, 1, a)
		recount(0, 2*time.Hour, 1, b)
		recount(9*time.Hour, 3*time.Hour, 2, c, a)
		recount(2*time.Hour, 4*time.Hour, 9)
		recount(2*time.Hour+time.Microsecond, 4*time.Hour, 9, b)
	}},
	{"Recount: a tag of more than r.Large media is counted alone, and only if it was counted before r.LargeBefore", func(s *suite) {
		small := s.createTag("small")
		for range 3 {
			s.create("limit", "large")
		}
		s.create("large")
		limit, large, last := s.tagNamed("limit"), s.tagNamed("large"), s.createTag("last")
		if compareIDs(limit.ID, large.ID) > 0 { // never counted, they come in the order of their ids
			s.Fatal("the tags of a draft aren't made in the order of their names")
		}
		r := tags.Recounting{At: later(time.Hour), Before: later(time.Hour), LargeBefore: later(time.Hour), Large: 3, Limit: 9}
		s.recounted(r, small, limit)
		s.recounted(r, large)
		s.same(*s.tagNamed("large").MediaCount, int64(4))
		s.recounted(r, last)
		s.recounted(r)

		r.At, r.Before = later(2*time.Hour), later(2*time.Hour)
		s.recounted(r, small, limit, last)
		s.recounted(r)
		r.LargeBefore = later(time.Hour + time.Microsecond)
		s.recounted(r, large)
	}},
}

// recounting counts up to limit tags that weren't counted at that moment yet.
func recounting(at time.Time, limit int) tags.Recounting {
	return tags.Recounting{At: at, Before: at, LargeBefore: at, Large: 1000, Limit: limit}
}

// recounted checks that a Recount refreshes the tags, and only them.
func (s *suite) recounted(r tags.Recounting, want ...tags.Tag) {
	s.Helper()
	before, _, err := s.tags.List(s.ctx, tags.Query{Limit: 100})
	s.ok(err)
	n, err := s.tags.Recount(s.ctx, r)
	s.ok(err)
	s.same(n, len(want))
	for _, t := range before {
		got, err := s.tags.Get(s.ctx, t.ID)
		s.ok(err)
		if slices.ContainsFunc(want, func(w tags.Tag) bool { return w.ID == t.ID }) {
			s.same(got.CountedAt, r.At)
		} else {
			s.same(got, t)
		}
	}
}

// tagNamed returns the tag that is shown by the name.
func (s *suite) tagNamed(name string) tags.Tag {
	s.Helper()
	list, _, err := s.tags.List(s.ctx, tags.Query{Prefix: name, Limit: 1})
	s.ok(err)
	s.same(list[0].Name, name)
	return list[0]
}

var tagEndClauses = []clause{
	{"Merge moves every link of from to into, drops from, and returns into, counted, with UpdatedAt and CountedAt set", func(s *suite) {
		m := s.create("from")
		from, into := m.Tags[0].ID, s.createTag("into")
		got, err := s.tags.Merge(s.ctx, from, into.ID, later(time.Minute))
		s.ok(err)
		one := int64(1)
		into.MediaCount, into.CountedAt, into.UpdatedAt = &one, later(time.Minute), later(time.Minute)
		s.same(got, into)
		got, err = s.tags.Get(s.ctx, into.ID)
		s.ok(err)
		s.same(got, into)
		_, err = s.tags.Get(s.ctx, from)
		s.fails(err, tags.ErrNotFound)
		m.Tags = []tags.Ref{{ID: into.ID, Name: "into"}}
		s.same(s.get(m.ID), m)
		s.createTag("from")
	}},
	{"Merge: a media that carries both keeps one link", func(s *suite) {
		both, other := s.create("from", "into", "x"), s.create("into")
		_, err := s.tags.Merge(s.ctx, both.Tags[0].ID, both.Tags[1].ID, dawn)
		s.ok(err)
		s.same(names(s.get(both.ID)), "into x")
		s.same(names(s.get(other.ID)), "into")
	}},
	{"Merge counts afresh each media once, whatever the counts were, and tombstones don't count", func(s *suite) {
		both := s.create("from", "into")
		s.create("from", "other")
		s.create("from")
		_, err := s.tags.Recount(s.ctx, recounting(later(time.Hour), 10))
		s.ok(err)
		s.create("into")
		for _, name := range []string{"from", "into"} {
			s.move(s.create(name, "other").ID, media.StateDeleted)
		}
		got, err := s.tags.Merge(s.ctx, both.Tags[0].ID, both.Tags[1].ID, later(2*time.Hour))
		s.ok(err)
		s.same(*got.MediaCount, int64(4))
		s.same(got.CountedAt, later(2*time.Hour))
		s.same(*s.tagNamed("other").MediaCount, int64(1))
		s.recounted(recounting(later(2*time.Hour), 10), s.tagNamed("other"))
	}},
	{"Merge: ErrNotFound if either is missing", func(s *suite) {
		m := s.create("Beach")
		for _, pair := range [][2]uuid.UUID{{m.Tags[0].ID, uuid.New()}, {uuid.New(), m.Tags[0].ID}, {uuid.New(), uuid.New()}} {
			_, err := s.tags.Merge(s.ctx, pair[0], pair[1], later(time.Minute))
			s.fails(err, tags.ErrNotFound)
		}
		s.same(s.get(m.ID), m)
	}},
	{"Delete removes the tag and its links, and no media; ErrNotFound if there is no such tag", func(s *suite) {
		m := s.create("Beach", "Sea")
		beach := m.Tags[0].ID
		s.ok(s.tags.Delete(s.ctx, beach))
		m.Tags = m.Tags[1:]
		s.same(s.get(m.ID), m)
		s.fails(s.tags.Delete(s.ctx, beach), tags.ErrNotFound)
		d := s.draft(dawn)
		d.Tags = s.candidates("Beach")
		s.same(s.store(d).Tags, []tags.Ref{{ID: d.Tags[0].ID, Name: "Beach"}})
	}},
}

// tagPages walks q to its end and returns the names of all pages.
func (s *suite) tagPages(q tags.Query) (pages [][]string) {
	s.Helper()
	for {
		list, next, err := s.tags.List(s.ctx, q)
		s.ok(err)
		var page []string
		for _, t := range list {
			page = append(page, t.Name)
		}
		if pages = append(pages, page); next == nil {
			return pages
		}
		if q.After = next; len(pages) > 100 {
			s.Fatal("the walk doesn't end")
		}
	}
}

var tagListClauses = []clause{
	{"returns at most q.Limit tags in the order of q.Sort, those after q.After only, and where the next page starts (nil: there is none)", func(s *suite) {
		for _, name := range []string{"b", "a", "e", "d", "c", "f"} {
			s.createTag(name)
		}
		s.same(s.tagPages(tags.Query{Limit: 2}), [][]string{{"a", "b"}, {"c", "d"}, {"e", "f"}})
		s.same(s.tagPages(tags.Query{Sort: tags.SortName, Limit: 4}), [][]string{{"a", "b", "c", "d"}, {"e", "f"}})
	}},
	{"by key, ascending: in the order of bytes", func(s *suite) {
		for _, name := range []string{"é", "z", "😀", "ab", "a b", "a-b", "a", "ａ", "日本"} {
			s.createTag(name)
		}
		s.same(s.tagPages(tags.Query{Limit: 9}), [][]string{{"a", "a b", "a-b", "ab", "z", "é", "日本", "ａ", "😀"}})
		s.same(s.tagPages(tags.Query{Limit: 4}), [][]string{{"a", "a b", "a-b", "ab"}, {"z", "é", "日本", "ａ"}, {"😀"}})
	}},
	{"the keys that begin with Prefix, in which no character is special", func(s *suite) {
		for _, name := range []string{"a", "a%b", "a%c", "a_b", "aab", `a\b`, "b", "\U0010FFFE", "\U0010FFFEx"} {
			s.createTag(name)
		}
		for prefix, want := range map[string][]string{
			"a%": {"a%b", "a%c"}, "a_": {"a_b"}, `a\`: {`a\b`}, "a": {"a", "a%b", "a%c", `a\b`, "a_b", "aab"},
			"%": nil, "b": {"b"}, "\U0010FFFE": {"\U0010FFFE", "\U0010FFFEx"},
		} {
			s.same(s.tagPages(tags.Query{Prefix: prefix, Limit: 9}), [][]string{want})
			s.same(len(s.tagPages(tags.Query{Prefix: prefix, Limit: 9, Sort: tags.SortMediaCount})[0]), len(want))
		}
	}},
	{"most used first, never counted last; ties by id, ascending", func(s *suite) {
		s.create("two", "one", "one too")
		s.create("two")
		s.createTag("zero")
		_, err := s.tags.Recount(s.ctx, recounting(dawn, 9))
		s.ok(err)
		s.createTag("b never")
		s.createTag("a never")
		q := tags.Query{Sort: tags.SortMediaCount, Limit: 2}
		s.same(s.tagPages(q), [][]string{{"two", "one"}, {"one too", "zero"}, {"b never", "a never"}})
		q.Limit = 5
		s.same(s.tagPages(q), [][]string{{"two", "one", "one too", "zero", "b never"}, {"a never"}})
	}},
	{"with SortMediaCount and a prefix a page may be short once it has looked at q.Budget tags; a walk finds all the same", func(s *suite) {
		var want []string
		for i := range 12 {
			s.createTag(name("a %02d", i))
			s.createTag(name("b %02d", i))
			want = append(want, name("b %02d", i))
		}
		s.create("b 11", "b 07", "c")
		_, err := s.tags.Recount(s.ctx, recounting(later(time.Minute), 100))
		s.ok(err)
		s.createTag("b never")
		want = append(want, "b never")
		sorted := slices.Sorted(slices.Values(want))
		for _, q := range []tags.Query{{Limit: 1, Budget: 3}, {Limit: 2, Budget: 3}, {Limit: 3, Budget: 11}, {Limit: 2, Budget: 12}, {Limit: 9, Budget: 100}} {
			q.Prefix, q.Sort = "b", tags.SortMediaCount
			var got []string
			for _, page := range s.tagPages(q) {
				if len(page) > q.Limit {
					s.Errorf("a page of %d; want at most %d", len(page), q.Limit)
				}
				got = append(got, page...)
			}
			s.same(slices.Sorted(slices.Values(got)), sorted)
			s.same(slices.Sorted(slices.Values(got[:2])), []string{"b 07", "b 11"})
			s.same(got[len(got)-1], "b never")
		}
	}},
}
