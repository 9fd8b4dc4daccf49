package storagetest

import (
	"crypto/sha256"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// walk reads every page of q and returns what is on them. Between two pages it
// calls pause, if there is one.
func (s *suite) walk(q media.Query, pause func()) (list []media.Media) {
	s.Helper()
	for range 10_000 {
		items, next, err := s.media.List(s.ctx, q)
		s.ok(err)
		if len(items) > q.Limit {
			s.Fatalf("a page of %d has %d media", q.Limit, len(items))
		}
		list = append(list, items...)
		if next == uuid.Nil {
			return list
		}
		if q.After != uuid.Nil && (compareIDs(next, q.After) > 0) != q.Ascending {
			s.Fatalf("the walk goes back, from %v to %v", q.After, next)
		}
		if q.After = next; pause != nil {
			pause()
		}
	}
	s.Fatalf("the walk of %+v doesn't end", q)
	return nil
}

// matches is what a filter means.
func matches(m media.Media, f media.Selection) bool {
	carries := func(key string) bool {
		return slices.Contains(strings.Fields(strings.ToLower(names(m))), key)
	}
	lacks := func(key string) bool { return !carries(key) }
	return m.State != media.StateDeleted &&
		!slices.ContainsFunc(f.AllTagKeys, lacks) &&
		(len(f.AnyTagKeys) == 0 || slices.ContainsFunc(f.AnyTagKeys, carries)) &&
		!slices.ContainsFunc(f.NoTagKeys, carries) &&
		(!f.Untagged || len(m.Tags) == 0) &&
		(f.Kind == "" || m.Kind == f.Kind) &&
		(f.State == "" || m.State == f.State) &&
		(f.ContentType == "" || m.ContentType == f.ContentType) &&
		(f.SHA256.IsZero() || m.SHA256 == f.SHA256) &&
		(f.CreatedAfter.IsZero() || m.CreatedAt.After(f.CreatedAfter)) &&
		(f.CreatedBefore.IsZero() || m.CreatedAt.Before(f.CreatedBefore)) &&
		strings.Contains(m.FilenameFold, f.FilenameFold)
}

// reference returns those of all that match, in order.
func reference(all []media.Media, q media.Query) (list []media.Media) {
	for _, m := range all {
		if matches(m, q.Selection) {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b media.Media) int { return compareIDs(a.ID, b.ID) })
	if !q.Ascending {
		slices.Reverse(list)
	}
	return list
}

// frequencies are the tags of a library, and how many media in a hundred carry each.
var frequencies = map[string]int{"all": 100, "most": 80, "half": 50, "Some": 20, "few": 4, "rare": 1}

// library stores n media of all sorts, a few milliseconds apart.
func (s *suite) library(n int, random *rand.Rand) (all []media.Media) {
	types := []string{"image/jpeg", "image/jpeg", "image/jpeg", "image/png", "video/mp4"}
	files := []string{"beach.jpg", "100%_real.png", `b\each`, "sunset beach.mp4", "_"}
	states := []media.State{"", "", media.StateReady, media.StateReady, media.StateReady, media.StateFailed, media.StateDeleted}
	for i := range n {
		d := s.draft(later(time.Duration(i) * 1700 * time.Microsecond))
		d.Media.ContentType = types[random.IntN(len(types))]
		if strings.HasPrefix(d.Media.ContentType, "video") {
			d.Media.Kind = media.KindVideo
		}
		d.Media.FilenameFold = files[random.IntN(len(files))]
		if random.IntN(4) == 0 {
			d.Media.SHA256 = copied(random.IntN(9))
		}
		if random.IntN(10) > 0 {
			d.Tags = s.candidates(draw(random)...)
		}
		m := s.store(d)
		if state := states[random.IntN(len(states))]; state != "" {
			m = s.move(m.ID, state)
		}
		all = append(all, m)
	}
	return all
}

// draw chooses tags by their frequencies, in an order that is always the same.
func draw(random *rand.Rand) (chosen []string) {
	for _, tag := range []string{"all", "most", "half", "Some", "few", "rare"} {
		if random.IntN(100) < frequencies[tag] {
			chosen = append(chosen, tag)
		}
	}
	return chosen
}

// copied is the sha256 of a file that was uploaded several times.
func copied(i int) media.Digest { return sha256.Sum256([]byte{byte(i % 3)}) }

// singles are filters of one member each.
func singles() []media.Selection {
	return []media.Selection{
		{},
		{AllTagKeys: []string{"half"}}, {AllTagKeys: []string{"half", "few"}}, {AllTagKeys: []string{"all", "nowhere"}},
		{AllTagKeys: []string{"half", "half", "most", "some"}}, {AllTagKeys: []string{"never"}},
		{AnyTagKeys: []string{"few"}}, {AnyTagKeys: []string{"few", "rare", "nowhere"}}, {AnyTagKeys: []string{"nowhere"}},
		{AnyTagKeys: []string{"all", "most", "half", "half"}},
		{NoTagKeys: []string{"most"}}, {NoTagKeys: []string{"half", "some", "nowhere"}}, {NoTagKeys: []string{"nowhere"}},
		{Untagged: true},
		{Kind: media.KindImage}, {Kind: media.KindVideo},
		{State: media.StatePending}, {State: media.StateReady}, {State: media.StateFailed},
		{ContentType: "image/png"}, {ContentType: "image/gif"},
		{SHA256: copied(0)}, {SHA256: copied(1), State: media.StateReady}, {SHA256: sha256.Sum256(nil)},
		{CreatedAfter: later(200 * time.Millisecond)}, {CreatedBefore: later(200 * time.Millisecond)},
		{CreatedAfter: later(170 * time.Millisecond), CreatedBefore: later(187 * time.Millisecond)},
		{FilenameFold: "beach"}, {FilenameFold: "%"}, {FilenameFold: "_"}, {FilenameFold: `\`}, {FilenameFold: "100%_"}, {FilenameFold: "é"},
	}
}

// combine joins some members of several filters.
func combine(random *rand.Rand) (f media.Selection) {
	all := singles()
	for range 2 + random.IntN(3) {
		g := all[random.IntN(len(all))]
		f.AllTagKeys = append(f.AllTagKeys, g.AllTagKeys...)
		f.AnyTagKeys = append(f.AnyTagKeys, g.AnyTagKeys...)
		f.NoTagKeys = append(f.NoTagKeys, g.NoTagKeys...)
		f.Untagged = f.Untagged || g.Untagged
		f.Kind, f.State = pick(g.Kind, f.Kind), pick(g.State, f.State)
		f.ContentType, f.FilenameFold = pick(g.ContentType, f.ContentType), pick(g.FilenameFold, f.FilenameFold)
		if !g.SHA256.IsZero() {
			f.SHA256 = g.SHA256
		}
		if !g.CreatedAfter.IsZero() {
			f.CreatedAfter = g.CreatedAfter
		}
		if !g.CreatedBefore.IsZero() {
			f.CreatedBefore = g.CreatedBefore
		}
	}
	return f
}

func pick[T ~string](a, b T) T {
	if a != "" {
		return a
	}
	return b
}

var listClauses = []clause{
	{"returns at most q.Limit media that match q.Selection, every member alone and combined, and a walk returns each exactly once", func(s *suite) {
		const rows = 250
		random := rand.New(rand.NewPCG(1, 2))
		s.createTag("never")
		all := s.library(rows, random)
		filters := singles()
		for range 60 {
			filters = append(filters, combine(random))
		}
		for i, f := range filters {
			if i == len(filters)/2 { // from here on the counts tell which tag is rarest
				_, err := s.tags.Recount(s.ctx, recounting(later(time.Hour), 100))
				s.ok(err)
			}
			for _, ascending := range []bool{false, true} {
				limit := 1 + random.IntN(40)
				q := media.Query{Selection: f, Ascending: ascending, Limit: limit, Budget: limit + random.IntN(20)}
				got, want := s.walk(q, nil), reference(all, q)
				if !equalIDs(got, want) {
					s.Fatalf("%+v: %d media; want %d", q, len(got), len(want))
				}
				s.same(got, want)
			}
		}
	}},
	{"ordered by id, those beyond q.After only", func(s *suite) {
		list := []media.Media{s.create(), s.create(), s.create(), s.create(), s.create()}
		for _, f := range []media.Selection{{}, {State: media.StatePending}, {ContentType: "image/jpeg"}, {NoTagKeys: []string{"x"}}} {
			items, next, err := s.media.List(s.ctx, media.Query{Selection: f, After: list[3].ID, Limit: 2, Budget: 100})
			s.ok(err)
			s.same(items, []media.Media{list[2], list[1]})
			s.same(next, list[1].ID)
			items, next, err = s.media.List(s.ctx, media.Query{Selection: f, Ascending: true, After: list[1].ID, Limit: 3, Budget: 100})
			s.ok(err)
			s.same(items, list[2:])
			s.same(next, uuid.Nil)
		}
	}},
	{"if that ends the search early the page is short, even empty, while next is set", func(s *suite) {
		wanted := s.create("all", "rare")
		for range 60 {
			s.create("all")
		}
		for _, f := range []media.Selection{{AllTagKeys: []string{"all", "rare"}}, {FilenameFold: "beach", AllTagKeys: []string{"rare"}}, {NoTagKeys: []string{"nowhere"}, AnyTagKeys: []string{"rare"}}} {
			s.same(s.walk(media.Query{Selection: f, Limit: 2, Budget: 5}, nil), []media.Media{wanted})
		}
		d := s.draft(later(-time.Hour))
		d.Media.Kind = media.KindVideo
		video := s.store(d)
		q := media.Query{Selection: media.Selection{Kind: media.KindVideo}, Limit: 1, Budget: 5}
		items, next, err := s.media.List(s.ctx, q)
		s.ok(err)
		if len(items) != 0 || next == uuid.Nil {
			s.Errorf("a page with a budget of 5 looked at 60 rows")
		}
		s.same(s.walk(q, nil), []media.Media{video})
	}},
	{"a walk from next to next returns every media that matched throughout exactly once", func(s *suite) {
		for _, ascending := range []bool{false, true} {
			for _, f := range []media.Selection{{}, {AllTagKeys: []string{"half"}}, {AnyTagKeys: []string{"half", "some"}}, {NoTagKeys: []string{"few"}}, {State: media.StatePending}} {
				s.walkAmongWriters(media.Query{Selection: f, Ascending: ascending, Limit: 3, Budget: 7})
			}
		}
	}},
	{"comes back with its Tags, in the order of their keys", func(s *suite) {
		b, a, none := s.create("c", "B", "a"), s.create("a", "d"), s.create()
		items, _, err := s.media.List(s.ctx, media.Query{Limit: 10, Budget: 10})
		s.ok(err)
		s.same(items, []media.Media{none, a, b})
		_, err = s.retag([]media.Media{a}, nil, "d")
		s.ok(err)
		s.ok(s.tags.Delete(s.ctx, b.Tags[1].ID))
		items, _, err = s.media.List(s.ctx, media.Query{Selection: media.Selection{AllTagKeys: []string{"a"}}, Limit: 10, Budget: 10})
		s.ok(err)
		s.same(names(items[0]), "a")
		s.same(names(items[1]), "a c")
	}},
}

// walkAmongWriters creates and deletes media between the pages of a walk.
func (s *suite) walkAmongWriters(q media.Query) {
	s.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	standing := map[uuid.UUID]bool{}
	var doomed []media.Media
	for i := range 60 {
		d := s.draft(later(time.Duration(i) * time.Second))
		d.Tags = s.candidates(draw(random)...)
		m := s.store(d)
		if i%4 == 0 {
			doomed = append(doomed, m)
		} else if matches(m, q.Selection) {
			standing[m.ID] = true
		}
	}
	seen := map[uuid.UUID]int{}
	for _, m := range s.walk(q, func() {
		d := s.draft(later(time.Duration(random.IntN(60)) * time.Second))
		d.Tags = s.candidates("half")
		s.store(d)
		if len(doomed) > 0 {
			s.move(doomed[0].ID, media.StateDeleted)
			doomed = doomed[1:]
		}
	}) {
		seen[m.ID]++
	}
	for id := range standing {
		if seen[id] == 0 {
			s.Fatalf("%+v: media %v stood throughout and wasn't returned", q, id)
		}
	}
	for id, n := range seen {
		if n > 1 {
			s.Errorf("%+v: media %v was returned %d times", q, id, n)
		}
	}
	for _, m := range s.walk(media.Query{Limit: 100, Budget: 100}, nil) {
		s.move(m.ID, media.StateDeleted)
	}
}

func equalIDs(a, b []media.Media) bool {
	return slices.EqualFunc(a, b, func(a, b media.Media) bool { return a.ID == b.ID })
}
