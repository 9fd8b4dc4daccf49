package main

import (
	"context"
	"log/slog"
	"time"
)

// sweep sweeps every interval until ctx ends, and at once again while there is
// more to do; an interval of 0 turns it off.
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
		for more := true; more && ctx.Err() == nil; {
			report, err := svc.media.Sweep(ctx)
			if err != nil && ctx.Err() == nil {
				logger.Error("sweep", "error", err.Error())
			}
			more = report.More
		}
	}
}
