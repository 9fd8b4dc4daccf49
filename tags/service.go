package tags

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/internal/uuidv7"
)

// MaxPage is the most tags on a page, and DefaultPage what a page holds if no limit
// is named.
const (
	MaxPage     = 100
	DefaultPage = 50
)

// Options change what a [Service] does by default. A field that is zero stands for its
// default.
type Options struct {
	Now   func() time.Time             // the clock; default time.Now
	NewID func(at time.Time) uuid.UUID // makes a tag's id, a UUIDv7 of the instant at; default: a random one
}

// Service is all that can be done with tags. It is safe for concurrent use.
type Service struct {
	repo  Repository
	now   func() time.Time
	newID func(time.Time) uuid.UUID
}

// NewService returns a service over repo; opts may be nil. It doesn't call repo. It
// fails if repo is nil, or if Options.NewID makes anything but UUIDv7 of the instant
// that it is given, which it calls once to see.
func NewService(repo Repository, opts *Options) (*Service, error) {
	if repo == nil {
		return nil, errors.New("tags: a service needs a Repository")
	}
	s := &Service{repo: repo, now: time.Now, newID: defaultID}
	if opts != nil && opts.Now != nil {
		s.now = opts.Now
	}
	if opts != nil && opts.NewID != nil {
		if err := uuidv7.Check(opts.NewID); err != nil {
			return nil, fmt.Errorf("tags: Options.NewID %w", err)
		}
		s.newID = opts.NewID
	}
	return s, nil
}

func defaultID(at time.Time) uuid.UUID { return uuidv7.New(at, rand.Reader) }

// instant is the time of one use case, as precise as it is stored.
func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// Create stores a tag with the name, as [ParseName] reads it. If no tag can have that
// name, the error is an *InvalidError for the member "name". If a tag has it already,
// in this or another spelling, it is an *ExistsError that holds that tag.
func (s *Service) Create(ctx context.Context, name string) (Tag, error) {
	parsed, err := ParseName(name)
	if err != nil {
		return Tag{}, err
	}
	now := s.instant()
	t := Tag{ID: s.newID(now), Key: parsed.Key, Name: parsed.Shown, CreatedAt: now, UpdatedAt: now}
	if err := s.repo.Create(ctx, t); err != nil {
		return Tag{}, err
	}
	return t, nil
}

// Get returns the tag, or ErrNotFound.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (Tag, error) {
	return s.repo.Get(ctx, id)
}

// Rename gives the tag another name. Its id stays, and every media that carries it
// shows the new name. Rename may change only the spelling.
//
// It returns ErrNotFound if there is no such tag, an *InvalidError for the member "name"
// if no tag can have that name, and an *ExistsError if another tag has it.
func (s *Service) Rename(ctx context.Context, id uuid.UUID, name string) (Tag, error) {
	parsed, err := ParseName(name)
	if err != nil {
		return Tag{}, err
	}
	return s.repo.Rename(ctx, id, parsed, s.instant())
}

// Merge makes one tag of two: every media that carries the tag from carries into
// afterwards, and from is gone. It returns into, counted afresh.
//
// It returns ErrNotFound if either tag is missing, and an *InvalidError for the member
// "into" if both are the same tag. If from is carried by millions of media it may take
// up to a minute.
func (s *Service) Merge(ctx context.Context, from, into uuid.UUID) (Tag, error) {
	if from == into {
		return Tag{}, invalid("into", fault.CodeConflict, "A tag can't be merged into itself.")
	}
	return s.repo.Merge(ctx, from, into, s.instant())
}

// Delete takes the tag from every media and removes it; no media is deleted. It returns
// ErrNotFound if there is no such tag. If millions of media carry it, it may take up to
// a minute.
func (s *Service) Delete(ctx context.Context, id uuid.UUID) error {
	return s.repo.Delete(ctx, id)
}
