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
	return s.DeleteVersion(ctx, id, 0)
}

// DeleteVersion is Delete, but only of this version of the media; 0: any. ErrVersion if
// another one is current.
func (s *Service) DeleteVersion(ctx context.Context, id uuid.UUID, version int) error {
	now := s.instant()
	m, moved, err := s.repo.Move(ctx, id, When{From: EventDeleted.From(), Version: version}, Change{
		State: EventDeleted.To(), At: now, LastURLAt: s.lastURL(now),
		DueAt: s.unique(now.Add(-time.Second)), // already
	})
	switch {
	case err != nil || moved:
		return err
	case version != 0 && m.Version != version:
		return ErrVersion
	}
	return ErrNotFound
}
