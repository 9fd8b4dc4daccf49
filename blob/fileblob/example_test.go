package fileblob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/fileblob"
	"github.com/seed-f0df946f/mediakit/media"
)

// A client uploads bytes by a URL that takes no others. After a restart they are still
// there.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store, err := fileblob.New(dir, &fileblob.Options{Secret: []byte("32 random bytes, the same for all")})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(store)
	defer server.Close()
	if err := store.SetBaseURL(server.URL); err != nil { // a service knows it beforehand: Options.BaseURL
		log.Fatal(err)
	}

	ctx := context.Background()
	content := []byte("the bytes of a picture")
	signed, err := store.SignUpload(ctx, media.Upload{
		Key: "media/1/original", Size: int64(len(content)), ContentType: "image/png", SHA256: sha256.Sum256(content),
	}, time.Now(), 15*time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, signed.Method, signed.URL, bytes.NewReader(content))
	if err != nil {
		log.Fatal(err)
	}
	for name, value := range signed.Headers {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	fmt.Println(resp.Status)
	if err := store.Close(); err != nil {
		log.Fatal(err)
	}

	store, err = fileblob.New(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	info, err := store.Stat(ctx, "media/1/original")
	fmt.Println(info.Size, info.ContentType, err)
	// Output:
	// 200 OK
	// 22 image/png <nil>
}
