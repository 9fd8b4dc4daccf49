package tags

import (
	"context"

	"github.com/google/uuid"
)

// Get returns the tag, or ErrNotFound.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (Tag, error) {
	return s.repo.Get(ctx, id)
}
