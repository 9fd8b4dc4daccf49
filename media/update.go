package media

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/internal/fold"
	"github.com/seed-f0df946f/mediakit/tags"
)

// UpdateInput changes a media. What is nil stays.
type UpdateInput struct {
	Filename *string   // as in CreateInput
	Tags     *[]string // replaces the set: at most MaxTags names; those that don't exist are created

	IfVersion int // change only this version; 0: any
}

// Update changes the filename or the tags of a media, pending, ready or failed, and
// returns it. An input that names neither changes nothing. It returns ErrNotFound,
// *InvalidError, and ErrVersion if IfVersion is not the current version.
func (s *Service) Update(ctx context.Context, id uuid.UUID, in UpdateInput) (View, error) {
	in, parsed, err := in.check()
	if err != nil {
		return View{}, err
	}
	m, err := s.update(ctx, id, in, parsed)
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, m, false)
}

// Check returns the *InvalidError that [Service.Update] would return for the input, or
// nil; see [CreateInput.Check].
func (in UpdateInput) Check() error {
	_, _, err := in.check()
	return err
}

// check returns the input in its normal form, and its tags parsed.
func (in UpdateInput) check() (UpdateInput, []tags.Tag, error) {
	var f faults
	var parsed []tags.Tag
	if in.Filename != nil {
		name := f.filename(*in.Filename)
		in.Filename = &name
	}
	if in.Tags != nil {
		parsed = f.parseNames("tags", *in.Tags)
	}
	return in, parsed, f.Err()
}

func (s *Service) update(ctx context.Context, id uuid.UUID, in UpdateInput, parsed []tags.Tag) (Media, error) {
	if in.Filename == nil && in.Tags == nil {
		m, err := s.repo.Get(ctx, id)
		if err == nil && in.IfVersion != 0 && in.IfVersion != m.Version {
			return Media{}, ErrVersion
		}
		return m, err
	}
	p := Patch{Filename: in.Filename, At: s.instant()}
	if in.Filename != nil {
		p.FilenameFold = fold.String(*in.Filename)
	}
	if in.Tags != nil {
		set := s.candidates(parsed, p.At)
		p.Tags = &set
	}
	return s.repo.Update(ctx, id, p, in.IfVersion)
}
