package media

import (
	"context"

	"github.com/google/uuid"
)

// GetOptions say how a media is handed out.
type GetOptions struct {
	Attachment bool // the download is to be saved, not shown
}

// Get returns the media, with a download if it is ready, or ErrNotFound.
func (s *Service) Get(ctx context.Context, id uuid.UUID, opts GetOptions) (View, error) {
	m, err := s.repo.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, m, opts.Attachment)
}
