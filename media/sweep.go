package media

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

const (
	// sweepBatch is the most media that one sweep takes on.
	sweepBatch = 100
	// sweepKeys is the most idempotency records that one sweep drops.
	sweepKeys = 1000
	// sweepErrors is the most errors that one sweep tells.
	sweepErrors = 10
	// maxBackoff is the longest that a media waits for another try.
	maxBackoff = time.Hour
)

// SweepReport tells what one [Service.Sweep] did.
type SweepReport struct {
	Expired   int // pending media whose time was up and that have failed
	Cleaned   int // media whose objects were deleted; those expired and removed among them
	Removed   int // deleted media whose rows went, since no URL can write their objects any more
	Forgotten int // idempotency records whose day was over
	Failed    int // media that couldn't be done; each comes due again later

	OldestDue time.Duration // how long the one of the media taken on that was due first had been due; 0: none

	More bool // a batch was full: there may be more to do at once
}

// Sweep does what has come due, up to 100 media: a pending media past its
// ExpiresAt fails, also where its bytes have arrived and nobody finalized it; the
// objects of failed and deleted media are deleted, and once more when no URL can
// write them any longer; then the rows of those deleted go, while those failed stay
// until they are deleted. It drops up to 1,000 idempotency records too.
//
// Call it again and again, about every minute, and at once while the report says
// More. Several processes may sweep at once, and share the work: each works under a
// lease of two minutes, and begins no media in the second of them.
//
// What fails comes due again after a minute, and then twice as long after each
// further try, up to an hour. The error joins what went wrong with the first 10 of
// such media, told by their ids; the report holds either way. Where the repository
// can't be reached, or ctx ends, Sweep returns at once, with that error; what it
// had taken on comes due when its lease ends.
func (s *Service) Sweep(ctx context.Context) (SweepReport, error) {
	var report SweepReport
	now := s.instant()
	lease := s.unique(now.Add(2 * leaseTime))
	claimed, err := s.repo.Claim(ctx, Claim{Now: now, Lease: lease, Limit: sweepBatch})
	if err != nil {
		return report, err
	}
	var errs []error
	for _, m := range claimed {
		report.OldestDue = max(report.OldestDue, now.Sub(m.dueSince(now)))
	}
	for _, m := range claimed {
		if !s.instant().Before(now.Add(leaseTime)) {
			break // what is left might outlast the lease: it comes due at its end
		}
		err := s.sweep(ctx, m, lease, &report)
		if ctx.Err() != nil {
			return report, ctx.Err()
		}
		if err == nil {
			continue
		}
		report.Failed++
		if len(errs) < sweepErrors {
			errs = append(errs, fmt.Errorf("media: sweep of %v: %w", m.ID, err))
		}
	}
	report.Forgotten, err = s.repo.ForgetKeys(ctx, now, sweepKeys)
	report.More = len(claimed) == sweepBatch || report.Forgotten == sweepKeys
	return report, errors.Join(append(errs, err)...)
}

// unique returns a random moment within the second after at, which another call
// returns once in a million times. The end of a lease is all that tells it from
// others, and clocks may be coarse: without this, who holds a failed media could pass
// for who claims it after it was deleted, and release the tombstone for good.
func (s *Service) unique(at time.Time) time.Time {
	var random [4]byte
	s.random(random[:])
	return at.Add(time.Duration(binary.BigEndian.Uint32(random[:])%1e6) * time.Microsecond)
}

// sweep does what is due for one media on which the caller holds a lease.
func (s *Service) sweep(ctx context.Context, m Media, lease time.Time, report *SweepReport) error {
	if m.State == StatePending {
		failed, won, err := s.toFailed(ctx, m.ID, EventExpired, finding{rejected: FailureExpired}, lease)
		if errors.Is(err, ErrNotFound) || err == nil && !won {
			return nil // deleted or finalized since: its bytes are not ours to touch
		}
		if err != nil {
			s.postpone(ctx, m, lease)
			return err
		}
		report.Expired++
		m = failed
	}
	removed, err := s.clean(ctx, m, lease)
	if err != nil {
		s.postpone(ctx, m, lease)
		return err
	}
	report.Cleaned++
	if removed {
		report.Removed++
	}
	return nil
}

// postpone makes a media due again that couldn't be done. It waits for as long as it
// has been due already, so that its tries get ever rarer without being counted.
// Where this fails too the media comes due when the lease ends.
func (s *Service) postpone(ctx context.Context, m Media, lease time.Time) {
	now := s.instant()
	wait := min(max(now.Sub(m.dueSince(now)), leaseTime), maxBackoff)
	_, _ = s.repo.Release(ctx, m.ID, lease, now.Add(wait))
}

// dueSince is when what is due of a media at now fell due first, whatever leases and
// tries there were since.
func (m *Media) dueSince(now time.Time) time.Time {
	switch {
	case m.State == StatePending:
		return m.ExpiresAt
	case m.LastURLAt.After(m.UpdatedAt) && !now.Before(m.LastURLAt):
		return m.LastURLAt
	}
	return m.UpdatedAt
}
