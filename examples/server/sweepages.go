package main

import (
	"slices"
	"sync"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// sweepAges keeps how long the media that is longest due has been due. If that grows from
// one minute to the next, the sweep doesn't keep up, or something can't be done.
type sweepAges struct {
	mu    sync.Mutex
	last  [sweepers]time.Duration // as each sweeper found it last
	stuck []stuckMedia
}

// stuckMedia is what a sweep couldn't do. It isn't seen before it is tried again, and
// another process may do that. So it counts until then, and for a while longer.
type stuckMedia struct{ since, until time.Time }

// tell notes what one of the sweepers did, which sweeps every interval.
func (a *sweepAges) tell(sweeper int, report media.SweepReport, interval time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last[sweeper] = report.OldestDue
	if report.Failed == 0 {
		return
	}
	const lease = 2 * time.Minute // a sweep may take as long, and fail to say when to try again
	wait := min(max(report.OldestFailed, time.Minute), time.Hour)
	now := time.Now()
	latest := stuckMedia{since: now.Add(-report.OldestFailed), until: now.Add(wait + interval + lease)}
	a.stuck = slices.DeleteFunc(a.stuck, func(s stuckMedia) bool { // what is over, or counts for less
		return now.After(s.until) || !s.since.Before(latest.since) && !s.until.After(latest.until)
	})
	a.stuck = append(a.stuck, latest)
}

// oldest returns the age of what is longest due, as far as sweeps have seen it.
func (a *sweepAges) oldest() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	age, now := slices.Max(a.last[:]), time.Now()
	for _, s := range a.stuck {
		if !now.After(s.until) {
			age = max(age, now.Sub(s.since))
		}
	}
	return age
}
