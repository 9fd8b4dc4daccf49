package tags

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Repository is the port to where tags are kept. Package storage implements it over
// SQL, and storage/memory in memory. The suite storage/storagetest tests every sentence
// of this contract on any implementation.
//
// Implementations must be safe for concurrent use. They return the errors of this
// package: [ErrNotFound], an [ExistsError], or [ErrUnavailable] if the database can't
// answer now. If the context ends, errors.Is must find its error, context.Canceled or
// context.DeadlineExceeded, in what they return.
//
// The caller gives times in UTC, truncated to microseconds. They must come back as they
// were given.
type Repository interface {
	// Create stores t. Its id, tag key, name and times are set, and MediaCount is nil.
	// If another tag has the tag key, nothing is stored and an *ExistsError holds that
	// tag. If any number of creates of one tag key run at once, exactly one succeeds.
	Create(ctx context.Context, t Tag) error

	// Get returns the tag, or ErrNotFound.
	Get(ctx context.Context, id uuid.UUID) (Tag, error)

	// List returns at most q.Limit tags in the order of q.Sort, those after
	// q.After only, and where the next page starts (nil: there is none). With
	// SortMediaCount and a prefix it may look at only q.Budget tags: then the page is
	// short, even empty, and there is a next one all the same.
	List(ctx context.Context, q Query) ([]Tag, *Position, error)

	// Rename gives the tag another name and tag key, and at as its UpdatedAt. It returns
	// ErrNotFound if there is no such tag, and an *ExistsError if another tag has the
	// tag key. The tag's own tag key is no conflict.
	Rename(ctx context.Context, id uuid.UUID, name Name, at time.Time) (Tag, error)

	// Merge moves every link of from to into, removes from, and counts into. It returns
	// into with its new MediaCount, and with at as its UpdatedAt and CountedAt. A media
	// that carries both keeps one link. It returns ErrNotFound if either tag is missing.
	// The caller guarantees that from and into differ.
	Merge(ctx context.Context, from, into uuid.UUID, at time.Time) (Tag, error)

	// Delete removes the tag and its links, and no media. It returns ErrNotFound if
	// there is no such tag.
	Delete(ctx context.Context, id uuid.UUID) error

	// Recount refreshes MediaCount and sets CountedAt to r.At for at most r.Limit of
	// the tags that r selects: those never counted first, then those counted longest
	// ago, ties by id. It takes fewer if one of them has more than r.Large media: such
	// a tag is counted alone, in a call of its own. It returns how many tags it
	// refreshed; 0 if there are none. No writer of media or tags waits for it.
	Recount(ctx context.Context, r Recounting) (int, error)
}

// Recounting selects the tags of a Repository.Recount.
type Recounting struct {
	At          time.Time // the new CountedAt
	Before      time.Time // tags counted before this moment, or never
	LargeBefore time.Time // the same for tags whose MediaCount is above Large; at or before Before
	Large       int64     // at least 0
	Limit       int       // at least 1
}

// Sort is an order of tags.
type Sort string

// The orders of [Query].
const (
	SortName       Sort = "name"         // by tag key, byte by byte, ascending
	SortMediaCount Sort = "-media_count" // most used first, never counted last; ties by id, ascending
)

// Query selects a page of tags.
type Query struct {
	Prefix string    // how the tag keys begin, folded with [FoldPrefix]; empty: all
	Sort   Sort      // empty: SortName
	After  *Position // nil: from the start
	Limit  int       // 1 to 100
	Budget int       // tags to look at with SortMediaCount and a Prefix, at least Limit
}

// Position is a place in an order: that of the last tag on a page.
type Position struct {
	Key   string    // the tag key, with SortName
	Count int64     // with SortMediaCount; -1 for a tag never counted
	ID    uuid.UUID // with SortMediaCount
}
