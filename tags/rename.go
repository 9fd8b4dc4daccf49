package tags

import (
	"context"

	"github.com/google/uuid"
)

// Rename gives the tag another name; its id stays, and every media that carries
// it shows the new one. It returns ErrNotFound, an *InvalidError where no tag can
// have that name, and an *ExistsError where another tag has it. To change only
// the spelling of a tag's own name is no conflict.
func (s *Service) Rename(ctx context.Context, id uuid.UUID, name string) (Tag, error) {
	parsed, err := ParseName(name)
	if err != nil {
		return Tag{}, err
	}
	return s.repo.Rename(ctx, id, parsed, s.instant())
}
