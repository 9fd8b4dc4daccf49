package media_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// TestDeletedStaysDeleted: an upload's URL may outlive its media. What it stores again
// isn't handed out by the old download's URL, and goes with the last delete.
func TestDeletedStaysDeleted(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	b.upload(t, v, png)
	ready, err := b.Finalize(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	if status := send(t, *ready.Download, nil); status != http.StatusOK {
		t.Fatalf("download: status %d, want 200", status)
	}
	if err := b.Delete(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.Purge(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	b.upload(t, v, png)
	if status := send(t, *ready.Download, nil); status != http.StatusNotFound {
		t.Errorf("download after a delete and another upload: status %d, want 404", status)
	}
	b.turn(3 * time.Hour)
	if _, err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, _, err := b.blobs.List(t.Context(), "", ""); err != nil || len(left) > 0 {
		t.Errorf("after the last delete the store holds %v, %v", left, err)
	}
}
