package integration_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/seed-f0df946f/mediakit/blob/blobtest"
	"github.com/seed-f0df946f/mediakit/blob/s3blob"
	"github.com/seed-f0df946f/mediakit/media"
)

func TestS3Blob(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blobtest.Harness {
		client, bucket := newBucket(t)
		return s3Harness(t, client, bucket)
	})
}

func TestS3BlobVersioned(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blobtest.Harness {
		client, bucket := newBucket(t)
		enableVersions(t, client, bucket)
		return s3Harness(t, client, bucket)
	})
}

func s3Harness(t *testing.T, client *s3.Client, bucket string) blobtest.Harness {
	t.Helper()
	return blobtest.Harness{
		Store: newS3Blob(t, client, bucket),
		Plant: func(t *testing.T, stray blobtest.Stray) { plantInS3(t, client, bucket, stray) },
	}
}

func newS3Blob(t *testing.T, client *s3.Client, bucket string) *s3blob.Store {
	t.Helper()
	store, err := s3blob.New(client, bucket, nil)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func enableVersions(t *testing.T, client *s3.Client, bucket string) {
	t.Helper()
	_, err := client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func plantInS3(t *testing.T, client *s3.Client, bucket string, stray blobtest.Stray) {
	t.Helper()
	in := &s3.PutObjectInput{
		Bucket: &bucket, Key: &stray.Key, Body: bytes.NewReader(stray.Content), ContentType: &stray.ContentType,
	}
	if stray.ContentEncoding != "" {
		in.ContentEncoding = &stray.ContentEncoding
	}
	if !stray.NoSHA256 {
		in.ChecksumAlgorithm = types.ChecksumAlgorithmSha256
	}
	if _, err := client.PutObject(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// TestS3BlobDeletesVersions: "removes the object and everything kept beside it".
func TestS3BlobDeletesVersions(t *testing.T) {
	t.Parallel()
	client, bucket := newBucket(t)
	enableVersions(t, client, bucket)
	store := newS3Blob(t, client, bucket)
	for _, key := range []string{"media/1", "media/1", "media/1", "media/10"} {
		plantInS3(t, client, bucket, blobtest.Stray{Key: key, Content: []byte("bytes"), ContentType: "image/gif"})
	}
	if err := store.Delete(t.Context(), "media/1"); err != nil {
		t.Fatal(err)
	}
	left, err := client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	if len(left.Versions) != 1 || aws.ToString(left.Versions[0].Key) != "media/10" || len(left.DeleteMarkers) != 0 {
		t.Errorf("%d versions and %d markers are left, want the one of the other key", len(left.Versions), len(left.DeleteMarkers))
	}
}

// TestS3BlobComposite stores an object in parts. S3 computes no sha256 over the whole of
// such an object.
func TestS3BlobComposite(t *testing.T) {
	t.Parallel()
	client, bucket := newBucket(t)
	key, body := aws.String("media/parts"), []byte("one part")
	upload, err := client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{
		Bucket: &bucket, Key: key, ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	if err != nil {
		t.Fatal(err)
	}
	part, err := client.UploadPart(t.Context(), &s3.UploadPartInput{
		Bucket: &bucket, Key: key, UploadId: upload.UploadId, PartNumber: aws.Int32(1),
		Body: bytes.NewReader(body), ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: &bucket, Key: key, UploadId: upload.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{
			{PartNumber: aws.Int32(1), ETag: part.ETag, ChecksumSHA256: part.ChecksumSHA256},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	info, err := newS3Blob(t, client, bucket).Stat(t.Context(), *key)
	if err != nil || !info.SHA256.IsZero() || !strings.HasSuffix(info.Composite, "-1") {
		t.Errorf("Stat = %+v, %v, want a composite of one part and no sha256", info, err)
	}
}

// TestS3BlobMisconfigured: "ErrStoreMisconfigured" if the store refuses the service.
func TestS3BlobMisconfigured(t *testing.T) {
	t.Parallel()
	client, bucket := newBucket(t)
	const secret = "not-the-secret"
	// The client's options can't be copied: their signer remembers, for each access key,
	// what it derived from the right secret.
	stranger := newHostsClient(*client.Options().BaseEndpoint, secret)
	for op, err := range callAll(t, newS3Blob(t, stranger, bucket)) {
		if !errors.Is(err, media.ErrStoreMisconfigured) {
			t.Errorf("%s with a wrong secret: %v, want ErrStoreMisconfigured", op, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error tells the secret", op)
		}
	}
	for op, err := range callAll(t, newS3Blob(t, client, "no-such-bucket")) {
		if !errors.Is(err, media.ErrStoreMisconfigured) || errors.Is(err, media.ErrNoObject) {
			t.Errorf("%s of no bucket: %v, want ErrStoreMisconfigured", op, err)
		}
	}
}

// TestS3BlobUnavailable: "ErrUnavailable" if the store is away or too slow.
func TestS3BlobUnavailable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() { // accepts and never answers
		for {
			if _, err := listener.Accept(); err != nil {
				return
			}
		}
	}()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for what, address := range map[string]net.Addr{"silent": listener.Addr(), "down": closed.Addr()} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			client := newHostsClient("http://"+address.String(), "secret")
			start := time.Now()
			_, err := newS3Blob(t, client, "bucket").Stat(t.Context(), "media/1")
			if !errors.Is(err, media.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Stat: %v, want ErrUnavailable and no end of the caller's context", err)
			}
			if took := time.Since(start); took > 7*time.Second {
				t.Errorf("it took %v, want 6s at most", took)
			}
		})
	}
}

// newHostsClient makes a client as package s3blob tells a host to.
func newHostsClient(endpoint, secret string) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: &endpoint, Region: s3Region,
		Credentials: credentials.NewStaticCredentialsProvider(s3AccessKey, secret, ""),
	}, s3blob.Configure)
}

// callAll calls every method that calls S3, with an object key that has no object.
func callAll(t *testing.T, store *s3blob.Store) map[string]error {
	t.Helper()
	ctx, key := t.Context(), "media/1"
	errs := make(map[string]error)
	_, errs["Stat"] = store.Stat(ctx, key)
	_, errs["ReadAt"] = store.ReadAt(ctx, key, media.Pin{}, 0, 1)
	_, _, errs["List"] = store.List(ctx, "", "")
	errs["Delete"] = store.Delete(ctx, key)
	errs["Put"] = store.Put(ctx, media.Upload{Key: key, Size: 1, ContentType: "image/gif", SHA256: media.Digest{1}}, strings.NewReader("x"))
	return errs
}
