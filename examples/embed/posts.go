package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"strings"

	"github.com/uptrace/bun"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
)

// posts answers POST /posts. A post is a title with a picture or a video.
type posts struct {
	db    *bun.DB
	blobs media.BlobStore
}

// newPost is what a client sends.
type newPost struct {
	Title       string   `json:"title"`
	Filename    string   `json:"filename"`
	ContentType string   `json:"content_type"`
	Size        int64    `json:"size"`
	SHA256      string   `json:"sha256"`
	Tags        []string `json:"tags"`
}

// ServeHTTP implements [http.Handler]. Its answer holds the request that uploads the bytes,
// and the media's id with which the client finalizes it under /api/media.
func (p *posts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in newPost
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&in)
	if err != nil || in.Title == "" || strings.Contains(in.Title, "\x00") { // no database takes a NUL
		http.Error(w, "this is no post", http.StatusBadRequest)
		return
	}
	created, err := p.create(r.Context(), in)
	var invalid *media.InvalidError
	switch {
	case errors.As(err, &invalid):
		reply(w, http.StatusUnprocessableEntity, map[string]any{"errors": invalid.Fields})
	case err != nil:
		log.Print(err)
		http.Error(w, "try again later", http.StatusInternalServerError)
	default:
		upload := created.Upload.Requests[0]
		reply(w, http.StatusCreated, map[string]any{
			"media_id": created.ID, "method": upload.Method, "url": upload.URL, "headers": upload.Headers,
		})
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store") // whoever reads the upload's URL can use it
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // if this fails the client is gone
}

// create stores the post, its media and the media's tags, or none of them. To create a
// media calls no blob store, so it may be part of a transaction.
func (p *posts) create(ctx context.Context, in newPost) (created media.View, err error) {
	digest, _ := media.ParseDigest(in.SHA256) // a text that is no digest becomes zero, which Create refuses
	err = p.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		store, err := storage.New(tx, nil)
		if err != nil {
			return err
		}
		service, err := media.NewService(store.Media(), p.blobs, nil)
		if err != nil {
			return err
		}
		created, err = service.Create(ctx, media.CreateInput{
			Filename: in.Filename, ContentType: in.ContentType, Size: in.Size, SHA256: digest, Tags: in.Tags,
		})
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO posts (media_id, title) VALUES (?, ?)", created.ID, in.Title)
		return err
	})
	return created, err
}
