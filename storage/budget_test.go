package storage

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// However many tags a filter names, the lists of candidates share one budget.
func TestListsShareTheBudget(t *testing.T) {
	t.Parallel()
	named := map[string]tags.Tag{}
	var keys []string
	for i := range 10 {
		keys = append(keys, fmt.Sprint(i))
		named[keys[i]] = tags.Tag{ID: uuid.UUID{byte(i + 1)}, Key: keys[i]}
	}
	for _, c := range []struct {
		selection media.Selection
		lists     int
	}{
		{media.Selection{}, 1},
		{media.Selection{AnyTagKeys: keys[:1]}, 1},
		{media.Selection{AnyTagKeys: keys}, 10},
		{media.Selection{AnyTagKeys: append(keys[:3:3], "0", "nowhere")}, 3},
		{media.Selection{AllTagKeys: keys}, 1},
		{media.Selection{AllTagKeys: keys[:1], AnyTagKeys: keys[1:]}, 1},
		{media.Selection{SHA256: media.Digest{1}, State: media.StateReady, AnyTagKeys: keys}, 1},
		{media.Selection{SHA256: media.Digest{1}, AnyTagKeys: keys}, 10},
	} {
		s := search{Query: media.Query{Selection: c.selection, Limit: 50, Budget: 5000}, named: named}
		if got := s.budget(); got != 5000/c.lists {
			t.Errorf("%+v: %d rows a list; want %d", c.selection, got, 5000/c.lists)
		}
		s.Budget = 60
		if got := s.budget(); got < 51 {
			t.Errorf("%+v: %d rows a list; a page holds more", c.selection, got)
		}
	}
}
