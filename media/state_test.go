package media_test

import (
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
)

func TestStates(t *testing.T) {
	want := map[media.State]map[media.Event]media.State{
		media.StatePending: {
			media.EventFinalized: media.StateReady, media.EventRejected: media.StateFailed,
			media.EventExpired: media.StateFailed, media.EventDeleted: media.StateDeleted,
		},
		media.StateReady:   {media.EventDeleted: media.StateDeleted},
		media.StateFailed:  {media.EventDeleted: media.StateDeleted, media.EventRetired: media.StateDeleted},
		media.StateDeleted: {},
	}
	for from, edges := range want {
		for _, e := range []media.Event{media.EventFinalized, media.EventRejected, media.EventExpired, media.EventDeleted, media.EventRetired} {
			to, ok := from.Next(e)
			if goal, allowed := edges[e]; ok != allowed || allowed && to != goal || !allowed && to != from {
				t.Errorf("%s from %s: %s, %v", e, from, to, ok)
			}
		}
	}
}
