package integration_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/seed-f0df946f/mediakit/blob/fileblob"
	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/sqlite"
	"github.com/seed-f0df946f/mediakit/tags"
)

// TestFinalizeThousandAtOnce holds I4 and I5: one transition, and every call succeeds.
// With the bytes in memory the race is the database's alone.
func TestFinalizeThousandAtOnce(t *testing.T) {
	t.Parallel()
	memory := func(*testing.T) media.BlobStore { return memblob.New(nil) }
	for name, on := range map[string]struct {
		rows  func(*testing.T) *storage.Store
		bytes func(*testing.T) media.BlobStore
	}{
		"PostgreSQL":        {onPostgres, memory},
		"PostgreSQL and S3": {onPostgres, onS3},
		"SQLite":            {onSQLite, memory},
		"SQLite and disk":   {onSQLite, onDisk},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testFinalizeThousandAtOnce(t, on.rows(t), on.bytes(t))
		})
	}
}

func onPostgres(t *testing.T) *storage.Store { return openStore(t, patiently(newPostgres(t)), nil) }

func onSQLite(t *testing.T) *storage.Store {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "media.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := migrations.Up(t.Context(), store.DB()); err != nil {
		t.Fatal(err)
	}
	return store
}

func onS3(t *testing.T) media.BlobStore {
	client, bucket := newBucket(t)
	return newS3Blob(t, fewConnections(client), bucket)
}

func onDisk(t *testing.T) media.BlobStore {
	store, err := fileblob.New(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func testFinalizeThousandAtOnce(t *testing.T, store *storage.Store, blobs media.BlobStore) {
	service, err := media.NewService(store.Media(), blobs, nil)
	if err != nil {
		t.Fatal(err)
	}
	content := sample(t, "sample.png")
	upload := media.Upload{ContentType: "image/png", Size: int64(len(content)), SHA256: sha256.Sum256(content)}
	v, err := service.Create(t.Context(), media.CreateInput{
		Filename: "a.png", ContentType: upload.ContentType, Size: upload.Size, SHA256: upload.SHA256,
	})
	if err != nil {
		t.Fatal(err)
	}
	upload.Key = v.ObjectKey
	if err := blobs.Put(t.Context(), upload, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}

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

// fewConnections returns the client with as many connections as a service has, which
// are kept: a thousand callers then share them rather than dial a thousand.
func fewConnections(client *s3.Client) *s3.Client {
	return s3.New(client.Options(), func(o *s3.Options) {
		o.HTTPClient = awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxConnsPerHost, t.MaxIdleConnsPerHost = 64, 64
		})
	})
}

func TestCreateTagHundredAtOnce(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *storage.Store{"PostgreSQL": onPostgres, "SQLite": onSQLite} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testCreateTagHundredAtOnce(t, open(t))
		})
	}
}

func testCreateTagHundredAtOnce(t *testing.T, store *storage.Store) {
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
