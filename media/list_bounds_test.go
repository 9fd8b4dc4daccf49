package media_test

import (
	"errors"
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
