package tags

import "context"

// Create stores a tag with the name. It returns an *InvalidError where no tag
// can have that name, and an *ExistsError where one has it in this or another
// spelling.
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
