package media

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Purge removes the bytes of a media that was deleted, or failed, and is due; of
// any other it removes nothing and returns nil. It may be called any number of
// times, by several at once. Where it fails, or is never called, the bytes are
// removed later by whoever finds the media due.
//
// Call it after the transaction that deleted the media was committed: it calls
// the blob store, and what it removes doesn't come back.
func (s *Service) Purge(ctx context.Context, id uuid.UUID) error {
	now := s.instant()
	claimed, err := s.repo.Claim(ctx, Claim{Now: now, Lease: s.unique(now.Add(leaseTime)), Limit: 1, ID: id})
	if err != nil {
		return err
	}
	for _, m := range claimed {
		if m.State != StateDeleted && m.State != StateFailed {
			continue
		}
		if _, err := s.clean(ctx, m, m.DueAt); err != nil {
			return err
		}
	}
	return nil
}

// clean removes the bytes of a failed or deleted media on which the caller holds
// a lease. While a URL may still write the object the media comes due once more
// when none can; after that a deleted media's row goes too, and removed is true.
func (s *Service) clean(ctx context.Context, m Media, lease time.Time) (removed bool, err error) {
	// The time is that before the store is called: an upload may finish between its
	// answer and the next look at the clock.
	last := !s.instant().Before(m.LastURLAt)
	if parts := s.blobs.Multipart(); parts != nil {
		if err := parts.AbortAll(ctx, m.ObjectKey); err != nil {
			return false, err
		}
	}
	if err := s.blobs.Delete(ctx, m.ObjectKey); err != nil {
		return false, err
	}
	switch {
	case !last:
		_, err = s.repo.Release(ctx, m.ID, lease, m.LastURLAt)
	case m.State == StateDeleted:
		return s.repo.Remove(ctx, m.ID, lease)
	default:
		_, err = s.repo.Release(ctx, m.ID, lease, time.Time{})
	}
	return false, err
}
