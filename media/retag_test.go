package media_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// tagged stores a media with the tags.
func (b *bench) tagged(t *testing.T, names ...string) uuid.UUID {
	t.Helper()
	in := input(png)
	in.Tags = names
	return b.create(t, in).ID
}

// names returns the media's tags, separated by spaces.
func (b *bench) names(t *testing.T, id uuid.UUID) string {
	t.Helper()
	v, err := b.Get(t.Context(), id, media.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, ref := range v.Tags {
		names = append(names, ref.Name)
	}
	return strings.Join(names, " ")
}

// numbered returns so many names of tags.
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("tag%02d", i)
	}
	return names
}

func TestRetag(t *testing.T) {
	b := newBench(t, media.Options{})
	one, other := b.tagged(t, "beach", "sea"), b.tagged(t, "sea")
	n, err := b.Retag(t.Context(), media.RetagInput{
		IDs: []uuid.UUID{other, one, other}, Add: []string{"Sunset", "SUNSET", "beach"}, Remove: []string{"SEA", "unknown"},
	})
	if n != 2 || err != nil {
		t.Errorf("Retag = %d, %v; want both media, each once", n, err)
	}
	for _, id := range []uuid.UUID{one, other} {
		if got, want := b.names(t, id), "beach Sunset"; got != want {
			t.Errorf("tags %s; want %s", got, want)
		}
	}
}

func TestRetagChangesAllOrNone(t *testing.T) {
	b := newBench(t, media.Options{})
	full, light, absent := b.tagged(t, numbered(media.MaxTags)...), b.tagged(t, "sea"), uuid.New()

	var missing *media.MissingError
	_, err := b.Retag(t.Context(), media.RetagInput{IDs: []uuid.UUID{light, absent}, Add: []string{"new"}})
	if !errors.As(err, &missing) || !cmp.Equal(missing.IDs, []uuid.UUID{absent}) || !errors.Is(err, media.ErrNotFound) {
		t.Errorf("a media that isn't there: %v; want it named", err)
	}
	_, err = b.Retag(t.Context(), media.RetagInput{IDs: []uuid.UUID{light, full}, Add: []string{"new"}})
	wantFaults(t, err, "add too_many")
	if got := b.names(t, light); got != "sea" {
		t.Errorf("tags %s after refusals; want sea", got)
	}
}

func TestRetagRefusesBadMembers(t *testing.T) {
	b := newBench(t, media.Options{})
	id := b.tagged(t)
	for want, in := range map[string]media.RetagInput{
		"ids required":                        {Add: []string{"a"}},
		"ids too_many":                        {IDs: make([]uuid.UUID, media.MaxRetag+1)},
		"add too_many":                        {IDs: []uuid.UUID{id}, Add: numbered(media.MaxTags + 1)},
		"add/1 required remove/0 not_allowed": {IDs: []uuid.UUID{id}, Add: []string{"a", ""}, Remove: []string{"\x00"}},
		"remove conflict":                     {IDs: []uuid.UUID{id}, Add: []string{"a", "b"}, Remove: []string{"A", "B"}},
	} {
		n, err := b.Retag(t.Context(), in)
		if n != 0 {
			t.Errorf("%s: changed %d media", want, n)
		}
		wantFaults(t, err, want)
	}
}

// wantFaults holds err to an *InvalidError with these members and codes.
func wantFaults(t *testing.T, err error, want string) {
	t.Helper()
	var invalid *media.InvalidError
	if !errors.As(err, &invalid) {
		t.Errorf("%v; want %s", err, want)
		return
	}
	var got []string
	for _, f := range invalid.Fields {
		got = append(got, f.Field+" "+string(f.Code))
	}
	if strings.Join(got, " ") != want {
		t.Errorf("%q; want %q", got, want)
	}
}
