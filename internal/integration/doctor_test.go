package integration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/seed-f0df946f/mediakit/blob/blobprobe"
)

const probedOrigin = "https://app.example"

// notOK are the lines of a report that aren't ok, and what was found.
func notOK(report blobprobe.Report) map[string]string {
	lines := make(map[string]string)
	for _, line := range report {
		if line.Status != blobprobe.OK {
			lines[line.Name] = string(line.Status) + ": " + line.Found
		}
	}
	return lines
}

// newBucketForPages makes a bucket with the CORS rule of package s3blob's documentation.
func newBucketForPages(t *testing.T) (client *s3.Client, bucket string) {
	t.Helper()
	client, bucket = newBucket(t)
	_, err := client.PutBucketCors(t.Context(), &s3.PutBucketCorsInput{
		Bucket: &bucket, CORSConfiguration: &types.CORSConfiguration{CORSRules: []types.CORSRule{{
			AllowedOrigins: []string{probedOrigin},
			AllowedMethods: []string{"PUT", "GET", "HEAD"},
			AllowedHeaders: []string{"cache-control", "content-disposition", "content-type", "if-none-match", "range", "x-amz-checksum-sha256"},
			ExposeHeaders:  []string{"Accept-Ranges", "Content-Range", "ETag"},
			MaxAgeSeconds:  aws.Int32(3600),
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, bucket
}

func TestProbeS3(t *testing.T) {
	t.Parallel()
	client, bucket := newBucketForPages(t)
	report, err := newS3Blob(t, client, bucket).Probe(t.Context(), &blobprobe.Options{Origins: []string{probedOrigin}})
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]string{}, notOK(report)); diff != "" {
		t.Errorf("not ok (-want +got):\n%s", diff)
	}
}
