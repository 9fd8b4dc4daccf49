package integration_test

import (
	"crypto/sha256"
	"errors"
	"sync"
	"testing"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
	"github.com/seed-f0df946f/mediakit/tags"
)

// TestFinalizeThousandAtOnce holds I4 and I5 on PostgreSQL: one transition, and
// every call succeeds. The bytes are in memory, so that the race is the database's.
func TestFinalizeThousandAtOnce(t *testing.T) {
	t.Parallel()
	store, err := postgres.Open(t.Context(), newPostgres(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	blobs := memblob.New(nil)
	service, err := media.NewService(store.Media(), blobs, nil)
	if err != nil {
		t.Fatal(err)
	}
	content := sample(t, "sample.png")
	v, err := service.Create(t.Context(), media.CreateInput{
		Filename: "a.png", ContentType: "image/png", Size: int64(len(content)), SHA256: sha256.Sum256(content),
	})
	if err != nil {
		t.Fatal(err)
	}
	blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, content)

	var group sync.WaitGroup
	views, errs := make([]media.View, 1000), make([]error, 1000)
	for i := range views {
		group.Go(func() { views[i], errs[i] = service.Finalize(t.Context(), v.ID) })
	}
	group.Wait()
	for i, got := range views {
		if errs[i] != nil || got.State != media.StateReady || got.Version != 2 || !got.ReadyAt.Equal(views[0].ReadyAt) {
			t.Fatalf("call %d: version %d, ready at %v, %v; want one transition, to version 2", i, got.Version, got.ReadyAt, errs[i])
		}
	}
}

func TestCreateTagHundredAtOnce(t *testing.T) {
	t.Parallel()
	store, err := postgres.Open(t.Context(), newPostgres(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	service := tags.NewService(store.Tags(), nil)
	var group sync.WaitGroup
	errs := make([]error, 100)
	for i := range errs {
		group.Go(func() { _, errs[i] = service.Create(t.Context(), "Sunset") })
	}
	group.Wait()
	created := 0
	for _, err := range errs {
		switch {
		case err == nil:
			created++
		case !errors.Is(err, tags.ErrExists):
			t.Error(err)
		}
	}
	if created != 1 {
		t.Errorf("%d creates succeeded; want 1", created)
	}
}
