package media_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
)

func Example() {
	blobs := memblob.New(nil)
	server := httptest.NewServer(blobs)
	defer server.Close()
	blobs.SetBaseURL(server.URL)
	service, err := media.NewService(memory.New().Media(), blobs, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	download, err := receive(context.Background(), service, png)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(download.Method)
	// Output: GET
}

// receive stands in the package's documentation.
func receive(ctx context.Context, service *media.Service, file []byte) (*media.SignedRequest, error) {
	v, err := service.Create(ctx, media.CreateInput{
		Filename: "beach.png", ContentType: "image/png",
		Size: int64(len(file)), SHA256: sha256.Sum256(file), Tags: []string{"Beach"},
	})
	if err != nil {
		return nil, err
	}
	for _, r := range v.Upload.Requests { // your client does this
		if err := put(ctx, r.SignedRequest, file[r.Offset:r.Offset+r.Length]); err != nil {
			return nil, err
		}
	}
	v, err = service.Finalize(ctx, v.ID)
	return v.Download, err // where the file can be had, for a while
}

func put(ctx context.Context, signed media.SignedRequest, part []byte) error {
	r, err := http.NewRequestWithContext(ctx, signed.Method, signed.URL, bytes.NewReader(part))
	if err != nil {
		return err
	}
	for name, value := range signed.Headers {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("the store answers %s", answer.Status)
	}
	return nil
}

func ExampleService_Create() {
	ctx := context.Background()
	service, err := media.NewService(memory.New().Media(), memblob.New(nil), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	content := []byte("the bytes of a picture")
	v, err := service.Create(ctx, media.CreateInput{
		Filename: "beach.jpg", ContentType: "image/jpeg", Tags: []string{"Beach"},
		Size: int64(len(content)), SHA256: sha256.Sum256(content),
	})
	fmt.Println(v.State, v.Tags[0].Name, v.Upload.Requests[0].Method, err)
	// Output: pending Beach PUT <nil>
}
