package integration_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/blobprobe"
	"github.com/seed-f0df946f/mediakit/blob/blobtest"
	"github.com/seed-f0df946f/mediakit/blob/fileblob"
	"github.com/seed-f0df946f/mediakit/media"
)

// page is the origin of a web page that uploads.
const page = "https://app.example"

// bucketRule is the CORS rule of package s3blob's documentation.
var bucketRule = types.CORSRule{
	AllowedOrigins: []string{page},
	AllowedMethods: []string{"PUT", "GET", "HEAD"},
	AllowedHeaders: []string{"cache-control", "content-disposition", "content-type", "if-none-match", "range", "x-amz-checksum-sha256"},
	ExposeHeaders:  []string{"Accept-Ranges", "Content-Range", "ETag"},
	MaxAgeSeconds:  aws.Int32(3600),
}

// gateway stands between a probe and a store. Each of its functions may be nil.
type gateway struct {
	// takes reports whether an upload by a signed URL is stored although the store
	// itself may refuse it.
	takes func(r *http.Request, body []byte) bool
	// answers returns the status with which the gateway itself answers, or 0 to leave
	// the answer to the store.
	answers func(r *http.Request, body []byte) (status int)
	// alters changes the header of the store's answer.
	alters func(r *http.Request, header http.Header)
	plant  func(path, contentType string, body []byte)
	store  http.Handler
}

// ServeHTTP implements [http.Handler].
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if g.takes != nil && r.Method == http.MethodPut && r.Header.Get("Authorization") == "" && g.takes(r, body) {
		g.plant(strings.TrimPrefix(r.URL.Path, "/"), r.Header.Get("Content-Type"), body)
		return
	}
	if g.answers != nil {
		if status := g.answers(r, body); status != 0 {
			w.WriteHeader(status)
			return
		}
	}
	if g.alters == nil {
		g.store.ServeHTTP(w, r)
		return
	}
	recorded := httptest.NewRecorder()
	g.store.ServeHTTP(recorded, r)
	answer := recorded.Result()
	g.alters(r, answer.Header)
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body) // a client that is gone needs no answer
}

// probed is a store behind a gateway, and a way to look at the store itself.
type probed struct {
	*gateway
	probe func(context.Context, *blobprobe.Options) (blobprobe.Report, error)
	left  func(t *testing.T) []string // all that is stored
}

// check probes the store. Only the lines in want may be other than ok, and nothing may be
// left behind.
func (p *probed) check(t *testing.T, want map[string]blobprobe.Status) {
	t.Helper()
	report, err := p.probe(t.Context(), &blobprobe.Options{Origins: []string{page}})
	if err != nil {
		t.Error(err)
	}
	got := make(map[string]blobprobe.Status)
	for _, line := range report {
		if line.Status != blobprobe.OK {
			got[line.Name] = line.Status
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("not ok (-want +got):\n%s\n%+v", diff, report)
	}
	if left := p.left(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func probedS3(t *testing.T) (p *probed, client *s3.Client, bucket string) {
	t.Helper()
	client, bucket = newBucket(t)
	allowPage(t, client, bucket)
	target, err := url.Parse(requireVersitygw(t))
	if err != nil {
		t.Fatal(err)
	}
	p = &probed{gateway: &gateway{
		store: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // it is signed
		}},
		plant: func(path, contentType string, body []byte) {
			_, key, _ := strings.Cut(path, "/")
			plantInS3(t, client, bucket, blobtest.Stray{Key: key, Content: body, ContentType: contentType})
		},
	}}
	server := httptest.NewServer(p.gateway)
	t.Cleanup(server.Close)
	p.probe = newS3Blob(t, newHostsClient(server.URL, s3SecretKey), bucket).Probe
	p.left = func(t *testing.T) []string { return allOf(t, client, bucket) }
	return p, client, bucket
}

func allowPage(t *testing.T, client *s3.Client, bucket string) {
	t.Helper()
	_, err := client.PutBucketCors(t.Context(), &s3.PutBucketCorsInput{
		Bucket: &bucket, CORSConfiguration: &types.CORSConfiguration{CORSRules: []types.CORSRule{bucketRule}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// allOf names a bucket's objects, their versions, and uploads in parts that are open.
func allOf(t *testing.T, client *s3.Client, bucket string) []string {
	t.Helper()
	objects, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	versions, err := client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	uploads, err := client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range objects.Contents {
		names = append(names, *o.Key)
	}
	for _, v := range versions.Versions {
		names = append(names, *v.Key+" as "+*v.VersionId)
	}
	for _, m := range versions.DeleteMarkers {
		names = append(names, *m.Key+" deleted as "+*m.VersionId)
	}
	for _, u := range uploads.Uploads {
		names = append(names, *u.Key+" in parts")
	}
	return names
}

func probedDisk(t *testing.T) *probed {
	t.Helper()
	dir := t.TempDir()
	store, err := fileblob.New(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	p := &probed{gateway: &gateway{
		store: store,
		plant: func(key, contentType string, body []byte) {
			_ = store.Delete(t.Context(), key) // in case that an object is in the way
			u := media.Upload{Key: key, Size: int64(len(body)), ContentType: contentType, SHA256: sha256.Sum256(body)}
			if err := store.Put(t.Context(), u, bytes.NewReader(body)); err != nil {
				t.Error(err)
			}
		},
	}}
	server := httptest.NewServer(p.gateway)
	t.Cleanup(server.Close)
	if err := store.SetBaseURL(server.URL); err != nil {
		t.Fatal(err)
	}
	p.probe = func(ctx context.Context, opts *blobprobe.Options) (blobprobe.Report, error) {
		return blobprobe.Run(ctx, store, opts)
	}
	p.left = func(t *testing.T) []string {
		t.Helper()
		names, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	return p
}

// lax returns ways in which a gateway takes what must be refused, by the name of the line
// that must notice.
func lax() map[string]func(r *http.Request, body []byte) bool {
	var uploads atomic.Int64
	return map[string]func(r *http.Request, body []byte) bool{
		"length":         func(_ *http.Request, body []byte) bool { return len(body) != 64 },
		"type":           func(r *http.Request, _ []byte) bool { return r.Header.Get("Content-Type") == "text/html" },
		"sha256":         func(_ *http.Request, body []byte) bool { return len(body) == 64 && body[63] != '\n' },
		"create-only":    func(r *http.Request, _ []byte) bool { return onto(r, "uploaded") && uploads.Add(1) > 1 },
		"signed-headers": func(r *http.Request, _ []byte) bool { return r.Header.Get("If-None-Match") == "" },
		"expiry":         func(r *http.Request, _ []byte) bool { return onto(r, "expired") },
		"tampering":      func(r *http.Request, _ []byte) bool { return onto(r, "tampered0") },
	}
}

func onto(r *http.Request, name string) bool { return strings.HasSuffix(r.URL.Path, "/"+name) }

// no returns that these lines are "no", and those that are so with this store always.
func no(always []string, lines ...string) map[string]blobprobe.Status {
	want := make(map[string]blobprobe.Status)
	for _, name := range append(always, lines...) {
		want[name] = blobprobe.No
	}
	return want
}

func TestProbeDisk(t *testing.T) {
	t.Parallel()
	always := []string{"multipart", "cors"} // the disk's handler has neither
	probedDisk(t).check(t, no(always))
	for line, takes := range lax() {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			p := probedDisk(t)
			p.takes = takes
			p.check(t, no(always, line))
		})
	}
}

func TestProbeS3(t *testing.T) {
	t.Parallel()
	t.Run("as documented", func(t *testing.T) {
		t.Parallel()
		p, _, _ := probedS3(t)
		p.check(t, no(nil))
	})
	t.Run("versions", func(t *testing.T) {
		t.Parallel()
		p, client, bucket := probedS3(t)
		enableVersions(t, client, bucket)
		p.check(t, no(nil))
	})
	for line, takes := range lax() {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			p, _, _ := probedS3(t)
			p.takes = takes
			p.check(t, no(nil, line))
		})
	}
	for name, test := range spoiled {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, client, bucket := probedS3(t)
			test.spoil(t, p, client, bucket)
			p.check(t, test.want)
		})
	}
}

// spoiled are ways to break a bucket, or the connection to it, that no upload shows.
var spoiled = map[string]struct {
	spoil func(t *testing.T, p *probed, client *s3.Client, bucket string)
	want  map[string]blobprobe.Status
}{
	"no checksum at HEAD": {func(_ *testing.T, p *probed, _ *s3.Client, _ string) {
		p.alters = func(r *http.Request, header http.Header) {
			if r.Method == http.MethodHead {
				header.Del("X-Amz-Checksum-Sha256")
			}
		}
	}, no(nil, "checksum", "multipart")},
	"another clock": {func(_ *testing.T, p *probed, _ *s3.Client, _ string) {
		p.alters = func(r *http.Request, header http.Header) {
			if r.URL.Query().Has("X-Amz-Signature") { // by the SDK's own calls it would correct its clock
				header.Set("Date", time.Now().Add(-time.Minute).UTC().Format(http.TimeFormat))
			}
		}
	}, no(nil, "clock")},
	"no CORS rule": {func(t *testing.T, _ *probed, client *s3.Client, bucket string) {
		if _, err := client.DeleteBucketCors(t.Context(), &s3.DeleteBucketCorsInput{Bucket: &bucket}); err != nil {
			t.Fatal(err)
		}
	}, no(nil, "cors")},
	"a CORS rule without a header": {func(t *testing.T, _ *probed, client *s3.Client, bucket string) {
		rule := bucketRule
		rule.AllowedHeaders = []string{"content-type", "if-none-match"}
		_, err := client.PutBucketCors(t.Context(), &s3.PutBucketCorsInput{
			Bucket: &bucket, CORSConfiguration: &types.CORSConfiguration{CORSRules: []types.CORSRule{rule}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}, no(nil, "cors")},
	"a public bucket": {func(t *testing.T, _ *probed, client *s3.Client, bucket string) {
		policy := `{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::` + bucket + `/*"}]}`
		if _, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: &policy}); err != nil {
			t.Fatal(err)
		}
	}, no(nil, "private")},
	"parts of other bytes": {func(t *testing.T, p *probed, client *s3.Client, bucket string) {
		p.answers = func(r *http.Request, body []byte) int {
			sum := sha256.Sum256(body)
			if r.URL.Query().Has("partNumber") && r.Header.Get("X-Amz-Checksum-Sha256") != base64.StdEncoding.EncodeToString(sum[:]) {
				return http.StatusOK
			}
			return 0
		}
	}, no(nil, "multipart")},
	"an upload in parts that can't be completed": {func(_ *testing.T, p *probed, _ *s3.Client, _ string) {
		p.answers = func(r *http.Request, _ []byte) int {
			if r.Method == http.MethodPost && r.URL.Query().Has("uploadId") {
				return http.StatusForbidden
			}
			return 0
		}
	}, no(nil, "multipart")},
	"no right to list": {func(_ *testing.T, p *probed, _ *s3.Client, _ string) {
		p.answers = func(r *http.Request, _ []byte) int {
			if r.URL.Query().Has("list-type") {
				return http.StatusForbidden
			}
			return 0
		}
	}, no(nil, "may-list")},
}
