package media

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Finalize looks at what is in the blob store and makes the media ready if that is what
// was declared. It may be repeated and raced: of any number of calls one moves the
// media, and all answer by what it then is. As long as a media is pending it is
// finalized, however late its bytes arrived.
//
// Width, Height and DurationMS are then what the file tells of itself, in its first
// 16 KiB or in at most 24 ranges more, 16 MiB in all. Some videos tell how long they play
// at their end only: of those the last 4 MiB are looked through. Width and Height are as a
// browser shows them. Of a video that doesn't tell they stay 0. An image that doesn't is
// rejected, and so is one of more than Options.MaxPixels.
//
// Errors: ErrNotFound; ErrUploadIncomplete while nothing is there; ErrUploadExpired and
// *RejectedError if the media has failed, now or earlier; ErrUnavailable and
// ErrStoreMisconfigured, which leave it pending.
func (s *Service) Finalize(ctx context.Context, id uuid.UUID) (View, error) {
	m, err := s.repo.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	if m.State != StatePending {
		return s.outcome(ctx, m)
	}
	v, err := s.judge(ctx, m)
	if objectWent(err) {
		return s.reread(ctx, id)
	}
	if err != nil {
		return View{}, err
	}
	m, moved, err := s.settle(ctx, m, v, time.Time{})
	if err != nil {
		return View{}, err
	}
	if moved && m.State == StateFailed {
		// If this fails the media comes due when the lease ends, and the sweep goes on.
		_, _ = s.clean(ctx, m)
	}
	return s.outcome(ctx, m)
}

// reread answers by what the media is now, after another call has decided.
func (s *Service) reread(ctx context.Context, id uuid.UUID) (View, error) {
	m, err := s.repo.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	return s.outcome(ctx, m)
}

// outcome answers a Finalize by the state that it has led to.
func (s *Service) outcome(ctx context.Context, m Media) (View, error) {
	switch m.State {
	case StatePending:
		return View{}, ErrUploadIncomplete
	case StateReady:
		return s.view(ctx, m, false)
	case StateFailed:
		if m.Failure == FailureExpired {
			return View{}, ErrUploadExpired
		}
		return View{}, &RejectedError{Reason: m.Failure, Declared: m.ContentType, Found: m.Found}
	}
	return View{}, fmt.Errorf("media: %v is %s after it was finalized", m.ID, m.State)
}
