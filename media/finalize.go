package media

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media/internal/dimensions"
)

// Finalize looks at what is in the store and, where that is what was declared,
// makes the media ready. It can be repeated and raced: of any number of calls
// one moves the media, and all answer by what it then is. A media is finalized
// however late its bytes arrived, as long as it is pending.
//
// Width, Height and DurationMS are then what the file tells of itself, in its first
// 16 KiB or in at most 24 ranges more, 16 MiB in all. Some videos tell how long they play
// at their end only: of those the last 4 MiB are looked through. Width and Height are as a
// browser shows them. Of a video that doesn't tell they stay 0. An image that doesn't is
// rejected, and so is one of more than Options.MaxPixels.
//
// Errors: ErrNotFound; ErrUploadIncomplete while nothing is there;
// ErrUploadExpired and *RejectedError where the media has failed, now or
// earlier; ErrUnavailable and ErrStoreMisconfigured leave it pending.
func (s *Service) Finalize(ctx context.Context, id uuid.UUID) (View, error) {
	m, err := s.repo.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	if m.State != StatePending {
		return s.outcome(ctx, m)
	}
	info, err := s.blobs.Stat(ctx, m.ObjectKey)
	if errors.Is(err, ErrNoObject) {
		return s.missing(ctx, m)
	}
	if err != nil {
		return View{}, err
	}
	found, err := s.inspect(ctx, m, info)
	if errors.Is(err, ErrNoObject) || errors.Is(err, ErrObjectChanged) {
		// What HEAD saw went while it was read: another call has decided.
		return s.reread(ctx, m)
	}
	if err != nil {
		return View{}, err
	}
	if found.rejected != "" {
		return s.fail(ctx, m, EventRejected, found)
	}
	return s.succeed(ctx, m, info, found.size)
}

func (s *Service) succeed(ctx context.Context, m Media, info Info, size dimensions.Result) (View, error) {
	now := s.instant()
	moved, _, err := s.repo.Move(ctx, m.ID, When{From: EventFinalized.From()}, Change{
		State: EventFinalized.To(), At: now, LastURLAt: s.lastURL(now),
		SHA256Status: SHA256Verified, ETag: info.ETag, ObjectVersion: info.Version,
		Width: size.Width, Height: size.Height, DurationMS: size.Duration.Milliseconds(),
	})
	if err != nil {
		return View{}, err
	}
	return s.outcome(ctx, moved)
}

// missing answers for an upload that isn't there.
func (s *Service) missing(ctx context.Context, m Media) (View, error) {
	if s.instant().Before(m.ExpiresAt) {
		return s.reread(ctx, m)
	}
	return s.fail(ctx, m, EventExpired, finding{rejected: FailureExpired})
}

// reread answers where the object isn't there, or no longer: either it has not
// arrived, or another call decided between our look at the row and at the store.
func (s *Service) reread(ctx context.Context, m Media) (View, error) {
	now, err := s.repo.Get(ctx, m.ID)
	if err != nil {
		return View{}, err
	}
	if now.State == StatePending {
		return View{}, ErrUploadIncomplete
	}
	return s.outcome(ctx, now)
}

// fail moves the media to failed. Only the call that moved it removes its
// object, within a lease that keeps the sweep away.
func (s *Service) fail(ctx context.Context, m Media, e Event, why finding) (View, error) {
	lease := s.unique(s.instant().Add(leaseTime))
	moved, won, err := s.toFailed(ctx, m.ID, e, why, lease)
	if err != nil {
		return View{}, err
	}
	if won {
		// Where this fails the media comes due when the lease ends.
		_, _ = s.clean(ctx, moved, lease)
	}
	return s.outcome(ctx, moved)
}

// toFailed moves a pending media to failed and, where it won, leaves it with the
// caller under the lease.
func (s *Service) toFailed(ctx context.Context, id uuid.UUID, e Event, why finding, lease time.Time) (m Media, won bool, err error) {
	now := s.instant()
	change := Change{State: e.To(), At: now, Failure: why.rejected, Found: why.actual, DueAt: lease, LastURLAt: s.lastURL(now)}
	if why.rejected == FailureSHA256 {
		change.SHA256Status = SHA256Mismatch
	}
	return s.repo.Move(ctx, id, When{From: e.From()}, change)
}

// outcome answers for a media that is no longer pending.
func (s *Service) outcome(ctx context.Context, m Media) (View, error) {
	switch m.State {
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
