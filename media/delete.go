package media

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Delete hides the media from then on, in whatever state it is, or returns ErrNotFound.
// It only writes to the repository, so that it can stand in a host's transaction and is
// undone if that rolls back. The bytes go with a later [Service.Purge], or with the sweep.
// Commit within a minute: an upload URL that is signed before the commit must have died
// when the object is deleted for the last time.
func (s *Service) Delete(ctx context.Context, id uuid.UUID) error {
	now := s.instant()
	_, moved, err := s.repo.Move(ctx, id, When{From: EventDeleted.From()}, Change{
		State: EventDeleted.To(), At: now, LastURLAt: s.lastURL(now),
		DueAt: s.unique(now.Add(-time.Second)), // already
	})
	if err == nil && !moved {
		return ErrNotFound
	}
	return err
}
