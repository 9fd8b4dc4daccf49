package storage

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// statements holds what differs between dialects, chosen once by New: the texts,
// and what one dialect does in a single statement and another in several. Texts
// with arguments $1, $2, … go to the driver with placeholders; in page and contains
// bun writes the arguments, for which ? stands.
type statements struct {
	bind      func(args []any) // puts each into the form in which the database takes it
	oneWriter bool             // the database takes one at a time

	create string // a media and nothing beside
	replay string // what an idempotency key stands for, and its media
	get    string
	names  string // of tags, by id

	// createLinked stores a media with tags, or an idempotency key, or both. It
	// reports false if the idempotency key is in use.
	createLinked func(r mediaRepository, ctx context.Context, d media.Draft) (m media.Media, done bool, err error)

	update string // the filename

	// updateTags changes the set of tags, and maybe the filename. It reports false
	// if it changed nothing.
	updateTags func(r mediaRepository, ctx context.Context, id uuid.UUID, p media.Patch, ifVersion int) (m media.Media, done bool, err error)
	version    string // of a media: why an update changed nothing

	// retag changes all of the media, or none if another writer came between.
	retag func(r mediaRepository, ctx context.Context, ids []uuid.UUID, add []tags.Tag, remove []string, at time.Time) (int, error)

	move       string
	setUpload  string
	claim      func(r mediaRepository, ctx context.Context, c media.Claim) ([]mediaRow, error)
	release    string
	remove     string
	forgetKeys string

	page     string // of media
	contains string // a condition of page

	createTag   string
	tagByID     string
	tagByKey    string
	tagsByKeys  string
	tagsByName  string // a page
	tagsByCount string // a page, and the tag at which its walk ended
	renameTag   string
	lockTags    string
	moveLinks   string
	renewTag    string // the count, and when the tag was changed and counted
	deleteTag   string
	staleTags   string // to be counted: how many links each has, up to a limit
	countTag    string // the links of one tag
	storeCounts string

	// allow sets the time that each statement that follows in this transaction has.
	allow func(s *Store, ctx context.Context, d time.Duration) error

	// readSlowly runs f, which only reads, and may take as long as slowly allows.
	readSlowly func(s *Store, ctx context.Context, f func(ctx context.Context, s *Store) error) error
}
