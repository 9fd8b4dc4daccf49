package memblob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
)

// A client puts bytes straight into the store by a URL that takes no others.
func Example() {
	store := memblob.New(nil)
	server := httptest.NewServer(store)
	defer server.Close()
	store.SetBaseURL(server.URL)

	ctx := context.Background()
	content := []byte("the bytes of a picture")
	signed, err := store.SignUpload(ctx, media.Upload{
		Key: "media/1/original", Size: int64(len(content)), ContentType: "image/png", SHA256: sha256.Sum256(content),
	}, time.Now(), 15*time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
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
	}
	info, err := store.Stat(ctx, "media/1/original")
	fmt.Println(info.Size, info.ContentType, err)
	// Output:
	// 200 OK
	// 412 Precondition Failed
	// 22 image/png <nil>
}
