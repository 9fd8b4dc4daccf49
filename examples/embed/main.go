// Command embed is a host app that uses the library. It has its own mux, pool of
// connections and table, and a route that stores a row of that table, a media and its tags
// in one transaction.
//
//	ADDR=:8080 DATABASE_URL=postgres://… BUCKET=media AWS_REGION=eu-central-1 go run ./examples/embed
//
// The library's routes are under /api/media. The host's own route is /posts.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/seed-f0df946f/mediakit/blob/s3blob"
	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/tags"
)

const mediaPath = "/api/media"

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	db, err := openDB(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer db.Close()
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	blobs, err := s3blob.New(s3.NewFromConfig(cfg, s3blob.Configure), os.Getenv("BUCKET"), nil)
	if err != nil {
		return err
	}
	mediaService, tagService, err := newServices(db, blobs)
	if err != nil {
		return err
	}
	api, err := httpapi.New(httpapi.Config{Media: mediaService, Tags: tagService, BasePath: mediaPath})
	if err != nil {
		return err
	}
	go sweep(ctx, mediaService, tagService)
	mux := http.NewServeMux()
	mux.Handle(mediaPath+"/", api)
	mux.Handle("POST /posts", &posts{db, blobs})
	server := http.Server{Addr: os.Getenv("ADDR"), Handler: mux, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second}
	return server.ListenAndServe()
}

// openDB makes the host's pool, and the tables of host and library.
func openDB(ctx context.Context, dsn string) (*bun.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("DATABASE_URL is no DSN of PostgreSQL's") // the cause quotes it
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // what package storage wants of a pool
	db := bun.NewDB(stdlib.OpenDB(*config), pgdialect.New())
	if err := migrations.Up(ctx, db); err != nil {
		return nil, err
	}
	_, err = db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS posts (media_id uuid PRIMARY KEY, title text NOT NULL)")
	return db, err
}

// newServices makes the library's services, over the host's pool.
func newServices(db *bun.DB, blobs media.BlobStore) (*media.Service, *tags.Service, error) {
	store, err := storage.New(db, &storage.Options{ExecMode: pgx.QueryExecModeCacheStatement})
	if err != nil {
		return nil, nil, err
	}
	mediaService, err := media.NewService(store.Media(), blobs, nil)
	if err != nil {
		return nil, nil, err
	}
	tagService, err := tags.NewService(store.Tags(), nil)
	return mediaService, tagService, err
}

// sweep does every minute what no request waits for.
func sweep(ctx context.Context, mediaService *media.Service, tagService *tags.Service) {
	for range time.Tick(time.Minute) {
		if _, err := mediaService.Sweep(ctx); err != nil {
			log.Print(err)
		}
		if err := tagService.Recount(ctx); err != nil {
			log.Print(err)
		}
	}
}
