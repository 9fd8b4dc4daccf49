package tags

import (
	"time"

	"github.com/google/uuid"
)

// Tag is a label that any number of media carry.
type Tag struct {
	ID   uuid.UUID `bun:"id,pk,type:uuid"`
	Key  string    `bun:"key"`  // the tag key, see [Name]
	Name string    `bun:"name"` // the spelling that is shown: that of the tag's first user, or of the last rename

	// MediaCount is the number of media that carried the tag at CountedAt, deleted ones
	// not among them. [Service.Recount] and [Service.Merge] refresh both; they are nil
	// and zero until the first count.
	MediaCount *int64    `bun:"media_count"`
	CountedAt  time.Time `bun:"counted_at,nullzero"`

	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

// Ref is what a media shows of each of its tags.
type Ref struct {
	ID   uuid.UUID
	Name string
}
