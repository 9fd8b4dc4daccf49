package integration_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// onEachPair runs a test on rows and bytes of each kind. With the bytes in memory what
// is raced for is the database's alone.
func onEachPair(t *testing.T, test func(*testing.T, *storage.Store, media.BlobStore)) {
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
			test(t, on.rows(t), on.bytes(t))
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

// TestFinalizeThousandAtOnce holds I4 and I5: one transition, and every call succeeds.
func TestFinalizeThousandAtOnce(t *testing.T) { onEachPair(t, testFinalizeThousandAtOnce) }

func testFinalizeThousandAtOnce(t *testing.T, store *storage.Store, blobs media.BlobStore) {
	service, err := media.NewService(store.Media(), blobs, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := createUploaded(t, service, blobs)

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

// createUploaded returns a pending media whose bytes are in the store.
func createUploaded(t *testing.T, service *media.Service, blobs media.BlobStore) media.View {
	t.Helper()
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
	return v
}

// TestSweepRaced holds I7, I8 and I10: sweeps, finalizes and deletes of the same media
// at once, when their time is up. One of them decides about each media: those whose bytes
// came become ready, whoever was first, and keep them. Nobody else's bytes stay.
func TestSweepRaced(t *testing.T) { onEachPair(t, testSweepRaced) }

func testSweepRaced(t *testing.T, store *storage.Store, blobs media.BlobStore) {
	var late atomic.Int64 // how late it is, in hours
	service, err := media.NewService(store.Media(), blobs, &media.Options{
		Now: func() time.Time { return time.Now().Add(time.Duration(late.Load()) * time.Hour) },
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []media.View
	for range 60 {
		all = append(all, createUploaded(t, service, blobs))
	}
	empty := func(i int) bool { return i%4 == 1 }
	for i, v := range all {
		if empty(i) {
			if err := blobs.Delete(t.Context(), v.ObjectKey); err != nil {
				t.Fatal(err)
			}
		}
	}
	late.Store(25)

	var group sync.WaitGroup
	deleted := make([]bool, len(all)) // by the first client
	for range 4 {
		group.Go(func() { sweepAll(t, service) })
	}
	for client := range 3 {
		group.Go(func() {
			for i := range slices.Backward(all) { // sweeps begin with the oldest: they meet
				var err error
				if client == 0 && i%3 == 0 {
					err, deleted[i] = service.Delete(t.Context(), all[i].ID), true
				} else {
					_, err = service.Finalize(t.Context(), all[i].ID)
				}
				if err != nil && !errors.Is(err, media.ErrNotFound) && (!empty(i) || !errors.Is(err, media.ErrUploadExpired)) {
					t.Errorf("client %d, media %d: %v", client, i, err)
				}
			}
		})
	}
	group.Wait()
	late.Store(28) // no URL lives any longer
	sweepAll(t, service)

	for i, v := range all {
		got, err := service.Get(t.Context(), v.ID, media.GetOptions{})
		if deleted[i] != errors.Is(err, media.ErrNotFound) || err != nil && !deleted[i] {
			t.Errorf("media %d, deleted %t: %v", i, deleted[i], err)
		}
		want := media.StateReady
		if empty(i) {
			want = media.StateFailed
		}
		if !deleted[i] && got.State != want {
			t.Errorf("media %d is %q; want %q", i, got.State, want)
		}
		info, err := blobs.Stat(t.Context(), v.ObjectKey)
		if ready := got.State == media.StateReady; ready && (err != nil || info.Size != v.Size) || !ready && !errors.Is(err, media.ErrNoObject) {
			t.Errorf("media %d is %q, and its object: %+v, %v", i, got.State, info, err)
		}
	}
	for finding, err := range service.Reconcile(t.Context(), media.ReconcileOptions{MinAge: time.Nanosecond}) {
		t.Errorf("found %+v, %v", finding, err)
	}
}

// sweepAll sweeps until nothing is left to be done at once.
func sweepAll(t *testing.T, service *media.Service) {
	for more := true; more; {
		report, err := service.Sweep(t.Context())
		if err != nil {
			t.Errorf("sweep: %v", err)
		}
		more = report.More
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
	service, err := tags.NewService(store.Tags(), nil)
	if err != nil {
		t.Fatal(err)
	}
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
