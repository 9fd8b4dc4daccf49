package main

import (
	"context"
	"log/slog"
	"time"
)

// sweep does every interval what no request waits for, until ctx ends; an interval
// of 0 turns it off.
func (svc *service) sweep(ctx context.Context, interval time.Duration, logger *slog.Logger) {
	if interval == 0 {
		return
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		untilDone(ctx, logger, "sweep", func(ctx context.Context) (more bool, err error) {
			report, err := svc.media.Sweep(ctx)
			return report.More, err
		})
		untilDone(ctx, logger, "recount", svc.tags.Recount)
	}
}

// untilDone takes one batch after another while there is more to do.
func untilDone(ctx context.Context, logger *slog.Logger, task string, batch func(context.Context) (more bool, err error)) {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = batch(ctx); err != nil && ctx.Err() == nil {
			logger.Error(task, "error", err.Error())
		}
	}
}
