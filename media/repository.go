package media

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/tags"
)

// MaxTags is the most tags that a media carries.
const MaxTags = 50

// Repository is the port to where media are kept. The package storage implements it
// over SQL and storage/memory in memory. storage/storagetest holds any implementation
// to what stands here.
//
// Implementations are safe for concurrent use, and each method is atomic: it does all of
// what it says, or nothing. A media in StateDeleted is seen by Claim, Release and Remove
// alone; for every other method it doesn't exist. A media comes back with its Tags, in
// the order of their tag keys, except from Claim.
//
// Implementations translate their own errors into this package's. They return
// ErrUnavailable if the database can't answer now. A context's error passes through:
// errors.Is finds context.Canceled or context.DeadlineExceeded in it.
//
// Times are in UTC, truncated to microseconds by the caller, and come back as they were
// given. A zero time is stored as none.
type Repository interface {
	// Create stores a draft and returns the media as stored.
	//
	// The draft's tags are candidates, with distinct tag keys and sorted by them. If a
	// tag with the key exists, the media is linked to that one; if not, the candidate is
	// stored. Of any number of creates at once that bring the same new tag, one stores it
	// and all link to it.
	//
	// If the draft's idempotency key was used before, and its time is after
	// d.Media.CreatedAt, nothing is stored: with the same fingerprint the media of that
	// first create is returned as it is now, and replayed is true (ErrNotFound if it was
	// deleted since); with another fingerprint the error is ErrIdempotencyKeyReused. An
	// idempotency key whose time is up counts as never used. Of any number of creates at
	// once with one idempotency key, one stores; the others replay it or return
	// ErrIdempotencyKeyInProgress.
	Create(ctx context.Context, d Draft) (m Media, replayed bool, err error)

	// Get returns the media, or ErrNotFound.
	Get(ctx context.Context, id uuid.UUID) (Media, error)

	// List returns at most q.Limit media of q.Selection, only those beyond q.After and
	// ordered by id, and where to go on (uuid.Nil: there is no more). It looks at about
	// q.Budget rows at most. If that ends the search early the page is short, even empty,
	// while next is set. A walk from next to next returns every media that matched
	// throughout exactly once.
	List(ctx context.Context, q Query) (items []Media, next uuid.UUID, err error)

	// Update applies p, bumps the version, and returns the media. If ifVersion is neither
	// 0 nor the current version the error is ErrVersion and nothing is changed.
	// ErrNotFound if there is no such media.
	Update(ctx context.Context, id uuid.UUID, p Patch, ifVersion int) (Media, error)

	// Retag adds and removes tags on several media at once and returns how many media
	// there were. add are candidates as in Draft. remove are tag keys; those that exist
	// nowhere are nothing to remove. ids are sorted and distinct. Each media's version is
	// bumped and its UpdatedAt set to at. If one or more of the media don't exist a
	// *MissingError names them and nothing is changed. ErrTooManyTags if a media would
	// carry more than MaxTags.
	Retag(ctx context.Context, ids []uuid.UUID, add []tags.Tag, remove []string, at time.Time) (int, error)

	// Move is the one compare-and-set on a media's state: if the media meets every
	// condition of when, it applies c, bumps the version, and returns the media with
	// moved true. If not, it changes nothing and returns the media as it is, with moved
	// false. ErrNotFound if there is no such media; a Move to StateDeleted returns the
	// tombstone. Of any number of Moves at once that leave one state, one moves.
	Move(ctx context.Context, id uuid.UUID, when When, c Change) (m Media, moved bool, err error)

	// SetUpload stores the store's multipart upload id on a pending media that has none,
	// and returns the media as it is then, with set true. If it has one already, or isn't
	// pending, nothing is changed and set is false.
	SetUpload(ctx context.Context, id uuid.UUID, uploadID string, at time.Time) (m Media, set bool, err error)

	// Claim takes media whose DueAt is at or before c.Now, longest due first, by setting
	// their DueAt to c.Lease, and returns them as they were before, in that order and
	// without Tags. No two claims at once take the same media.
	Claim(ctx context.Context, c Claim) ([]Media, error)

	// Release sets DueAt to due (zero: none) on a media whose DueAt still is lease, and
	// reports whether it was.
	Release(ctx context.Context, id uuid.UUID, lease, due time.Time) (bool, error)

	// Remove drops the row of a media in StateDeleted whose DueAt still is lease, with
	// its links to tags, and reports whether it did.
	Remove(ctx context.Context, id uuid.UUID, lease time.Time) (bool, error)

	// ForgetIdempotencyKeys drops at most limit idempotency records whose time is up at
	// now, and returns how many.
	ForgetIdempotencyKeys(ctx context.Context, now time.Time, limit int) (int, error)
}

// Draft is a media to be created, with all that is stored beside it.
type Draft struct {
	Media Media      // in StatePending, Version 1, without Tags
	Tags  []tags.Tag // candidates: sorted by tag key, distinct

	IdempotencyKey      string    // empty: none
	Fingerprint         Digest    // of the input that came with the idempotency key
	IdempotencyKeyUntil time.Time // until when the idempotency key stands for this input
}

// Selection is a [Filter] as a Repository gets it: folded, and checked. Its zero value
// selects every media that isn't deleted. A media has to meet all conditions.
type Selection struct {
	AllTagKeys []string // the media carries every one of these tags
	AnyTagKeys []string // the media carries at least one of these tags
	NoTagKeys  []string // the media carries none of these tags
	Untagged   bool     // the media carries no tag at all

	Kind          Kind      // empty: any
	State         State     // empty: any but deleted
	ContentType   string    // empty: any
	SHA256        Digest    // zero: any
	CreatedAfter  time.Time // exclusive; zero: no bound
	CreatedBefore time.Time // exclusive; zero: no bound
	FilenameFold  string    // part of the folded filename, in which no character is special; empty: any
}

// Query selects a page of media.
type Query struct {
	Selection Selection
	Ascending bool      // oldest first; else newest first
	After     uuid.UUID // the page starts beyond this id; uuid.Nil: from the start
	Limit     int       // 1 to 100
	Budget    int       // rows to look at, at least Limit
}

// Patch changes what a client may change of a media. A nil member changes
// nothing; a patch changes at least one.
type Patch struct {
	Filename     *string
	FilenameFold string      // set if Filename is
	Tags         *[]tags.Tag // replaces the set; candidates as in Draft
	At           time.Time   // the new UpdatedAt
}

// When holds the conditions of a Move.
type When struct {
	From      []State   // the media is in one of these states
	Lease     time.Time // its DueAt is this moment: the caller still holds its claim; zero: any
	ExpiredBy time.Time // its ExpiresAt is at or before this moment; zero: any
	Version   int       // its Version is this one; 0: any
}

// Met reports whether m meets every condition.
func (w When) Met(m Media) bool {
	return slices.Contains(w.From, m.State) &&
		(w.Lease.IsZero() || m.DueAt.Equal(w.Lease)) &&
		(w.ExpiredBy.IsZero() || !m.ExpiresAt.After(w.ExpiredBy)) &&
		(w.Version == 0 || m.Version == w.Version)
}

// Change is what a Move does to a media besides bumping its version.
type Change struct {
	State State     // the new state
	At    time.Time // the new UpdatedAt, and ReadyAt if State is StateReady
	DueAt time.Time // the new DueAt; zero: none

	// LastURLAt is stored if the media has none yet.
	LastURLAt time.Time

	Failure Failure // why, if State is StateFailed
	Found   string  // the type of the bytes, with FailureContent; empty: not known

	// What became known of the object. It is stored if State is StateReady; SHA256Status
	// is stored in any state if it is set.
	SHA256Status  SHA256Status
	ETag          string
	ObjectVersion string
	Width, Height int
	DurationMS    int64
}

// Claim tells which media a Repository.Claim takes.
type Claim struct {
	Now   time.Time
	Lease time.Time // after Now; who finds it unchanged on the row still holds the claim
	Limit int       // at least 1
	ID    uuid.UUID // this media only; uuid.Nil: any
}
