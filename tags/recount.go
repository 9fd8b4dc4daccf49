package tags

import (
	"context"
	"time"
)

const (
	// recountTime is how long a run goes on to take up tags.
	recountTime = time.Second
	// recountBatch is the most tags that are counted in one call of the repository.
	recountBatch = 100
	// recountLarge is the number of media above which a tag takes long to count, and
	// recountLargeAge how old its count has to be before it is taken again.
	recountLarge    = 10_000
	recountLargeAge = 5 * time.Minute
)

// Recount is one run of what keeps MediaCount and CountedAt fresh. It counts the media of
// tags, those never counted first and then those counted longest ago, each of them once
// at most, and tags of more than 10,000 media no more often than every 5 minutes. After a
// second it takes up no further tag. A writer of media or tags never waits for it.
//
// Call it about every minute, such as beside a sweep of the media. Several processes may
// do so at once.
func (s *Service) Recount(ctx context.Context) error {
	began := s.instant()
	r := Recounting{Before: began, LargeBefore: began.Add(-recountLargeAge), Large: recountLarge, Limit: recountBatch}
	for {
		r.At = s.instant()
		if r.At.Sub(began) >= recountTime {
			return nil
		}
		n, err := s.repo.Recount(ctx, r)
		if err != nil || n == 0 {
			return err
		}
	}
}
