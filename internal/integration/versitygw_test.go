package integration_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/moby/moby/api/types/container"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const (
	versitygwImage    = "versity/versitygw:v1.8.0"
	versitygwPort     = "7070/tcp"
	versitygwData     = "/data/s3"
	versitygwVersions = "/data/versions"

	s3Region    = "us-east-1"
	s3AccessKey = "mediakit"
	s3SecretKey = "mediakit-secret"
)

// versitygwEndpoint is the URL of the package's S3 server, which it starts once.
var versitygwEndpoint = sync.OnceValues(func() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startsWithin)
	defer cancel()
	server, err := runContainer(ctx, imageFrom("MEDIAKIT_TEST_VERSITYGW_IMAGE", versitygwImage),
		testcontainers.WithEnv(map[string]string{
			"ROOT_ACCESS_KEY":    s3AccessKey,
			"ROOT_SECRET_KEY":    s3SecretKey,
			"VGW_REGION":         s3Region,
			"VGW_PORT":           ":7070",
			"VGW_HEALTH":         "/health",
			"VGW_VERSIONING_DIR": versitygwVersions,
		}),
		testcontainers.WithCmd("posix", versitygwData),
		// The server's folders must exist when it starts; as volumes they do. It stores
		// metadata in extended attributes, which an overlay might not keep.
		testcontainers.WithConfigModifier(func(config *container.Config) {
			config.Volumes = map[string]struct{}{versitygwData: {}, versitygwVersions: {}}
		}),
		testcontainers.WithExposedPorts(versitygwPort),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/health").WithPort(versitygwPort).WithStartupTimeout(startsWithin)),
	)
	if err != nil {
		return "", err
	}
	return server.PortEndpoint(ctx, versitygwPort, "http")
})

// bucketNumber tells this process's buckets apart.
var bucketNumber atomic.Int64

// newBucket makes an empty bucket for this test, and a client for it. The bucket is gone
// when the container is.
func newBucket(t testing.TB) (client *s3.Client, bucket string) {
	t.Helper()
	client = newS3Client(requireVersitygw(t))
	bucket = fmt.Sprintf("test-%d", bucketNumber.Add(1))
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket}); err != nil {
		t.Fatalf("create bucket %s: %v", bucket, err)
	}
	return client, bucket
}

// s3Settings returns the environment by which a program finds the server that has
// newBucket's buckets.
func s3Settings(t testing.TB) map[string]string {
	t.Helper()
	return map[string]string{
		"AWS_ENDPOINT_URL_S3":   requireVersitygw(t),
		"AWS_REGION":            s3Region,
		"AWS_ACCESS_KEY_ID":     s3AccessKey,
		"AWS_SECRET_ACCESS_KEY": s3SecretKey,
	}
}

// requireVersitygw returns the server's endpoint. The first call starts the server.
func requireVersitygw(t testing.TB) string {
	t.Helper()
	requireDocker(t)
	endpoint, err := versitygwEndpoint()
	requireStarted(t, err)
	return endpoint
}

// newS3Client makes a client as package s3blob tells a host to.
func newS3Client(endpoint string) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint:               &endpoint,
		UsePathStyle:               true,
		Region:                     s3Region,
		Credentials:                credentials.NewStaticCredentialsProvider(s3AccessKey, s3SecretKey, ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})
}

func TestBucketsAreSeparate(t *testing.T) {
	t.Parallel()
	client, bucket := newBucket(t)
	_, other := newBucket(t)
	key, want := aws.String("folder/object"), []byte("bytes")

	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: key, Body: bytes.NewReader(want)})
	if err != nil {
		t.Fatal(err)
	}
	object, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = object.Body.Close() }()
	got, err := io.ReadAll(object.Body)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %q, %v; want %q", got, err, want)
	}
	listing, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &other})
	if err != nil || len(listing.Contents) != 0 {
		t.Errorf("the other bucket holds %d objects, %v; want none", len(listing.Contents), err)
	}
}
