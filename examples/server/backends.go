package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/seed-f0df946f/mediakit/blob/blobprobe"
	"github.com/seed-f0df946f/mediakit/blob/fileblob"
	"github.com/seed-f0df946f/mediakit/blob/s3blob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
	"github.com/seed-f0df946f/mediakit/storage/sqlite"
)

// openDatabase opens the store of rows. name is what a person calls it.
func openDatabase(ctx context.Context, s settings, logger *slog.Logger) (store *storage.Store, name string, err error) {
	if s.DatabaseURL != "" {
		store, err = postgres.Open(ctx, s.DatabaseURL, &postgres.Options{Pooled: s.DatabasePooled})
		if err != nil {
			return nil, "", err
		}
		if s.DatabasePooled {
			if err := warnIfUnlimited(ctx, store, logger); err != nil {
				return nil, "", errors.Join(err, store.Close())
			}
		}
		return store, "PostgreSQL", nil
	}
	if err := errors.Join(s.makeDataDir(logger), s.makeDatabaseFile(logger)); err != nil {
		return nil, "", err
	}
	path := s.databaseFile()
	store, err = sqlite.Open(ctx, path, nil)
	return store, "SQLite, " + path, err
}

// warnIfUnlimited warns if the server has no time-out for a statement or for a lock.
// Through a pooler the service can't set its own.
func warnIfUnlimited(ctx context.Context, store *storage.Store, logger *slog.Logger) error {
	statement, lock, err := postgres.Limits(ctx, store.DB())
	for name, limit := range map[string]time.Duration{"statement_timeout": statement, "lock_timeout": lock} {
		if err == nil && limit == 0 {
			logger.Warn("the database has no limit; set one with ALTER ROLE or ALTER DATABASE", "setting", name)
		}
	}
	return err
}

// databaseFile is the path of SQLite's file.
func (s *settings) databaseFile() string { return filepath.Join(s.DataDir, "media.db") }

// blobs is the store of bytes.
type blobs struct {
	media.BlobStore
	name    string       // what a person calls it
	handler http.Handler // serves its signed URLs; nil if the store does so itself
	probe   func(context.Context, *blobprobe.Options) (blobprobe.Report, error)
	close   func() error
}

// openBlobs opens the store of bytes. It calls no other machine. base is the URL
// of the local disk's handler.
func openBlobs(ctx context.Context, s settings, base string, logger *slog.Logger) (*blobs, error) {
	if s.S3Bucket != "" {
		store, err := openS3(ctx, s)
		if err != nil {
			return nil, err
		}
		return &blobs{store, "S3, bucket " + s.S3Bucket, nil, store.Probe, func() error { return nil }}, nil
	}
	if err := s.makeDataDir(logger); err != nil {
		return nil, err
	}
	secret, err := keepSecret(s.DataDir, logger)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(s.DataDir, "blobs")
	store, err := fileblob.New(dir, s.diskOptions(base, secret, logger))
	if err != nil {
		return nil, err
	}
	probe := func(ctx context.Context, opts *blobprobe.Options) (blobprobe.Report, error) {
		return blobprobe.Run(ctx, store, opts)
	}
	return &blobs{store, "local disk, " + dir, store, probe, store.Close}, nil
}

// diskOptions configures the local disk. An upload ends while the service still waits for
// it: whatever arrived after the last delete of its object would stay for ever.
func (s *settings) diskOptions(base string, secret []byte, logger *slog.Logger) *fileblob.Options {
	return &fileblob.Options{
		BaseURL: base, Secret: secret, MaxUploadTime: time.Duration(s.TransferGrace), Logger: logger,
	}
}

// openS3 makes the S3 clients: one that calls the store and, if its users reach it by
// another host, one that signs for that host.
func openS3(ctx context.Context, s settings) (*s3blob.Store, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	if cfg.Region == "" {
		return nil, errors.New("AWS_REGION is not set")
	}
	pathStyle := func(o *s3.Options) { o.UsePathStyle = o.UsePathStyle || s.S3PathStyle }
	var options s3blob.Options
	if s.S3PublicEndpoint != "" {
		public := func(o *s3.Options) { o.BaseEndpoint = aws.String(s.S3PublicEndpoint) }
		options.Public = s3.NewFromConfig(cfg, public, s3blob.Configure, pathStyle)
	}
	return s3blob.New(s3.NewFromConfig(cfg, s3blob.Configure, pathStyle), s.S3Bucket, &options)
}
