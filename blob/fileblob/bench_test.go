package fileblob

import (
	"bytes"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

var benchSizes = []int{64 << 10, 16 << 20}

// BenchmarkPut is compared with a program that only brings its bytes to the disk: with no
// hash, no trailer and no exclusive name.
func BenchmarkPut(b *testing.B) {
	for _, size := range benchSizes {
		content := bytes.Repeat([]byte("x"), size)
		b.Run(fmt.Sprintf("Store/%dKiB", size>>10), func(b *testing.B) {
			store, _ := open(b)
			u := upload("", "image/png", content)
			b.SetBytes(int64(size))
			for i := 0; b.Loop(); i++ {
				u.Key = fmt.Sprintf("media/%d/a", i)
				if err := store.Put(b.Context(), u, bytes.NewReader(content)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("os/%dKiB", size>>10), func(b *testing.B) {
			dir := b.TempDir()
			b.SetBytes(int64(size))
			for i := 0; b.Loop(); i++ {
				if err := writeAndSync(filepath.Join(dir, fmt.Sprint(i)), content); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func writeAndSync(name string, content []byte) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(content); err != nil {
		return err
	}
	return file.Sync()
}

// BenchmarkReadAt is compared with os.Open.
func BenchmarkReadAt(b *testing.B) {
	for _, size := range benchSizes {
		store, dir := open(b)
		if err := put(b.Context(), store, key, bytes.Repeat([]byte("x"), size)); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("Store/%dKiB", size>>10), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				r, err := store.ReadAt(b.Context(), key, media.Pin{}, 0, int64(size))
				discard(b, r, err)
			}
		})
		b.Run(fmt.Sprintf("os/%dKiB", size>>10), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				r, err := os.Open(filepath.Join(dir, key))
				discard(b, r, err)
			}
		})
	}
}

func discard(b *testing.B, r io.ReadCloser, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkGet downloads by a signed URL over HTTP.
func BenchmarkGet(b *testing.B) {
	for _, size := range benchSizes {
		store, _ := open(b)
		server := httptest.NewServer(store)
		b.Cleanup(server.Close)
		if err := store.SetBaseURL(server.URL); err != nil {
			b.Fatal(err)
		}
		if err := put(b.Context(), store, key, bytes.Repeat([]byte("x"), size)); err != nil {
			b.Fatal(err)
		}
		signed, err := store.SignDownload(b.Context(), media.Download{Key: key, ContentType: "image/png"}, time.Now(), time.Hour)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				resp, err := server.Client().Get(signed.URL)
				if err != nil {
					b.Fatal("no answer")
				}
				discard(b, resp.Body, nil)
			}
		})
	}
}

// BenchmarkList walks over all objects of a store, page by page. The time for an object
// should hardly grow with their number.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			store := withObjects(b, n)
			for b.Loop() {
				listed, after := 0, ""
				for {
					objects, next, err := store.List(b.Context(), "media/", after)
					if err != nil {
						b.Fatal(err)
					}
					listed += len(objects)
					if after = next; next == "" {
						break
					}
				}
				if listed != n {
					b.Fatalf("%d objects are listed, want %d", listed, n)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/object")
		})
	}
}

// withObjects returns a store with n small objects, each in a folder of its own.
func withObjects(b *testing.B, n int) *Store {
	b.Helper()
	store, dir := open(b)
	trailer, err := checkUpload(upload(key, "image/png", content))
	if err != nil {
		b.Fatal(err)
	}
	file := append(bytes.Clone(content), trailer...)
	for i := range n {
		folder := filepath.Join(dir, "media", fmt.Sprintf("%06d", i))
		if err := os.MkdirAll(folder, folderMode); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "a"), file, fileMode); err != nil {
			b.Fatal(err)
		}
	}
	return store
}
