package media

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/tags"
)

// MaxRetag is the most media that one Retag changes.
const MaxRetag = 100

// RetagInput adds tags to several media and removes others.
type RetagInput struct {
	IDs    []uuid.UUID // 1 to MaxRetag
	Add    []string    // names; those that don't exist are created
	Remove []string    // names; what a media doesn't carry is nothing to remove
}

// Retag changes the tags of all media named, or of none if it returns an error, and
// returns how many media there were. A *MissingError names the media that don't exist, an
// *InvalidError the bad members.
func (s *Service) Retag(ctx context.Context, in RetagInput) (int, error) {
	add, remove, err := in.check()
	if err != nil {
		return 0, err
	}
	ids := slices.Clone(in.IDs)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	now := s.instant()
	n, err := s.repo.Retag(ctx, slices.Compact(ids), s.candidates(add, now), remove, now)
	if errors.Is(err, ErrTooManyTags) {
		var f faults
		f.Add("add", fault.CodeTooMany, "A media carries at most %d tags.", MaxTags)
		return 0, f.Err()
	}
	return n, err
}

// Check returns the *InvalidError that [Service.Retag] would return for the input alone,
// or nil; see [CreateInput.Check].
func (in RetagInput) Check() error {
	_, _, err := in.check()
	return err
}

func (in RetagInput) check() (add []tags.Tag, remove []string, err error) {
	var f faults
	switch {
	case len(in.IDs) == 0:
		f.Add("ids", fault.CodeRequired, "At least one media is named.")
	case len(in.IDs) > MaxRetag:
		f.Add("ids", fault.CodeTooMany, "At most %d media are changed at once.", MaxRetag)
	}
	add = f.parseNames("add", in.Add)
	for _, t := range f.parseNames("remove", in.Remove) {
		remove = append(remove, t.Key)
	}
	for _, t := range add {
		if slices.Contains(remove, t.Key) {
			f.Add("remove", fault.CodeConflict, "A tag can't be added and removed at once.")
			break
		}
	}
	return add, remove, f.Err()
}
