package tags

import (
	"context"

	"github.com/google/uuid"
)

// Delete removes the tag from every media and then itself, or returns
// ErrNotFound.
func (s *Service) Delete(ctx context.Context, id uuid.UUID) error {
	return s.repo.Delete(ctx, id)
}
