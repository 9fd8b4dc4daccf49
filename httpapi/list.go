package httpapi

import (
	"cmp"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
	"github.com/seed-f0df946f/mediakit/media"
)

// The parameters of a list of media: those that are given once, and those that are
// repeatable.
var (
	mediaSingle     = []string{"untagged", "kind", "state", "content_type", "sha256", "created_after", "created_before", "q", "sort", "limit", "cursor"}
	mediaRepeatable = []string{"tag", "any_tag", "not_tag"}
)

// filterParameters maps members of a filter to parameters that have another name.
var filterParameters = map[string]string{
	"all_tags": "tag", "any_tags": "any_tag", "no_tags": "not_tag", "filename_contains": "q",
}

func (a *api) listMedia(c *call) (answer, error) {
	q, err := readQuery(c.URL.RawQuery, mediaSingle, mediaRepeatable)
	if err != nil {
		return answer{}, err
	}
	in, bound, err := readMediaInput(q)
	if err != nil {
		return answer{}, err
	}
	views, next, err := a.Media.List(c.Context(), in)
	if err != nil {
		return answer{}, parameterFault(err, filterParameters)
	}
	page := wire.Page[wire.Media]{Items: wire.FromViews(views)}
	if next != uuid.Nil {
		page.NextCursor = bound.cursor(next[:])
	}
	q.linkNext(c.reply, a.BasePath+"/media", page.NextCursor)
	return fresh(c, "", encode(page)), nil
}

// readMediaInput reads the parameters of a page. The domain checks them when the page is
// asked for. Only if the cursor is bad are they checked here: they may be the reason.
func readMediaInput(q *query) (media.ListInput, binding, error) {
	in := media.ListInput{
		Filter:    readFilter(q),
		Ascending: q.oneOf("sort", "-created_at", "created_at") == "created_at",
		Limit:     q.limit(media.MaxPage),
	}
	if q.err != nil {
		return in, binding{}, q.err
	}
	bound := bind("media", in.Ascending, in.Filter)
	if !q.Has("cursor") {
		return in, bound, nil
	}
	var err error
	if in.After, err = bound.mediaCursor(q.Get("cursor")); err != nil {
		return in, bound, cmp.Or(parameterFault(in.Check(), filterParameters), err)
	}
	return in, bound, nil
}

func readFilter(q *query) media.Filter {
	f := media.Filter{
		AllTags: q.Values["tag"], AnyTags: q.Values["any_tag"], NoTags: q.Values["not_tag"],
		Untagged:         q.oneOf("untagged", "false", "true") == "true",
		Kind:             media.Kind(q.oneOf("kind", "", string(media.KindImage), string(media.KindVideo))),
		State:            media.State(q.oneOf("state", string(media.StateReady), string(media.StatePending), string(media.StateFailed))),
		ContentType:      q.Get("content_type"),
		SHA256:           q.digest("sha256"),
		CreatedAfter:     q.moment("created_after").Truncate(time.Microsecond),
		CreatedBefore:    roundUp(q.moment("created_before")),
		FilenameContains: q.Get("q"),
	}
	if q.Has("content_type") && f.ContentType == "" {
		q.refuse("content_type", "A content type is not empty.")
	}
	return f
}

// roundUp rounds an upper bound to the microseconds that times are stored in. It rounds
// upwards: a media that was made in the same microsecond as t was made before t.
func roundUp(t time.Time) time.Time {
	if whole := t.Truncate(time.Microsecond); whole.Before(t) {
		return whole.Add(time.Microsecond)
	}
	return t
}
