package tags

import (
	"context"
	"time"
)

const (
	// recountBatch is the most tags that one recount refreshes.
	recountBatch = 100
	// recountAge is how old a count may get before it is taken again.
	recountAge = 5 * time.Minute
)

// Recount refreshes MediaCount and CountedAt of up to 100 tags: those never counted
// first, then those counted longest ago, and none that was counted less than 5
// minutes ago. It reports whether the batch was full, so that there may be more to
// do at once. Nobody who writes waits for it.
//
// Call it again and again, about every minute, such as after a sweep of the media.
// Several processes may do so at once.
func (s *Service) Recount(ctx context.Context) (more bool, err error) {
	now := s.instant()
	n, err := s.repo.Recount(ctx, now.Add(-recountAge), now, recountBatch)
	return n == recountBatch, err
}
