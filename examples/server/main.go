// Command server is a complete media service: mediakit's routes, its schema
// migrated at start, health, metrics and a sweep.
//
//	go run ./examples/server
//
// keeps all in ./data: rows in SQLite, bytes in files. On PostgreSQL and S3:
//
//	MEDIA_DATABASE_URL=postgres://… MEDIA_S3_BUCKET=media AWS_REGION=eu-central-1 go run ./examples/server
//
// server doctor tries what the store of bytes enforces, as clients reach it, and fails if
// that isn't enough. It stores a few tiny objects and removes them. server reconcile lists
// where rows and bytes disagree, changes nothing, and fails if it found any. Both take the
// same settings.
//
// All settings are environment variables; the README lists them. On SIGTERM or an
// interrupt the server answers the requests that run, for up to 27 seconds, and ends; on
// a second one it ends at once.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/caarlos0/env/v11"
)

// startTimeout is how long the database may take to answer and to be migrated.
const startTimeout = 30 * time.Second

const usage = `usage: server             serve until SIGTERM or an interrupt
       server doctor      try what the store of bytes enforces
       server reconcile   list where rows and bytes disagree: problem, object key,
                          media id and what differs, with tabs between them

doctor and reconcile exit with 1 if something is wrong.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, stop)
	var err error
	switch environ := env.ToMap(os.Environ()); strings.Join(os.Args[1:], " ") {
	case "":
		p := program{environ: environ, vars: newVars(), pace: usualPace, stdout: os.Stdout, stderr: os.Stderr}
		p.vars.publish()
		err = p.run(ctx)
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

// program is the server and what it is given.
type program struct {
	environ map[string]string
	vars    *vars
	pace    pace
	stdout  io.Writer // gets the log
	stderr  io.Writer // gets what a person at the terminal wants to know
}

// run serves until ctx ends.
func (p *program) run(ctx context.Context) error {
	s, err := readSettings(p.environ)
	if err != nil {
		return err
	}
	logger := newLogger(p.stdout, s.LogFormat, s.LogLevel)
	warnOfUnknown(p.environ, logger)
	listeners, err := listen(s.Addr, s.AdminAddr)
	if err != nil {
		return err
	}
	for _, l := range listeners {
		defer l.Close() // if the start fails, nobody else does
	}
	s.settlePublicURL(listeners[0])
	starting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	svc, err := compose(starting, s, p.vars, logger)
	if err != nil {
		return err
	}
	listening := logger.With("addr", listeners[0].Addr().String(), "database", svc.database, "blobs", svc.blobs)
	refuse := watch(misdirected, "other", logger, &p.vars.requests)
	var sites []*site
	for i, l := range listeners {
		handler := svc.public
		if i > 0 {
			handler = svc.admin
			listening = listening.With("admin", l.Addr().String())
		}
		sites = append(sites, newSite(l, onlyOwnHosts(l, s.PublicURL, handler, refuse), logger))
	}
	greet(p.stderr, s, svc)
	listening.Info("listening")
	return svc.run(ctx, sites, time.Duration(s.SweepInterval), p.pace, logger)
}

// listen listens on the public address and then on that for operators, if there is one.
func listen(public, admin string) (listeners []net.Listener, err error) {
	addrs := [][2]string{{"MEDIA_ADDR", public}}
	if admin != "" {
		addrs = append(addrs, [2]string{"MEDIA_ADMIN_ADDR", admin})
	}
	for _, addr := range addrs {
		l, err := net.Listen("tcp", addr[1])
		if err != nil {
			for _, l := range listeners {
				_ = l.Close() // it has served nobody
			}
			return nil, fmt.Errorf("%s: %w", addr[0], err)
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

// run serves and sweeps until ctx ends, and closes the stores once nobody uses them.
func (svc *service) run(ctx context.Context, sites []*site, interval time.Duration, p pace, logger *slog.Logger) error {
	sweeping, stopSweeping := context.WithCancel(ctx)
	var sweeper sync.WaitGroup
	sweeper.Go(func() { svc.sweep(sweeping, interval, logger) })
	err := serve(ctx, sites, svc.health, p, logger)
	stopSweeping()
	sweeper.Wait()
	return errors.Join(err, svc.close())
}

// settlePublicURL fills in the public URL if it isn't set. The port is the listener's or,
// without one, that of the address in the settings.
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

// greet tells a person where the server listens, on what it runs, and how to begin.
func greet(w io.Writer, s settings, svc *service) {
	fmt.Fprintf(w, "mediakit on %s\n  rows:  %s\n  bytes: %s\n\n  curl %s/media\n\n", s.PublicURL, svc.database, svc.blobs, s.PublicURL)
}
