package memblob_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/blobtest"
	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
)

func TestContract(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blobtest.Harness {
		now := func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 123456000, time.UTC) }
		store := memblob.New(&memblob.Options{Now: now})
		server := httptest.NewServer(store)
		t.Cleanup(server.Close)
		store.SetBaseURL(server.URL)
		return blobtest.Harness{Store: store, Now: now, Plant: func(t *testing.T, stray blobtest.Stray) { plant(store, stray) }}
	})
}

func plant(store *memblob.Store, stray blobtest.Stray) {
	info := media.Info{ContentType: stray.ContentType}
	if stray.ContentEncoding != "" {
		info.Unexpected = []string{"content-encoding"}
	}
	store.Plant(stray.Key, info, stray.Content)
}
