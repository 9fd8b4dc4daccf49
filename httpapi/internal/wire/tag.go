package wire

import (
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/tags"
)

// NameTag creates a tag or renames it.
type NameTag struct {
	Name *string `json:"name" validate:"required"`
}

// Value returns the name, empty if it wasn't given.
func (n NameTag) Value() string { return value(n.Name) }

// MergeTag names the tag that another is merged into.
type MergeTag struct {
	Into *string `json:"into" validate:"required"`
}

// Tag is one tag. Its count is left out until the first one.
type Tag struct {
	ID         uuid.UUID `json:"id"`
	Name       string    `json:"name"`
	MediaCount *int64    `json:"media_count,omitzero"`
	CountedAt  Time      `json:"counted_at,omitzero"`
	CreatedAt  Time      `json:"created_at"`
	UpdatedAt  Time      `json:"updated_at"`
}

// TagRef is a tag as a media shows it.
type TagRef struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// Page is a page of tags or media.
type Page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitzero"`
}

// FromTag maps a tag.
func FromTag(t tags.Tag) Tag {
	return Tag{
		ID: t.ID, Name: t.Name,
		MediaCount: t.MediaCount, CountedAt: Time(t.CountedAt),
		CreatedAt: Time(t.CreatedAt), UpdatedAt: Time(t.UpdatedAt),
	}
}

// FromTags maps the tags of a page.
func FromTags(list []tags.Tag) []Tag {
	mapped := make([]Tag, len(list))
	for i, t := range list {
		mapped[i] = FromTag(t)
	}
	return mapped
}
