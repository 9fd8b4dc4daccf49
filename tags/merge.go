package tags

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/fault"
)

// Merge moves every link of the tag from to the tag into, drops from, and
// returns into. It returns ErrNotFound where either is missing, and an
// *InvalidError for the member "into" where both are one.
func (s *Service) Merge(ctx context.Context, from, into uuid.UUID) (Tag, error) {
	if from == into {
		return Tag{}, invalid("into", fault.CodeConflict, "A tag can't be merged into itself.")
	}
	return s.repo.Merge(ctx, from, into, s.instant())
}
