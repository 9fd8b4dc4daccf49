package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"text/tabwriter"

	"github.com/seed-f0df946f/mediakit/blob/blobprobe"
)

// doctor tries what the store of bytes enforces, as clients reach it, and prints a
// line for each thing that was tried. It returns an error if one is missing that the
// service can't do without. It stores objects of its own, removes them, and touches no
// row.
func doctor(ctx context.Context, environ map[string]string, stdout, stderr io.Writer) (err error) {
	s, err := readSettings(environ)
	if err != nil {
		return err
	}
	var listener net.Listener
	if s.S3Bucket == "" {
		if listener, err = net.Listen("tcp", s.Addr); err != nil {
			fmt.Fprintf(stderr, "asking the server at %s, since the doctor can't listen there itself: %v\n\n", s.Addr, err)
		} else {
			defer listener.Close()
		}
	}
	s.settlePublicURL(listener)
	logger := newLogger(stderr, s.LogFormat, s.LogLevel)
	warnOfUnknown(environ, logger)
	blobs, err := openBlobs(ctx, s, s.PublicURL+"/blobs", logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, blobs.close()) }()
	if listener != nil {
		mux := http.NewServeMux()
		mux.Handle(basePathOf(s.PublicURL)+transferRoute, blobs.handler)
		site := newSite(listener, allowOrigins(s.CORSOrigins, mux), logger)
		go func() { _ = site.server.Serve(listener) }() // it ends when it is closed
		defer site.server.Close()
	}
	fmt.Fprintf(stderr, "bytes: %s\n\n", blobs.name)
	report, err := blobs.probe(ctx, &blobprobe.Options{Prefix: s.KeyPrefix, Origins: s.CORSOrigins})
	return errors.Join(err, printReport(stdout, report), missing(report))
}

// printReport prints a table, and what to do below each line that isn't ok.
func printReport(w io.Writer, report blobprobe.Report) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range report {
		fmt.Fprintf(table, "%s\t%s\t%s\n", line.Name, line.Status, line.Promise)
		if line.Status == blobprobe.OK {
			continue
		}
		if !line.Required {
			line.Found += "; the service works without it"
		}
		fmt.Fprintf(table, "\t\t  %s\n", line.Found)
		if line.Advice != "" && (line.Required || line.Status == blobprobe.No) {
			fmt.Fprintf(table, "\t\t  → %s\n", line.Advice)
		}
	}
	return table.Flush()
}

// missing names the required lines that aren't ok.
func missing(report blobprobe.Report) error {
	var names []string
	for _, line := range report.Missing() {
		names = append(names, line.Name)
	}
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("not ok, though the service needs it: %s", strings.Join(names, ", "))
}
