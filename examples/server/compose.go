package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/seed-f0df946f/mediakit/blob/s3blob"
	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
	"github.com/seed-f0df946f/mediakit/tags"
)

type service struct {
	handler http.Handler
	close   func() error
}

// compose puts the parts together: store, bytes, services, routes. It is what a
// host app does with its own parts.
func compose(ctx context.Context, s settings, logger *slog.Logger) (*service, error) {
	blobs, err := openBlobs(ctx, s)
	if err != nil {
		return nil, err
	}
	store, err := postgres.Open(ctx, s.DatabaseURL, nil)
	if err != nil {
		return nil, err
	}
	handler, err := func() (http.Handler, error) {
		if err := migrations.Up(ctx, store.DB()); err != nil {
			return nil, err
		}
		mediaService, err := media.NewService(store.Media(), blobs, s.mediaOptions())
		if err != nil {
			return nil, err
		}
		return httpapi.New(httpapi.Config{
			Media:  mediaService,
			Tags:   tags.NewService(store.Tags(), nil),
			Logger: logger,
		})
	}()
	if err != nil {
		return nil, errors.Join(err, store.DB().Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", livez)
	mux.Handle("/", handler)
	return &service{handler: mux, close: store.DB().Close}, nil
}

// livez answers while the process lives, whatever its neighbours do.
func livez(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"status":"ok"}` + "\n"))
}

// openBlobs makes the S3 clients: one that calls the store, and where clients
// reach it by another host, one that signs for that host.
func openBlobs(ctx context.Context, s settings) (*s3blob.Store, error) {
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
