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
)

// SweepReport tells what one [Service.Sweep] did.
type SweepReport struct {
	Finalized int // pending media whose bytes were there and right, and that are ready now
	Rejected  int // pending media whose bytes weren't what was declared, and that have failed
	Expired   int // pending media without bytes whose time was up, and that have failed
	Retired   int // failed media that were kept for FailedTTL, and that nobody sees any more
	Cleaned   int // media whose objects were deleted; those that failed or were removed are among them
	Removed   int // deleted media whose rows went, since no URL can write their objects any more
	Forgotten int // idempotency records whose time was over
	Failed    int // media that couldn't be done; each comes due again later

	// OldestDue is how long the media that is longest due had been due when this sweep
	// took it on, whatever tries there were before; 0 if it took on none. If it grows,
	// sweeps don't keep up with what comes due, or something can't be done.
	OldestDue time.Duration
	// OldestFailed is the same for the media that couldn't be done; 0 if there are none.
	// Until they come due again no sweep tells of them.
	OldestFailed time.Duration

	More bool // a batch was full: there may be more to do at once
}

// Sweep does what has come due, for up to 100 media:
//
//   - A pending media past its ExpiresAt is judged as Finalize would. If its bytes are
//     there and right it becomes ready: a client may have died after its upload. Only if
//     they are missing or wrong does it fail. If the blob store is away it stays pending.
//   - The object of a failed or deleted media is deleted, and once more when no URL can
//     write it any longer. Then the row of a deleted media goes.
//   - A failed media becomes a deleted one after Options.FailedTTL.
//
// It also drops up to 1,000 idempotency records.
//
// Call it about every minute, and again at once while the report says More. Several
// sweeps may run at once, in one process or in many, and share the work: each works
// under a lease of two minutes, and begins no media in the second of them.
//
// What fails comes due again after a minute, and then twice as long after each further
// try, up to an hour. The error joins what went wrong with the first 10 of such media
// and names their ids; the report holds either way. If the repository can't be reached,
// or ctx ends, Sweep returns that error at once; what it had taken on comes due when its
// lease ends.
func (s *Service) Sweep(ctx context.Context) (SweepReport, error) {
	var report SweepReport
	now := s.instant()
	lease := s.unique(now.Add(2 * leaseTime))
	claimed, err := s.repo.Claim(ctx, Claim{Now: now, Lease: lease, Limit: sweepBatch})
	if err != nil {
		return report, err
	}
	for _, m := range claimed {
		report.OldestDue = max(report.OldestDue, s.waited(m, now))
	}
	var errs []error
	for _, m := range claimed {
		if !s.instant().Before(now.Add(leaseTime)) {
			break // what is left might outlast the lease: it comes due at its end
		}
		waited := s.waited(m, now)
		m.DueAt = lease
		err := s.sweep(ctx, m, &report)
		if ctx.Err() != nil {
			return report, ctx.Err()
		}
		if err == nil {
			continue
		}
		report.Failed++
		report.OldestFailed = max(report.OldestFailed, waited)
		if len(errs) < sweepErrors {
			errs = append(errs, fmt.Errorf("media: sweep of %v: %w", m.ID, err))
		}
	}
	report.Forgotten, err = s.repo.ForgetIdempotencyKeys(ctx, now, sweepKeys)
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

// sweep does what is due for one media, on which the caller holds the lease in its DueAt.
func (s *Service) sweep(ctx context.Context, m Media, report *SweepReport) error {
	m, ours, err := s.advance(ctx, m, report)
	if err == nil && ours {
		err = s.sweepObject(ctx, m, report)
	}
	if err != nil {
		s.postpone(ctx, m)
	}
	return err
}

// advance moves the media on if it is time for that. Its object is ours to delete only
// if ours is true.
func (s *Service) advance(ctx context.Context, m Media, report *SweepReport) (after Media, ours bool, err error) {
	switch now := s.instant(); {
	case m.State == StatePending:
		return s.rescue(ctx, m, report)
	case m.State == StateFailed && !now.Before(s.failedEnd(&m, now)):
		return s.retire(ctx, m, report)
	}
	return m, true, nil
}

// rescue finalizes a pending media whose client didn't, or makes it fail.
func (s *Service) rescue(ctx context.Context, m Media, report *SweepReport) (after Media, ours bool, err error) {
	v, err := s.judge(ctx, m)
	if objectWent(err) {
		return m, false, nil // another call has decided; if not, it comes due when the lease ends
	}
	if err != nil {
		return m, false, err
	}
	moved, won, err := s.settle(ctx, m, v, m.DueAt)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && !won:
		return m, false, nil // deleted, finalized or claimed by another since
	case err != nil:
		return m, false, err
	case v.event == EventFinalized:
		report.Finalized++
	case v.event == EventRejected:
		report.Rejected++
	case v.event == EventExpired:
		report.Expired++
	}
	return moved, moved.State == StateFailed, nil
}

// retire turns a failed media that was kept for long enough into a tombstone.
func (s *Service) retire(ctx context.Context, m Media, report *SweepReport) (after Media, ours bool, err error) {
	moved, won, err := s.repo.Move(ctx, m.ID, When{From: EventRetired.From(), Lease: m.DueAt}, Change{
		State: EventRetired.To(), At: s.instant(), DueAt: m.DueAt,
	})
	if errors.Is(err, ErrNotFound) || err == nil && !won {
		return m, false, nil // deleted, or claimed by another since
	}
	if err != nil {
		return m, false, err
	}
	report.Retired++
	return moved, true, nil
}

func (s *Service) sweepObject(ctx context.Context, m Media, report *SweepReport) error {
	removed, err := s.clean(ctx, m)
	if err != nil {
		return err
	}
	report.Cleaned++
	if removed {
		report.Removed++
	}
	return nil
}
