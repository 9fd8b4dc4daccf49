package tags

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/internal/uuidv7"
)

// MaxPage is the most tags on a page, and DefaultPage what a page holds if no limit
// is named.
const (
	MaxPage     = 100
	DefaultPage = 50
)

// Options change what a [Service] does by default. A zero field means its
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
			return nil, fmt.Errorf("tags: Options.%w", err)
		}
		s.newID = opts.NewID
	}
	return s, nil
}

func defaultID(at time.Time) uuid.UUID { return uuidv7.New(at, rand.Reader) }

// instant is the time of one use case, as precise as it is stored.
func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }
