package storage

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// mediaRow is a row as statements answer it: a media, and what they tell beside.
type mediaRow struct {
	media.Media
	Refs   jsonOf[tags.Ref]  `bun:"refs"`    // the media's tags, in order
	TagIDs jsonOf[uuid.UUID] `bun:"tag_ids"` // only their ids, unordered
	Resume bool              `bun:"resume"`  // not a match: the candidate at which the search ended
}

// media returns the row's media. Drivers answer times in whatever zone they like.
func (r mediaRow) media() media.Media {
	m := r.Media
	m.Tags = r.Refs
	for _, t := range []*time.Time{
		&m.CreatedAt, &m.UpdatedAt, &m.ReadyAt, &m.ExpiresAt, &m.LastURLAt, &m.DueAt,
	} {
		*t = t.UTC()
	}
	return m
}

// utc returns t with its times in UTC.
func utc(t tags.Tag) tags.Tag {
	t.CountedAt, t.CreatedAt, t.UpdatedAt = t.CountedAt.UTC(), t.CreatedAt.UTC(), t.UpdatedAt.UTC()
	return t
}

// jsonOf reads a JSON array of T; NULL is none.
type jsonOf[T any] []T

// Scan implements sql.Scanner.
func (l *jsonOf[T]) Scan(src any) error {
	*l = nil
	switch src := src.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(src), l)
	case []byte:
		return json.Unmarshal(src, l)
	}
	return fmt.Errorf("storage: JSON is text, not %T", src)
}

// orNull stores a zero value as none.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// timeOrNull is orNull for times, which have more than one zero.
func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// list is an argument that holds several texts.
type list []string

func listOf[T ~string](from []T) list {
	l := make(list, len(from))
	for i, s := range from {
		l[i] = string(s)
	}
	return l
}

func idList(ids []uuid.UUID) list {
	l := make(list, len(ids))
	for i, id := range ids {
		l[i] = id.String()
	}
	return l
}

// timeLayout is how a time is written as text: as bun does it, always in UTC. Of two
// such texts the lesser is the earlier.
const timeLayout = "2006-01-02 15:04:05.999999-07:00"

func timeText(t time.Time) string { return t.UTC().Format(timeLayout) }

// candidates returns the columns of tags that are stored if their tag keys are new, as four
// arguments: tag keys, ids, names, times.
func candidates(of []tags.Tag) []any {
	var keys, ids, names, times list
	for _, t := range of {
		keys = append(keys, t.Key)
		ids = append(ids, t.ID.String())
		names = append(names, t.Name)
		times = append(times, timeText(t.CreatedAt))
	}
	return []any{keys, ids, names, times}
}

// keysOf returns the candidates' keys.
func keysOf(of []tags.Tag) list {
	var keys list
	for _, t := range of {
		keys = append(keys, t.Key)
	}
	return keys
}
