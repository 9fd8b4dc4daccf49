// Command server is a complete media service on PostgreSQL and S3: mediakit's
// routes, its schema migrated at start, and livez.
//
//	MEDIA_DATABASE_URL=postgres://… MEDIA_S3_BUCKET=media AWS_REGION=eu-central-1 go run ./examples/server
//
// It is set up by environment variables alone; the README lists them. It ends on
// SIGTERM or an interrupt, once the requests that run are answered.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/caarlos0/env/v11"
)

const (
	startTimeout = 30 * time.Second // for the database to answer and to be migrated
	drainTimeout = 30 * time.Second // for the requests that run when the service is told to end
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, env.ToMap(os.Environ()), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, environ map[string]string, stdout io.Writer) error {
	s, err := readSettings(environ)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewJSONHandler(stdout, &slog.HandlerOptions{Level: s.LogLevel}))
	starting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	service, err := compose(starting, s, logger)
	if err != nil {
		return err
	}
	defer service.close()
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return err
	}
	logger.Info("listening", "addr", listener.Addr().String())
	return serve(ctx, listener, service.handler, logger)
}

// serve answers until ctx ends, and then what still runs.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, logger *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	logger.Info("draining")
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := server.Shutdown(draining); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}
