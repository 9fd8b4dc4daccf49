package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	// drainNotice is for a gateway to see that readyz says so before the
	// listener closes.
	drainNotice = 2 * time.Second
	// drainTimeout is for the requests that run when the service is told to end.
	drainTimeout = 28 * time.Second
)

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

// serve answers until ctx ends or a site fails, and then what still runs.
func serve(ctx context.Context, sites []*site, h *health, logger *slog.Logger) error {
	ended := make(chan error, len(sites))
	for _, s := range sites {
		go func() { ended <- s.server.Serve(s.listener) }()
	}
	select {
	case err := <-ended:
		return errors.Join(err, shutDown(ctx, sites))
	case <-ctx.Done():
	}
	logger.Info("draining")
	h.draining.Store(true)
	select {
	case <-ended:
	case <-time.After(drainNotice):
	}
	return shutDown(ctx, sites)
}

// shutDown closes the listeners, waits for what runs, and cuts off what takes
// too long.
func shutDown(ctx context.Context, sites []*site) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	var errs []error
	for _, s := range sites {
		if err := s.server.Shutdown(ctx); err != nil {
			errs = append(errs, err, s.server.Close())
		}
	}
	return errors.Join(errs...)
}
