package media_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// A bound that a database can't hold is a bad input, not an error of the database.
func TestListBoundsAreTimesThatADatabaseHolds(t *testing.T) {
	t.Parallel()
	b := newBench(t, media.Options{})
	first := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	last := time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
	for at, fits := range map[time.Time]bool{
		first.Add(time.Microsecond): true, last: true, last.In(time.FixedZone("", 3600)): true,
		first.Add(-time.Microsecond): false, last.Add(time.Microsecond): false, time.Date(-4000, 1, 1, 0, 0, 0, 0, time.UTC): false,
	} {
		for field, f := range map[string]media.Filter{"created_after": {CreatedAfter: at}, "created_before": {CreatedBefore: at}} {
			_, _, err := b.List(t.Context(), media.ListInput{Filter: f})
			var invalid *media.InvalidError
			if refused := errors.As(err, &invalid) && invalid.Fields[0].Field == field; refused == fits || fits && err != nil {
				t.Errorf("%s %v: %v; want it to fit: %t", field, at, err, fits)
			}
		}
	}
}

// What a list takes at its bounds, and which member it names beyond them.
func TestListBounds(t *testing.T) {
	t.Parallel()
	b := newBench(t, media.Options{})
	names := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint("tag ", i)
		}
		return list
	}
	for _, c := range []struct {
		in     media.ListInput
		refuse string // the member; empty: none
	}{
		{media.ListInput{Limit: 1}, ""},
		{media.ListInput{Limit: media.MaxPage}, ""},
		{media.ListInput{Limit: -1}, "limit"},
		{media.ListInput{Limit: media.MaxPage + 1}, "limit"},
		{media.ListInput{Filter: media.Filter{AllTags: names(4), AnyTags: names(3), NoTags: names(3)}}, ""},
		{media.ListInput{Filter: media.Filter{AllTags: names(4), AnyTags: names(3), NoTags: names(4)}}, "all_tags"},
		{media.ListInput{Filter: media.Filter{AllTags: names(media.MaxTagFilter + 1)}}, "all_tags"},
		{media.ListInput{Filter: media.Filter{Untagged: true, NoTags: names(2)}}, ""},
		{media.ListInput{Filter: media.Filter{Untagged: true, AllTags: names(1)}}, "untagged"},
		{media.ListInput{Filter: media.Filter{Untagged: true, AnyTags: names(1), NoTags: names(2)}}, "untagged"},
		{media.ListInput{Filter: media.Filter{ContentType: "image/png!~"}}, ""},
		{media.ListInput{Filter: media.Filter{ContentType: "image/p g"}}, "content_type"},
		{media.ListInput{Filter: media.Filter{ContentType: "image/p\x7f"}}, "content_type"},
	} {
		_, _, err := b.List(t.Context(), c.in)
		var invalid *media.InvalidError
		switch {
		case c.refuse == "" && err != nil:
			t.Errorf("%+v: %v; want it taken", c.in, err)
		case c.refuse != "" && (!errors.As(err, &invalid) || invalid.Fields[0].Field != c.refuse):
			t.Errorf("%+v: %v; want %s refused", c.in, err, c.refuse)
		}
	}
}
