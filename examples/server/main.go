// Command server is a complete media service: mediakit's routes, its schema
// migrated at start, health, metrics and a sweep.
//
//	go run ./examples/server
//
// keeps all in ./data: rows in SQLite, bytes in files. On PostgreSQL and S3:
//
//	MEDIA_DATABASE_URL=postgres://… MEDIA_S3_BUCKET=media AWS_REGION=eu-central-1 go run ./examples/server
//
// With the argument doctor it tries instead what its store of bytes enforces, as
// clients reach it, and fails where that isn't enough: it stores a few tiny objects,
// which it removes. With reconcile it lists where rows and bytes disagree, and changes
// nothing. Either takes the same settings.
//
// It is set up by environment variables alone; the README lists them. It ends on
// SIGTERM or an interrupt, once the requests that run are answered; a second one
// ends it at once.
package main

import (
	"context"
	"errors"
	"expvar"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/seed-f0df946f/mediakit/httpapi/expvarmetrics"
)

// startTimeout is for the database to answer and to be migrated.
const startTimeout = 30 * time.Second

const usage = `usage: server             serve until SIGTERM or an interrupt
       server doctor      try what the store of bytes enforces
       server reconcile   list where rows and bytes disagree
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, stop)
	var err error
	switch environ := env.ToMap(os.Environ()); strings.Join(os.Args[1:], " ") {
	case "":
		metrics := new(expvarmetrics.Metrics)
		expvar.Publish("media", metrics)
		expvar.Publish("runtime", expvar.Func(readRuntime))
		err = run(ctx, environ, metrics, os.Stdout, os.Stderr)
	case "doctor":
		err = doctor(ctx, environ, os.Stdout, os.Stderr)
	case "reconcile":
		err = reconcile(ctx, environ, os.Stdout, os.Stderr)
	default:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until ctx ends. stdout gets the log, stderr what a person at the
// terminal wants to know.
func run(ctx context.Context, environ map[string]string, metrics *expvarmetrics.Metrics, stdout, stderr io.Writer) (err error) {
	s, err := readSettings(environ)
	if err != nil {
		return err
	}
	logger := newLogger(stdout, s.LogFormat, s.LogLevel)
	public, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return err
	}
	defer public.Close()
	s.settlePublicURL(public)
	starting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	svc, err := compose(starting, s, metrics, logger)
	if err != nil {
		return err
	}
	sweeping, stopSweeping := context.WithCancel(ctx)
	var sweeper sync.WaitGroup
	defer func() {
		stopSweeping()
		sweeper.Wait()
		err = errors.Join(err, svc.close())
	}()
	listening := logger.With("addr", public.Addr().String(), "database", svc.database, "blobs", svc.blobs)
	sites := []*site{newSite(public, svc.public, logger)}
	if s.AdminAddr != "" {
		admin, err := net.Listen("tcp", s.AdminAddr)
		if err != nil {
			return err
		}
		listening = listening.With("admin", admin.Addr().String())
		sites = append(sites, newSite(admin, svc.admin, logger))
	}
	sweeper.Go(func() { svc.sweep(sweeping, time.Duration(s.SweepInterval), logger) })
	greet(stderr, s, svc)
	listening.Info("listening")
	return serve(ctx, sites, svc.health, logger)
}

// settlePublicURL fills it in where it isn't set, by the port of a listener or, where
// there is none, of the address that is set.
func (s *settings) settlePublicURL(listener net.Listener) {
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	if s.PublicURL != "" {
		return
	}
	addr := s.Addr
	if listener != nil {
		addr = listener.Addr().String()
	}
	_, port, _ := net.SplitHostPort(addr)
	s.PublicURL = "http://localhost:" + port
}

// greet tells a person where it listens, on what it runs, and how to begin.
func greet(w io.Writer, s settings, svc *service) {
	fmt.Fprintf(w, "mediakit on %s\n  rows:  %s\n  bytes: %s\n\n  curl %s/media\n\n", s.PublicURL, svc.database, svc.blobs, s.PublicURL)
}
