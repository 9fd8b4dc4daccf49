// Package realfiles_test holds what the library tells of files to what other programs
// tell: of photographs and videos that others made, and of files that browsers and encoders
// make while the test runs.
//
// A test that lacks a program or the network is skipped. MEDIAKIT_REQUIRE_DOCKER=1 makes it
// fail instead.
package realfiles_test

import (
	"bytes"
	"crypto/sha256"
	"os"
	"os/exec"
	"testing"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
)

// skip ends a test for want of what the machine lacks, and fails it if the environment
// demands that nothing is lacking.
func skip(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("MEDIAKIT_REQUIRE_DOCKER") == "1" {
		t.Fatalf("MEDIAKIT_REQUIRE_DOCKER=1, but "+format, args...)
	}
	t.Skipf(format, args...)
}

// requireProgram returns where a program is.
func requireProgram(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		skip(t, "%s is not installed", name)
	}
	return path
}

// desk takes files in as a host would, with fakes for the database and the store.
type desk struct {
	*media.Service
	blobs *memblob.Store
}

// newDesk returns a desk that takes all types that are allowed by default, and others.
func newDesk(t testing.TB, others ...string) desk {
	t.Helper()
	blobs := memblob.New(nil)
	blobs.SetBaseURL("http://blobs.example")
	service, err := media.NewService(memory.New().Media(), blobs, &media.Options{AllowedTypes: append(media.DefaultTypes(), others...)})
	if err != nil {
		t.Fatal(err)
	}
	return desk{service, blobs}
}

// take creates a media, stores its bytes and finalizes it. The error is finalize's.
func (d desk) take(t testing.TB, contentType string, content []byte) (media.View, error) {
	t.Helper()
	v, err := d.Create(t.Context(), media.CreateInput{
		Filename: "file", ContentType: contentType, Size: int64(len(content)), SHA256: sha256.Sum256(content),
	})
	if err != nil {
		t.Fatal(err)
	}
	upload := media.Upload{Key: v.ObjectKey, Size: v.Size, ContentType: v.ContentType, SHA256: v.SHA256}
	if err := d.blobs.Put(t.Context(), upload, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	return d.Finalize(t.Context(), v.ID)
}
