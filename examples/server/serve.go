package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// pace is how long the service takes to end.
type pace struct {
	// notice is for a gateway to learn from readyz that it must send no more, before
	// the listeners close.
	notice time.Duration
	// limit is for the requests that still run then.
	limit time.Duration
}

// usualPace stays below the 30 s after which many supervisors kill a process.
var usualPace = pace{notice: 2 * time.Second, limit: 25 * time.Second}

// site is a server and where it listens.
type site struct {
	listener net.Listener
	server   *http.Server
}

func newSite(listener net.Listener, handler http.Handler, logger *slog.Logger) *site {
	return &site{listener, &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}}
}

// serve answers requests until ctx ends or a site fails, and then lets those end that
// still run. It fails only with a site: to be told to end is no failure, even if a
// client has to be cut off.
func serve(ctx context.Context, sites []*site, h *health, p pace, logger *slog.Logger) error {
	ended := make(chan error, len(sites))
	for _, s := range sites {
		go func() { ended <- s.server.Serve(s.listener) }()
	}
	select {
	case err := <-ended:
		return errors.Join(err, shutDown(ctx, sites, p.limit, logger))
	case <-ctx.Done():
	}
	logger.Info("draining")
	h.draining.Store(true)
	select {
	case <-ended:
	case <-time.After(p.notice):
	}
	return shutDown(ctx, sites, p.limit, logger)
}

// shutDown closes the listeners, waits for the requests that run, and cuts off those
// that take longer than the limit.
func shutDown(ctx context.Context, sites []*site, limit time.Duration, logger *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	var errs []error
	for _, s := range sites {
		err := s.server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			logger.Warn("cutting off requests that take too long", "after", limit.String())
			err = s.server.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
