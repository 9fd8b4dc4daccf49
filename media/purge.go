package media

import (
	"context"

	"github.com/google/uuid"
)

// Purge removes the bytes of a media that was deleted or has failed, if it is due. For
// any other media it removes nothing and returns nil. It may be called any number of
// times, by several at once. If it fails, or is never called, the sweep removes the
// bytes later.
//
// Call it after the transaction that deleted the media was committed: it calls
// the blob store, and what it removes doesn't come back.
func (s *Service) Purge(ctx context.Context, id uuid.UUID) error {
	now := s.instant()
	lease := s.unique(now.Add(leaseTime))
	claimed, err := s.repo.Claim(ctx, Claim{Now: now, Lease: lease, Limit: 1, ID: id})
	if err != nil {
		return err
	}
	for _, m := range claimed {
		if m.State != StateDeleted && m.State != StateFailed {
			continue
		}
		m.DueAt = lease
		if _, err := s.clean(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// clean removes the bytes of a failed or deleted media, on which the caller holds the
// lease in its DueAt. While a URL may still write the object, the media comes due once
// more when none can. After that the row of a deleted media goes too, and removed is
// true; a failed one stays until its end.
func (s *Service) clean(ctx context.Context, m Media) (removed bool, err error) {
	// The time is that before the store is called: an upload may finish between its
	// answer and the next look at the clock.
	now := s.instant()
	if parts := s.blobs.Multipart(); parts != nil {
		if err := parts.AbortAll(ctx, m.ObjectKey); err != nil {
			return false, err
		}
	}
	if err := s.blobs.Delete(ctx, m.ObjectKey); err != nil {
		return false, err
	}
	if last := !now.Before(m.LastURLAt); last && m.State == StateDeleted {
		return s.repo.Remove(ctx, m.ID, m.DueAt)
	}
	_, err = s.repo.Release(ctx, m.ID, m.DueAt, s.dueNext(&m, now))
	return false, err
}
