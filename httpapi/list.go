package httpapi

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
	"github.com/seed-f0df946f/mediakit/media"
)

// The parameters of a list of media: those that are given once, and the others.
var (
	mediaSingle     = []string{"untagged", "kind", "state", "content_type", "created_after", "created_before", "q", "sort", "limit", "cursor"}
	mediaRepeatable = []string{"tag", "any_tag", "not_tag"}
)

func (a *api) listMedia(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, mediaSingle, mediaRepeatable)
	if err != nil {
		return err
	}
	in, bound, err := a.readMediaInput(q)
	if err != nil {
		return err
	}
	views, next, err := a.Media.List(r.Context(), in)
	if err != nil {
		return err
	}
	page := wire.Page[wire.Media]{Items: wire.FromViews(views)}
	if next != uuid.Nil {
		page.NextCursor = bound.cursor(next[:])
	}
	q.linkNext(w, a.BasePath+"/media", page.NextCursor)
	writeFresh(w, r, "", encode(page))
	return nil
}

func (a *api) readMediaInput(q *query) (media.ListInput, binding, error) {
	in := media.ListInput{
		Filter:    readFilter(q),
		Ascending: q.oneOf("sort", "-created_at", "created_at") == "created_at",
		Limit:     q.limit(media.MaxPage),
	}
	q.checkDomain(a.Media.ValidateList(in))
	if q.err != nil {
		return in, binding{}, q.err
	}
	bound := bind("media", in.Ascending, in.Filter)
	var err error
	if q.Has("cursor") {
		in.After, err = bound.mediaCursor(q.Get("cursor"))
	}
	return in, bound, err
}

func readFilter(q *query) media.Filter {
	f := media.Filter{
		AllTags: q.Values["tag"], AnyTags: q.Values["any_tag"], NoTags: q.Values["not_tag"],
		Untagged:         q.oneOf("untagged", "false", "true") == "true",
		Kind:             media.Kind(q.oneOf("kind", "", string(media.KindImage), string(media.KindVideo))),
		State:            media.State(q.oneOf("state", string(media.StateReady), string(media.StatePending), string(media.StateFailed))),
		ContentType:      q.Get("content_type"),
		CreatedAfter:     q.moment("created_after").Truncate(time.Microsecond),
		CreatedBefore:    roundUp(q.moment("created_before")),
		FilenameContains: q.Get("q"),
	}
	if q.Has("content_type") && f.ContentType == "" {
		q.refuse("content_type", "A content type is not empty.")
	}
	return f
}

// roundUp makes a bound as precise as what it is compared with. Upwards, since a
// media made in the microsecond that t is in was made before t.
func roundUp(t time.Time) time.Time {
	if whole := t.Truncate(time.Microsecond); whole.Before(t) {
		return whole.Add(time.Microsecond)
	}
	return t
}
