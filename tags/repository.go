package tags

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Repository is the port to where tags are kept. The package storage implements
// it over SQL and storage/memory in memory; storage/storagetest holds any
// implementation to what stands here.
//
// Implementations are safe for concurrent use. They translate their own errors
// into this package's: [ErrNotFound], [ExistsError], and [ErrUnavailable] where
// the database can't answer now. A context's error passes through: errors.Is
// finds context.Canceled or context.DeadlineExceeded in it.
//
// Times are in UTC, truncated to microseconds by the caller, and come back as
// they were given.
type Repository interface {
	// Create stores t. Its key, id and times are set; MediaCount is nil.
	// Where another tag has the key nothing is stored and an *ExistsError holds
	// that tag. Of any number of creates of one key at once, one succeeds.
	Create(ctx context.Context, t Tag) error

	// Get returns the tag, or ErrNotFound.
	Get(ctx context.Context, id uuid.UUID) (Tag, error)

	// List returns at most q.Limit tags in the order of q.Sort, those after
	// q.After only, and where the next page starts (nil: there is none).
	List(ctx context.Context, q Query) ([]Tag, *Position, error)

	// Rename gives the tag another name and key, and the given UpdatedAt. The id
	// stays. ErrNotFound where there is no such tag, an *ExistsError where
	// another tag has the key; a key that the tag has already is no conflict.
	Rename(ctx context.Context, id uuid.UUID, name Name, at time.Time) (Tag, error)

	// Merge moves every link of from to into, drops from, and returns into with
	// UpdatedAt set. A media that carries both keeps one link. ErrNotFound where
	// either is missing. The caller guarantees from != into.
	Merge(ctx context.Context, from, into uuid.UUID, at time.Time) (Tag, error)

	// Delete removes the tag and its links, and no media. ErrNotFound where
	// there is no such tag.
	Delete(ctx context.Context, id uuid.UUID) error

	// Recount refreshes MediaCount and sets CountedAt to at for at most limit
	// tags, those never counted first and then those counted longest ago, among
	// the tags not counted since before. It returns how many it refreshed. No
	// writer of media or tags waits for it.
	Recount(ctx context.Context, before, at time.Time, limit int) (int, error)
}

// Sort is an order of tags.
type Sort string

// The orders of [Query].
const (
	SortName       Sort = "name"         // by key, ascending
	SortMediaCount Sort = "-media_count" // most used first, never counted last; ties by id, ascending
)

// Query selects a page of tags.
type Query struct {
	Prefix string    // folded with [FoldPrefix]; the keys that begin with it. Empty: all
	Sort   Sort      // SortName where empty
	After  *Position // nil: from the start
	Limit  int       // 1 to 100
}

// Position is a place in an order: that of the last tag on a page.
type Position struct {
	Key   string    // with SortName
	Count int64     // with SortMediaCount; -1 for a tag never counted
	ID    uuid.UUID // with SortMediaCount
}
