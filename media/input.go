package media

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/tags"
)

// MaxIdempotencyKey is the most characters of an idempotency key.
const MaxIdempotencyKey = 255

// faults gathers what is wrong with an input.
type faults struct{ fault.List }

func (f *faults) checkType(contentType string, allowed []string) {
	switch {
	case contentType == "":
		f.Add("content_type", fault.CodeRequired, "A media needs a content type.")
	case !slices.Contains(allowed, contentType):
		f.Add("content_type", fault.CodeNotAllowed, "The content type is one of %s.", strings.Join(allowed, ", "))
	}
}

// checkSize holds the size to the limit of its kind. If the kind isn't known it is held to
// the larger limit, so that one mistake doesn't hide another.
func (f *faults) checkSize(size int64, kind Kind, l Limits) {
	limit := max(l.MaxImageSize, l.MaxVideoSize)
	switch kind {
	case KindImage:
		limit = l.MaxImageSize
	case KindVideo:
		limit = l.MaxVideoSize
	}
	switch {
	case size < 1:
		f.Add("size", fault.CodeTooSmall, "A media has at least 1 byte.")
	case size > limit:
		f.Add("size", fault.CodeTooLarge, "A media of this type has at most %d bytes.", limit)
	}
}

// checkIdempotencyKey takes visible ASCII; empty means that there is none.
func (f *faults) checkIdempotencyKey(key string) {
	invisible := func(r rune) bool { return r < '!' || r > '~' }
	if len(key) > MaxIdempotencyKey || strings.ContainsFunc(key, invisible) {
		f.Add("idempotency_key", fault.CodeInvalid, "An idempotency key has 1 to %d visible ASCII characters.", MaxIdempotencyKey)
	}
}

// parseNames turns names into tags without ids, sorted by tag key. If several names are
// one tag, the first spelling stands.
func (f *faults) parseNames(field string, names []string) []tags.Tag {
	if len(names) > MaxTags {
		f.Add(field, fault.CodeTooMany, "At most %d tags can be named.", MaxTags)
		return nil
	}
	parsed := make([]tags.Tag, 0, len(names))
	for i, text := range names {
		name, err := tags.ParseName(text)
		if invalid, ok := err.(*InvalidError); ok {
			fault := invalid.Fields[0]
			f.Add(fmt.Sprintf("%s/%d", field, i), fault.Code, "%s", fault.Detail)
			continue
		}
		parsed = append(parsed, tags.Tag{Key: name.Key, Name: name.Shown})
	}
	byKey := func(a, b tags.Tag) int { return strings.Compare(a.Key, b.Key) }
	slices.SortStableFunc(parsed, byKey)
	return slices.CompactFunc(parsed, func(a, b tags.Tag) bool { return a.Key == b.Key })
}

// candidates gives parsed tags an id and times, in case they turn out to be new.
func (s *Service) candidates(parsed []tags.Tag, now time.Time) []tags.Tag {
	for i := range parsed {
		parsed[i].ID, parsed[i].CreatedAt, parsed[i].UpdatedAt = s.opts.NewID(now), now, now
	}
	return parsed
}
