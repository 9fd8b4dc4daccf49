// Command embed is a host app with media in it: a mux, a pool of connections and a
// table of its own, and a route that stores a row of that table, a media and its
// tags in one transaction.
//
//	ADDR=:8080 DATABASE_URL=postgres://… BUCKET=media AWS_REGION=eu-central-1 go run ./examples/embed
//
// Media and tags answer under /api/media; posts, which are the host's, under /posts.
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
	api, err := newMediaAPI(db, blobs)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(mediaPath+"/", api)
	mux.Handle("POST /posts", &posts{db, blobs})
	server := http.Server{Addr: os.Getenv("ADDR"), Handler: mux, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second}
	return server.ListenAndServe()
}

// openDB makes the host's pool, and in its database the tables of both.
func openDB(ctx context.Context, dsn string) (*bun.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("DATABASE_URL is no DSN of PostgreSQL's") // the cause quotes it
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // as package storage asks of a pool
	db := bun.NewDB(stdlib.OpenDB(*config), pgdialect.New())
	if err := migrations.Up(ctx, db); err != nil {
		return nil, err
	}
	_, err = db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS posts (media_id uuid PRIMARY KEY, title text NOT NULL)")
	return db, err
}

// newMediaAPI makes the routes of media and tags, over the host's pool.
func newMediaAPI(db *bun.DB, blobs media.BlobStore) (http.Handler, error) {
	store, err := storage.New(db, &storage.Options{ExecMode: pgx.QueryExecModeCacheStatement})
	if err != nil {
		return nil, err
	}
	service, err := media.NewService(store.Media(), blobs, nil)
	if err != nil {
		return nil, err
	}
	tagService, err := tags.NewService(store.Tags(), nil)
	if err != nil {
		return nil, err
	}
	return httpapi.New(httpapi.Config{Media: service, Tags: tagService, BasePath: mediaPath})
}
