package media

import (
	"context"
	"time"
)

const (
	// leaseTime is how long whoever removes bytes has for it before the sweep may take
	// the media on. A sweep's own lease is twice as long.
	leaseTime = time.Minute
	// maxBackoff is the longest that a media waits for another try.
	maxBackoff = time.Hour
	// keptCheck is how often the sweep looks at a failed media that is kept for good:
	// it goes within that time after the host has set a FailedTTL.
	keptCheck = 7 * 24 * time.Hour
)

// postpone makes a media due again that couldn't be done. It waits for as long as it
// has been due already, so that its tries get ever rarer without being counted. If this
// fails too, the media comes due when the lease ends.
func (s *Service) postpone(ctx context.Context, m Media) {
	now := s.instant()
	wait := min(max(now.Sub(s.dueSince(&m, now)), leaseTime), maxBackoff)
	_, _ = s.repo.Release(ctx, m.ID, m.DueAt, now.Add(wait))
}

// dueSince is when what is due for a media at now fell due first, whatever leases and
// tries there have been since.
func (s *Service) dueSince(m *Media, now time.Time) time.Time {
	switch end := s.failedEnd(m, now); {
	case m.State == StatePending:
		return m.ExpiresAt
	case m.State == StateFailed && !now.Before(end):
		return end
	case m.LastURLAt.After(m.UpdatedAt) && !now.Before(m.LastURLAt):
		return m.LastURLAt
	}
	return m.UpdatedAt
}

// waited is how long a media that came due has been due at now. A failed media that is
// kept for good only comes due for a look from time to time: it has waited since then.
func (s *Service) waited(m Media, now time.Time) time.Duration {
	since := s.dueSince(&m, now)
	if m.State == StateFailed && s.opts.FailedTTL < 0 && now.Sub(since) >= keptCheck {
		since = m.DueAt
	}
	return now.Sub(since)
}

// dueNext is when a failed or deleted media whose object was deleted at now comes due
// once more. It has to if a URL may still write the object; a failed one has an end, too.
func (s *Service) dueNext(m *Media, now time.Time) time.Time {
	if m.State != StateFailed {
		return m.LastURLAt
	}
	if end := s.failedEnd(m, now); !now.Before(m.LastURLAt) || end.Before(m.LastURLAt) {
		return end
	}
	return m.LastURLAt
}

// failedEnd is when a failed media becomes a tombstone; it lies after now if failed
// media are kept. When the media failed isn't stored: UpdatedAt is that moment unless
// the media was edited since, and LastURLAt, which is a little later, never changes.
func (s *Service) failedEnd(m *Media, now time.Time) time.Time {
	if s.opts.FailedTTL < 0 {
		return now.Add(keptCheck)
	}
	failed := m.UpdatedAt
	if m.LastURLAt.Before(failed) {
		failed = m.LastURLAt
	}
	return failed.Add(s.opts.FailedTTL)
}
