package s3blob_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/seed-f0df946f/mediakit/blob/s3blob"
	"github.com/seed-f0df946f/mediakit/media"
)

// The service reaches the store under one name and clients under another. Nothing
// is called to sign.
func Example() {
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
	})
	client := func(endpoint string) *s3.Client {
		return s3.New(s3.Options{Region: "us-east-1", Credentials: credentials, BaseEndpoint: &endpoint}, s3blob.Configure)
	}
	store, err := s3blob.New(client("http://s3:7070"), "my-bucket", &s3blob.Options{Public: client("https://files.example")})
	if err != nil {
		log.Fatal(err)
	}
	content := []byte("the bytes of a picture")
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	signed, err := store.SignUpload(context.Background(), media.Upload{
		Key: "media/1/original", Size: int64(len(content)), ContentType: "image/png", SHA256: sha256.Sum256(content),
	}, at, 15*time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	url, _, _ := strings.Cut(signed.URL, "?")
	fmt.Println(signed.Method, url)
	for _, name := range slices.Sorted(maps.Keys(signed.Headers)) {
		fmt.Printf("%s: %s\n", name, signed.Headers[name])
	}
	fmt.Println(signed.ExpiresAt)
	// Output:
	// PUT https://files.example/my-bucket/media/1/original
	// Cache-Control: private, max-age=300
	// Content-Disposition: attachment
	// Content-Type: image/png
	// If-None-Match: *
	// X-Amz-Checksum-Sha256: SkLt6wKhJF+r8FU8RP9Qtp86BAVPd0dRbpDT4x6jwD0=
	// 2026-11-24 12:15:00 +0000 UTC
}
