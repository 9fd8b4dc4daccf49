package storage

import (
	"encoding/json"
	"fmt"
	"strings"
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
	Resume bool              `bun:"resume"`  // no match, but where a search ended
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

// candidates are the columns of tags that are stored where their keys are new.
type candidates struct{ keys, ids, names, times []string }

func candidatesOf(list []tags.Tag) (c candidates) {
	for _, t := range list {
		c.keys = append(c.keys, t.Key)
		c.ids = append(c.ids, t.ID.String())
		c.names = append(c.names, t.Name)
		c.times = append(c.times, t.CreatedAt.UTC().Format(time.RFC3339Nano))
	}
	return c
}

// args returns the columns in the order in which the statements name them.
func (c candidates) args() []any {
	return []any{array(c.keys), array(c.ids), array(c.names), array(c.times)}
}

var arrayEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// array writes an array of PostgreSQL's as text, which every driver takes.
func array[T ~string](list []T) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, s := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		_, _ = arrayEscapes.WriteString(&b, string(s))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}

func idArray(ids []uuid.UUID) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id.String()
	}
	return array(list)
}
