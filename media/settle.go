package media

import (
	"context"
	"errors"
	"time"
)

// verdict is what the blob store's evidence decides about a pending media.
type verdict struct {
	event  Event     // EventExpired says that there is no object: whether its time is up, the row decides
	change Change    // what is stored with the event, except for its times
	looked time.Time // when the look at the blob store began
}

// judge looks at what is in the blob store for a pending media. It changes nothing, and
// it is the only code that decides: Finalize and Sweep both go by it. If the object is
// removed or replaced while it is read, objectWent holds for the error.
func (s *Service) judge(ctx context.Context, m Media) (verdict, error) {
	v := verdict{looked: s.instant()}
	info, err := s.blobs.Stat(ctx, m.ObjectKey)
	if errors.Is(err, ErrNoObject) {
		v.event, v.change.Failure = EventExpired, FailureExpired
		return v, nil
	}
	if err != nil {
		return verdict{}, err
	}
	found, err := s.inspect(ctx, m, info)
	switch {
	case err != nil:
		return verdict{}, err
	case found.rejected != "":
		v.event, v.change.Failure, v.change.Found = EventRejected, found.rejected, found.actual
		if found.rejected == FailureSHA256 {
			v.change.SHA256Status = SHA256Mismatch
		}
	default:
		v.event, v.change = EventFinalized, Change{
			SHA256Status: SHA256Verified, ETag: info.ETag, ObjectVersion: info.Version,
			Width: found.size.Width, Height: found.size.Height, DurationMS: found.size.Duration.Milliseconds(),
		}
	}
	return v, nil
}

// objectWent reports whether the object that Stat saw went while it was read. Whoever
// removed it had moved the media before.
func objectWent(err error) bool {
	return errors.Is(err, ErrNoObject) || errors.Is(err, ErrObjectChanged)
}

// settle moves a pending media as the verdict says, if it still is pending. A sweep moves
// only what it still holds the lease on; lease is zero for a caller that holds none. If
// moved is true and the media has failed, its object is the caller's to delete, under the
// lease that then stands in its DueAt.
//
// A media expires only if its time was up, by the row itself, before the look at the
// store: bytes that came in time were seen. And no look decides that is a minute old,
// since bytes may also come a little late.
func (s *Service) settle(ctx context.Context, m Media, v verdict, lease time.Time) (after Media, moved bool, err error) {
	now := s.instant()
	when, change := When{From: v.event.From(), Lease: lease}, v.change
	change.State, change.At, change.LastURLAt = v.event.To(), now, s.lastURL(now)
	if v.event == EventExpired {
		if now.Sub(v.looked) >= leaseTime {
			return m, false, nil
		}
		when.ExpiredBy = v.looked
	}
	if change.State == StateFailed {
		change.DueAt = lease
		if lease.IsZero() {
			change.DueAt = s.unique(now.Add(leaseTime))
		}
	}
	return s.repo.Move(ctx, m.ID, when, change)
}
