package fileblob

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
)

// TestDamagedMedia: a damaged file is no longer the object of its media. Whoever looks at
// it is told so, and is told about all other media too.
func TestDamagedMedia(t *testing.T) {
	store, dir := open(t)
	service, err := media.NewService(memory.New().Media(), store, nil)
	if err != nil {
		t.Fatal(err)
	}
	pending, cut, spoilt, missing := arrived(t, service, store), finalized(t, service, store), finalized(t, service, store), finalized(t, service, store)
	damage := func(v media.View, to func(whole []byte) []byte) {
		t.Helper()
		file := filepath.Join(dir, filepath.FromSlash(v.ObjectKey))
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		write(t, file, to(whole))
	}
	shorten := func(whole []byte) []byte { return whole[:len(whole)-100] }
	damage(pending, shorten)
	damage(cut, shorten)
	damage(spoilt, func(whole []byte) []byte { return append(whole[:len(whole)-trailerSize], make([]byte, trailerSize)...) })
	if err := store.Delete(t.Context(), missing.ObjectKey); err != nil {
		t.Fatal(err)
	}

	var got []media.Finding
	for finding, err := range service.Reconcile(t.Context(), media.ReconcileOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, finding)
	}
	want := []media.Finding{
		{Problem: media.ProblemDiffers, MediaID: cut.ID, Object: media.Object{Key: cut.ObjectKey, Size: cut.Size - 100}, Differs: media.FailureSize},
		{Problem: media.ProblemDiffers, MediaID: spoilt.ID, Object: media.Object{Key: spoilt.ObjectKey, Size: spoilt.Size}, Differs: media.FailureType},
		{Problem: media.ProblemMissing, MediaID: missing.ID, Object: media.Object{Key: missing.ObjectKey}},
	}
	byID := cmp.Transformer("byID", func(findings []media.Finding) map[string]media.Finding {
		all := map[string]media.Finding{}
		for _, f := range findings {
			all[f.MediaID.String()] = f
		}
		return all
	})
	if diff := cmp.Diff(want, got, byID); diff != "" || len(got) != len(want) {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for _, v := range []media.View{cut, spoilt, missing} {
		answer := httptest.NewRecorder()
		store.ServeHTTP(answer, httptest.NewRequest(v.Download.Method, v.Download.URL, nil))
		if answer.Code != http.StatusNotFound {
			t.Errorf("the download is answered %d, want 404", answer.Code)
		}
	}
	var rejected *media.RejectedError
	if _, err := service.Finalize(t.Context(), pending.ID); !errors.As(err, &rejected) || rejected.Reason != media.FailureSize {
		t.Errorf("Finalize = %v, want a rejection for the size", err)
	}
}

// arrived returns a media that is pending, and whose bytes are in the store.
func arrived(t *testing.T, service *media.Service, store *Store) media.View {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 100, 100))); err != nil {
		t.Fatal(err)
	}
	size, sum := int64(picture.Len()), sha256.Sum256(picture.Bytes())
	v, err := service.Create(t.Context(), media.CreateInput{Filename: "a.png", ContentType: "image/png", Size: size, SHA256: sum})
	if err != nil {
		t.Fatal(err)
	}
	u := media.Upload{Key: v.ObjectKey, Size: size, ContentType: "image/png", SHA256: sum}
	if err := store.Put(t.Context(), u, &picture); err != nil {
		t.Fatal(err)
	}
	return v
}

func finalized(t *testing.T, service *media.Service, store *Store) media.View {
	t.Helper()
	v, err := service.Finalize(t.Context(), arrived(t, service, store).ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
