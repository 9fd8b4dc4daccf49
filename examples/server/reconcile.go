package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// reconcile prints where rows and bytes disagree. Each line holds the problem, the object
// key, the media's id and what differs, with tabs between them. It returns an error if it
// found any. It changes nothing, and the server may run meanwhile.
func reconcile(ctx context.Context, environ map[string]string, stdout, stderr io.Writer) (err error) {
	s, err := readSettings(environ)
	if err != nil {
		return err
	}
	if s.DatabaseURL == "" {
		if _, err := os.Stat(s.databaseFile()); err != nil {
			return err // rather than make an empty one
		}
	}
	s.settlePublicURL(nil)
	logger := newLogger(stderr, s.LogFormat, s.LogLevel)
	warnOfUnknown(environ, logger)
	blobs, err := openBlobs(ctx, s, s.PublicURL+"/blobs", logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, blobs.close()) }()
	starting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	store, _, err := openDatabase(starting, s, logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	service, err := media.NewService(store.Media(), blobs, s.mediaOptions())
	if err != nil {
		return err
	}
	found := 0
	for finding, err := range service.Reconcile(ctx, media.ReconcileOptions{}) {
		if err != nil {
			return err
		}
		found++
		if finding.Err != nil {
			logger.Warn("an object can't be read", "object_key", finding.Object.Key, "error", finding.Err)
		}
		if err := printFinding(stdout, finding); err != nil {
			return err
		}
	}
	if found > 0 {
		return fmt.Errorf("%d found", found)
	}
	fmt.Fprintln(stderr, "0 found")
	return nil
}

// printFinding prints '-' for what there is nothing to tell of.
func printFinding(w io.Writer, f media.Finding) error {
	id, differs := "-", "-"
	if f.MediaID != uuid.Nil {
		id = f.MediaID.String()
	}
	if f.Differs != "" {
		differs = string(f.Differs)
	}
	_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Problem, f.Object.Key, id, differs)
	return err
}
