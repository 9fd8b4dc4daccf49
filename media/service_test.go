package media_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
)

// png is what a sniffer takes for a PNG.
var png = append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40\x00\x00\x00\x30"), make([]byte, 52)...)

// bench is a service over the fakes, with a clock that a test turns.
type bench struct {
	*media.Service
	blobs *memblob.Store
	store *objects // blobs as the service sees them
	rows  media.Repository
	mu    sync.Mutex
	at    time.Time
}

func newBench(t *testing.T, opts media.Options) *bench {
	t.Helper()
	b := &bench{at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	b.blobs = memblob.New(&memblob.Options{Now: b.now})
	server := httptest.NewServer(b.blobs)
	t.Cleanup(server.Close)
	b.blobs.SetBaseURL(server.URL)
	b.store = &objects{BlobStore: b.blobs, deletes: map[string]int{}}
	b.rows = memory.New().Media()
	b.again(t, opts)
	return b
}

// again starts the service anew over the same rows and bytes.
func (b *bench) again(t *testing.T, opts media.Options) {
	t.Helper()
	opts.Now = b.now
	var err error
	if b.Service, err = media.NewService(b.rows, b.store, &opts); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) turn(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

func input(content []byte) media.CreateInput {
	return media.CreateInput{
		Filename: "a.png", ContentType: "image/png",
		Size: int64(len(content)), SHA256: sha256.Sum256(content),
	}
}

func (b *bench) create(t *testing.T, in media.CreateInput) media.View {
	t.Helper()
	v, err := b.Create(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// send makes a signed request and returns the status.
func send(t *testing.T, req media.SignedRequest, body []byte) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), req.Method, req.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range req.Headers {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func (b *bench) upload(t *testing.T, v media.View, content []byte) {
	t.Helper()
	if status := send(t, v.Upload.Requests[0].SignedRequest, content); status/100 != 2 {
		t.Fatalf("upload: status %d", status)
	}
}

func TestFinalizeMakesReadyOnce(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrUploadIncomplete) {
		t.Fatalf("before the upload: %v; want ErrUploadIncomplete", err)
	}
	b.upload(t, v, png)
	b.turn(48 * time.Hour) // however late: nothing has decided yet
	first, err := b.Finalize(t.Context(), v.ID)
	if err != nil || first.State != media.StateReady || first.SHA256Status != media.SHA256Verified || first.Download == nil {
		t.Fatalf("finalize: %+v, %v", first, err)
	}
	b.turn(time.Second)
	again, err := b.Finalize(t.Context(), v.ID)
	if diff := cmp.Diff(first.Media, again.Media); diff != "" || err != nil {
		t.Errorf("finalized again: %v %s", err, diff)
	}
	if status := send(t, *again.Download, nil); status != http.StatusOK {
		t.Errorf("download: status %d", status)
	}
	if _, err := b.SignUpload(t.Context(), v.ID); !errors.Is(err, media.ErrNotPending) {
		t.Errorf("upload of a ready media: %v; want ErrNotPending", err)
	}
}

func TestFinalizeRaced(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	b.upload(t, v, png)
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() {
			if got, err := b.Finalize(t.Context(), v.ID); err != nil || got.Version != 2 {
				t.Errorf("version %d, %v; want one transition, to version 2", got.Version, err)
			}
		})
	}
	group.Wait()
}

func TestFinalizeRejects(t *testing.T) {
	type planted struct {
		info    media.Info
		content []byte
	}
	html := []byte("<!DOCTYPE html><html><script>alert(1)</script></html>")
	for _, c := range []struct {
		name     string
		declared []byte
		stored   planted
		want     media.Failure
	}{
		{"size", png, planted{media.Info{ContentType: "image/png"}, png[1:]}, media.FailureSize},
		{"type", png, planted{media.Info{ContentType: "text/html"}, png}, media.FailureType},
		{"headers", png, planted{media.Info{ContentType: "image/png", Unexpected: []string{"content-encoding"}}, png}, media.FailureHeaders},
		{"sha256", png, planted{media.Info{ContentType: "image/png"}, append(bytes.Clone(png[:len(png)-1]), 1)}, media.FailureSHA256},
		{"content", html, planted{media.Info{ContentType: "image/png"}, html}, media.FailureContent},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, media.Options{})
			v := b.create(t, input(c.declared))
			b.blobs.Plant(v.ObjectKey, c.stored.info, c.stored.content)
			for range 2 { // and the same answer again
				_, err := b.Finalize(t.Context(), v.ID)
				var rejected *media.RejectedError
				if !errors.As(err, &rejected) || rejected.Reason != c.want || !errors.Is(err, media.ErrUploadRejected) {
					t.Fatalf("got %v; want %s", err, c.want)
				}
			}
			if _, err := b.blobs.Stat(t.Context(), v.ObjectKey); !errors.Is(err, media.ErrNoObject) {
				t.Errorf("its object: %v; want ErrNoObject", err)
			}
			failed, err := b.Get(t.Context(), v.ID, media.GetOptions{})
			if err != nil || failed.State != media.StateFailed || failed.Failure != c.want || failed.Download != nil {
				t.Errorf("got %+v, %v", failed, err)
			}
		})
	}
}

func TestFinalizeTakesNoMissingEvidenceForAMatch(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, png)
	if got, err := b.Finalize(t.Context(), v.ID); err != nil || got.SHA256Status != media.SHA256Verified {
		t.Errorf("a small object without a sha256 is read through: %v", err)
	}

	large := append(bytes.Clone(png), make([]byte, 65<<20)...)
	v = b.create(t, input(large))
	b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, large)
	if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrStoreMisconfigured) {
		t.Errorf("a large one: %v; want ErrStoreMisconfigured", err)
	}
	if got, err := b.Get(t.Context(), v.ID, media.GetOptions{}); err != nil || got.State != media.StatePending {
		t.Errorf("it is %s, %v; want pending", got.State, err)
	}
}

func TestFinalizeExpires(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	b.turn(24 * time.Hour)
	for range 2 {
		if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrUploadExpired) {
			t.Errorf("got %v; want ErrUploadExpired", err)
		}
	}
}

func TestDeleteThenPurge(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	b.upload(t, v, png)
	if err := b.Purge(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Finalize(t.Context(), v.ID); err != nil {
		t.Fatalf("a purge of a media that wasn't deleted has removed its bytes: %v", err)
	}
	for _, stale := range []int{-1, 1, 3} { // it is at version 2
		if err := b.DeleteVersion(t.Context(), v.ID, stale); !errors.Is(err, media.ErrVersion) {
			t.Errorf("a delete of version %d: %v", stale, err)
		}
	}
	if err := b.DeleteVersion(t.Context(), v.ID, 2); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"get":      second(b.Get(t.Context(), v.ID, media.GetOptions{})),
		"finalize": second(b.Finalize(t.Context(), v.ID)),
		"upload":   second(b.SignUpload(t.Context(), v.ID)),
		"delete":   b.Delete(t.Context(), v.ID),
		"again":    b.DeleteVersion(t.Context(), v.ID, 2),
	} {
		if !errors.Is(err, media.ErrNotFound) {
			t.Errorf("%s after the delete: %v; want ErrNotFound", what, err)
		}
	}
	if _, err := b.blobs.Stat(t.Context(), v.ObjectKey); err != nil {
		t.Errorf("the delete alone has removed the bytes: %v", err)
	}
	for range 2 {
		if err := b.Purge(t.Context(), v.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.blobs.Stat(t.Context(), v.ObjectKey); !errors.Is(err, media.ErrNoObject) {
		t.Errorf("after the purge: %v; want ErrNoObject", err)
	}

	// A URL signed before the delete may bring the object back; the last purge
	// removes it again, and the row.
	b.upload(t, v, png)
	b.turn(2 * time.Hour)
	if err := b.Purge(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.blobs.Stat(t.Context(), v.ObjectKey); !errors.Is(err, media.ErrNoObject) {
		t.Errorf("after the last purge: %v; want ErrNoObject", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestListWalksAll(t *testing.T) {
	b := newBench(t, media.Options{})
	var want []uuid.UUID
	for range 25 {
		in := input(png)
		in.Tags = []string{"Beach"}
		want = append(want, b.create(t, in).ID)
		b.turn(time.Millisecond)
	}
	var got []uuid.UUID
	in := media.ListInput{Filter: media.Filter{AllTags: []string{"BEACH"}}, Ascending: true, Limit: 10}
	for v, err := range b.All(t.Context(), in) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDownloadURLStandsForAWindow(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	b.upload(t, v, png)
	first, err := b.Finalize(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.turn(4 * time.Minute)
	same, _ := b.Get(t.Context(), v.ID, media.GetOptions{})
	b.turn(2 * time.Minute)
	next, _ := b.Get(t.Context(), v.ID, media.GetOptions{})
	if same.Download.URL != first.Download.URL || next.Download.URL == first.Download.URL {
		t.Error("the URL doesn't stand for a window of 5 minutes")
	}
	if left := next.Download.ExpiresAt.Sub(b.now()); left < 15*time.Minute || left >= 20*time.Minute {
		t.Errorf("it lives for %v; want 15 to 20 minutes", left)
	}
}
