package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// sweepers is how many sweeps run at once. They share the work, so objects that are
// slow to delete hold up no more than one of them.
const sweepers = 4

// sweep does every interval what no request waits for, until ctx ends: media whose
// time has come, and beside it the counts of tags. An interval of 0 turns it off.
func (svc *service) sweep(ctx context.Context, interval time.Duration, logger *slog.Logger) {
	if interval == 0 {
		return
	}
	var all sync.WaitGroup
	for i := range sweepers {
		all.Go(func() {
			every(ctx, interval, logger, "sweep", func(ctx context.Context) (more bool, err error) {
				report, err := svc.media.Sweep(ctx)
				svc.vars.ages.tell(i, report, interval)
				return report.More, err
			})
		})
	}
	all.Go(func() {
		every(ctx, interval, logger, "recount", func(ctx context.Context) (more bool, err error) {
			return false, svc.tags.Recount(ctx) // it goes on by itself while there is more, and time
		})
	})
	all.Wait()
}

// every takes one batch of a task after another at each interval, while there is more
// to do, until ctx ends.
func every(ctx context.Context, interval time.Duration, logger *slog.Logger, task string, batch func(context.Context) (more bool, err error)) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = batch(ctx); err != nil && ctx.Err() == nil {
				logger.Error(task, "error", err.Error())
			}
		}
	}
}
