package media_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media"
)

func TestSizeLimits(t *testing.T) {
	b := newBench(t, media.Options{})
	for _, c := range []struct {
		contentType string
		size        int64
		ok          bool
	}{
		{"image/png", 200 << 20, true}, {"image/png", 200<<20 + 1, false},
		{"video/mp4", media.MaxSinglePut, true}, {"video/mp4", media.MaxSinglePut + 1, false}, {"video/mp4", -1, false},
	} {
		in := input(png)
		in.ContentType, in.Size = c.contentType, c.size
		if err := in.Check(b.Limits()); (err == nil) != c.ok {
			t.Errorf("%s of %d bytes: %v; want valid: %v", c.contentType, c.size, err, c.ok)
		}
	}
}

func TestInvalidInputNamesEveryMember(t *testing.T) {
	b := newBench(t, media.Options{})
	_, err := b.Create(t.Context(), media.CreateInput{
		Filename: "a/b", ContentType: "image/svg+xml", Size: 0, Tags: []string{"ok", ""}, IdempotencyKey: "ä",
	})
	var invalid *media.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v; want an InvalidError", err)
	}
	var got []string
	for _, f := range invalid.Fields {
		got = append(got, f.Field+" "+string(f.Code))
	}
	want := []string{
		"filename invalid", "content_type not_allowed", "size too_small", "sha256 required",
		"tags/1 required", "idempotency_key invalid",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCreateWithAnIdempotencyKey(t *testing.T) {
	b := newBench(t, media.Options{})
	in := input(png)
	in.IdempotencyKey, in.Tags = "key-1", []string{"Beach", "sun"}
	first := b.create(t, in)

	in.Tags, in.ContentType = []string{"SUN", "beach", "Beach"}, "IMAGE/PNG" // the same input, spelt otherwise
	b.turn(time.Minute)
	again := b.create(t, in)
	if again.ID != first.ID || again.Upload == nil || again.Upload.ExpiresAt.Equal(first.Upload.ExpiresAt) {
		t.Errorf("replayed %v; want %v with a fresh upload", again.ID, first.ID)
	}
	other := in
	other.Filename = "b.png"
	if _, err := b.Create(t.Context(), other); !errors.Is(err, media.ErrIdempotencyKeyReused) {
		t.Errorf("another input: %v; want ErrIdempotencyKeyReused", err)
	}
	b.upload(t, again, png)
	if _, err := b.Finalize(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	if ready := b.create(t, in); ready.State != media.StateReady || ready.Upload != nil || ready.Download == nil {
		t.Errorf("replayed %+v; want it ready, without an upload", ready)
	}
	if err := b.Delete(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Create(t.Context(), in); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("after the delete: %v; want ErrNotFound", err)
	}
	b.turn(24 * time.Hour)
	if fresh := b.create(t, in); fresh.ID == first.ID {
		t.Error("the key still stands after its day")
	}
}

// TestIdempotencyKeyHoldsEveryMember: a key stands for one input, so each member makes
// another one of it.
func TestIdempotencyKeyHoldsEveryMember(t *testing.T) {
	b := newBench(t, media.Options{})
	in := input(png)
	in.IdempotencyKey, in.Tags = "key", []string{"a", "b"}
	first := b.create(t, in)
	for name, change := range map[string]func(*media.CreateInput){
		"filename":                 func(in *media.CreateInput) { in.Filename = "b.png" },
		"case of the filename":     func(in *media.CreateInput) { in.Filename = "A.png" },
		"content type":             func(in *media.CreateInput) { in.ContentType = "image/gif" },
		"size":                     func(in *media.CreateInput) { in.Size++ },
		"sha256":                   func(in *media.CreateInput) { in.SHA256[31]++ },
		"tags, one more":           func(in *media.CreateInput) { in.Tags = []string{"a", "b", "c"} },
		"tags, one less":           func(in *media.CreateInput) { in.Tags = []string{"a"} },
		"tags, none":               func(in *media.CreateInput) { in.Tags = nil },
		"tags that run together":   func(in *media.CreateInput) { in.Tags = []string{"ab"} },
		"tags that run on":         func(in *media.CreateInput) { in.Tags = []string{"a b"} },
		"a tag in the filename":    func(in *media.CreateInput) { in.Filename, in.Tags = "a.pnga", []string{"b"} },
		"a type in the filename":   func(in *media.CreateInput) { in.Filename = "a.pngimage" },
		"digits from type to size": func(in *media.CreateInput) { in.Size = in.Size*10 + 1 },
	} {
		other := in
		change(&other)
		if v, err := b.Create(t.Context(), other); !errors.Is(err, media.ErrIdempotencyKeyReused) {
			t.Errorf("another %s: %v, %v; want ErrIdempotencyKeyReused", name, v.ID, err)
		}
	}
	for name, change := range map[string]func(*media.CreateInput){
		"spelling of the type":  func(in *media.CreateInput) { in.ContentType = "Image/X-PNG" },
		"direction of the name": func(in *media.CreateInput) { in.Filename = "\u200Ea.png" },
		"order of the tags":     func(in *media.CreateInput) { in.Tags = []string{"b", "a"} },
		"tag named twice":       func(in *media.CreateInput) { in.Tags = []string{"b", "a", "B"} },
	} {
		same := in
		change(&same)
		if v := b.create(t, same); v.ID != first.ID {
			t.Errorf("another %s makes another media", name)
		}
	}
}

func TestIdempotencyKeys(t *testing.T) {
	b := newBench(t, media.Options{})
	for key, ok := range map[string]bool{
		"": true, "!": true, "~": true, strings.Repeat("k", 255): true,
		strings.Repeat("k", 256): false, " ": false, "a b": false, "\x7f": false, "\x00": false, "ä": false, "\xff": false,
	} {
		in := input(png)
		in.IdempotencyKey = key
		if _, err := b.Create(t.Context(), in); (code(t, err, "idempotency_key") == "") != ok {
			t.Errorf("key %.20q: %v; want it taken: %v", key, err, ok)
		}
	}
}

func TestTagsOfAMedia(t *testing.T) {
	b := newBench(t, media.Options{})
	names := func(n int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprint("tag ", i))
		}
		return names
	}
	in := input(png)
	in.Tags = names(50)
	v := b.create(t, in)
	if len(v.Tags) != 50 {
		t.Errorf("it carries %d tags; want 50", len(v.Tags))
	}
	in.Tags = names(51)
	if _, err := b.Create(t.Context(), in); code(t, err, "tags") != "too_many" {
		t.Errorf("51 tags: %v; want too_many", err)
	}
	if _, err := b.Update(t.Context(), v.ID, media.UpdateInput{Tags: &in.Tags}); code(t, err, "tags") != "too_many" {
		t.Errorf("update to 51 tags: %v; want too_many", err)
	}
}

// TestFinalizeKeepsWhatItSaw: a download is of the very object that was finalized, in a
// store that keeps versions too.
func TestFinalizeKeepsWhatItSaw(t *testing.T) {
	b := newBench(t, media.Options{})
	versions := &versioned{BlobStore: b.blobs}
	var err error
	if b.Service, err = media.NewService(b.rows, versions, &media.Options{Now: b.now}); err != nil {
		t.Fatal(err)
	}
	v := b.create(t, input(png))
	b.upload(t, v, png)
	info, err := b.blobs.Stat(t.Context(), v.ObjectKey)
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.Finalize(t.Context(), v.ID)
	if err != nil || got.ObjectVersion != "version-1" || got.ETag != info.ETag {
		t.Fatalf("it keeps version %q, ETag %q, %v; want version-1, %q", got.ObjectVersion, got.ETag, err, info.ETag)
	}
	if _, err := b.Get(t.Context(), v.ID, media.GetOptions{Attachment: true}); err != nil {
		t.Fatal(err)
	}
	want := media.Download{Key: v.ObjectKey, Version: "version-1", ContentType: "image/png", Filename: "a.png"}
	attached := want
	attached.Attachment = true
	if diff := cmp.Diff([]media.Download{want, attached}, versions.signed); diff != "" {
		t.Errorf("downloads signed (-want +got):\n%s", diff)
	}
}

// versioned is a store that keeps versions, of which memblob has but one, and notes which
// downloads are signed.
type versioned struct {
	media.BlobStore
	signed []media.Download
}

func (s *versioned) Stat(ctx context.Context, key string) (media.Info, error) {
	info, err := s.BlobStore.Stat(ctx, key)
	info.Version = "version-1"
	return info, err
}

func (s *versioned) SignDownload(ctx context.Context, d media.Download, at time.Time, ttl time.Duration) (media.SignedRequest, error) {
	s.signed = append(s.signed, d)
	d.Version = ""
	return s.BlobStore.SignDownload(ctx, d, at, ttl)
}

func (s *versioned) ReadAt(ctx context.Context, key string, pin media.Pin, off, n int64) (io.ReadCloser, error) {
	if pin.Version != "version-1" {
		return nil, media.ErrObjectChanged
	}
	pin.Version = ""
	return s.BlobStore.ReadAt(ctx, key, pin, off, n)
}

func TestUpdate(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	name, set := "b.png", []string{"Beach"}
	got, err := b.Update(t.Context(), v.ID, media.UpdateInput{Filename: &name, Tags: &set, IfVersion: 1})
	if err != nil || got.Filename != name || len(got.Tags) != 1 || got.Version != 2 {
		t.Fatalf("update: %+v, %v", got, err)
	}
	if _, err := b.Update(t.Context(), v.ID, media.UpdateInput{Filename: &name, IfVersion: 1}); !errors.Is(err, media.ErrVersion) {
		t.Errorf("update of an old version: %v; want ErrVersion", err)
	}
	if _, err := b.Update(t.Context(), v.ID, media.UpdateInput{IfVersion: 1}); !errors.Is(err, media.ErrVersion) {
		t.Errorf("an empty update of an old version: %v; want ErrVersion", err)
	}
	if got, err := b.Update(t.Context(), v.ID, media.UpdateInput{}); err != nil || got.Version != 2 {
		t.Errorf("an empty update: version %d, %v; want 2", got.Version, err)
	}
}
