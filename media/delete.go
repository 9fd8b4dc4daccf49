package media

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Delete makes the media unseen, in whatever state it is, or returns
// ErrNotFound. It only writes to the repository, so that it can stand in a
// host's transaction and is undone where that is rolled back; the bytes go with
// a later [Service.Purge]. Commit within a minute: an upload URL that is signed
// before the commit must die before the last sweep of the object.
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
