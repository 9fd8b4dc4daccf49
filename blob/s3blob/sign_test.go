package s3blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media"
)

var (
	// moment0 is when everything in these tests is signed.
	moment0 = time.Date(2026, 11, 24, 12, 0, 0, 999, time.UTC)
	// picture is what is signed.
	picture = media.Upload{Key: "media/1/original", Size: 1024, ContentType: "image/jpeg", SHA256: sha256.Sum256([]byte("picture"))}
)

// staticCredentials are those of AWS's own examples.
func staticCredentials(expires time.Time) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{
			AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
			CanExpire: !expires.IsZero(), Expires: expires,
		}, nil
	})
}

func testClient(configure ...func(*s3.Options)) *s3.Client {
	return s3.New(s3.Options{Region: "eu-central-1", Credentials: staticCredentials(time.Time{})}, configure...)
}

func testStore(t testing.TB, client *s3.Client, opts *Options) *Store {
	t.Helper()
	s, err := New(client, "my-bucket", opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSignUploadGolden pins the whole URL, and with it the signed headers, so that no
// version of the SDK can change them unnoticed.
func TestSignUploadGolden(t *testing.T) {
	got, err := testStore(t, testClient(), nil).SignUpload(t.Context(), picture, moment0, 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	want := media.SignedRequest{
		Method: "PUT",
		URL: "https://my-bucket.s3.eu-central-1.amazonaws.com/media/1/original" +
			"?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
			"&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261124%2Feu-central-1%2Fs3%2Faws4_request" +
			"&X-Amz-Date=20261124T120000Z" +
			"&X-Amz-Expires=900" +
			"&X-Amz-SignedHeaders=cache-control%3Bcontent-disposition%3Bcontent-length%3Bcontent-type%3Bhost%3Bif-none-match%3Bx-amz-checksum-sha256" +
			"&x-id=PutObject" +
			"&X-Amz-Signature=5714219d4d95035f0361c83fe1b8a2f1ed89508c34a5a00cd8b1c50df688c518",
		Headers: map[string]string{
			"Cache-Control":         "private, max-age=300",
			"Content-Disposition":   "attachment",
			"Content-Type":          "image/jpeg",
			"If-None-Match":         "*",
			"X-Amz-Checksum-Sha256": "LOonTQvtw57Eq2up5Z7IiePtb7VqHPCIpk2bODN43Jc=",
		},
		ExpiresAt: time.Date(2026, 11, 24, 12, 15, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("SignUpload (-want +got):\n%s", diff)
	}
}

func TestSignDownloadGolden(t *testing.T) {
	got, err := testStore(t, testClient(), nil).SignDownload(t.Context(), media.Download{
		Key: picture.Key, Version: "v1", ContentType: "image/jpeg", Filename: "Größe.jpg",
	}, moment0, 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	want := media.SignedRequest{
		Method: "GET",
		URL: "https://my-bucket.s3.eu-central-1.amazonaws.com/media/1/original" +
			"?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
			"&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261124%2Feu-central-1%2Fs3%2Faws4_request" +
			"&X-Amz-Date=20261124T120000Z" +
			"&X-Amz-Expires=900" +
			"&X-Amz-SignedHeaders=host" +
			"&response-content-disposition=inline%3B%20filename%3D%22Gr__e.jpg%22%3B%20filename%2A%3DUTF-8%27%27Gr%25C3%25B6%25C3%259Fe.jpg" +
			"&response-content-type=image%2Fjpeg" +
			"&versionId=v1" +
			"&x-id=GetObject" +
			"&X-Amz-Signature=d12fa8e22ec041d2f817c52b2d548c83cd285680805ee9557877a3129508a3e1",
		ExpiresAt: time.Date(2026, 11, 24, 12, 15, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("SignDownload (-want +got):\n%s", diff)
	}
}

// TestSignDownloadEqualsSDK compares the URLs with those of the SDK's presign client, for
// every way to name a bucket and for object keys that need escaping.
func TestSignDownloadEqualsSDK(t *testing.T) {
	clients := map[string]*s3.Client{
		"virtual host":       testClient(),
		"path style":         testClient(func(o *s3.Options) { o.UsePathStyle = true }),
		"endpoint":           testClient(func(o *s3.Options) { o.BaseEndpoint = aws.String("http://localhost:7070") }, Configure),
		"endpoint with path": testClient(func(o *s3.Options) { o.BaseEndpoint = aws.String("https://proxy.example/s3/") }, Configure),
		"accelerated":        testClient(func(o *s3.Options) { o.UseAccelerate = true }),
	}
	for name, client := range clients {
		t.Run(name, func(t *testing.T) {
			s := testStore(t, client, nil)
			for _, key := range []string{"media/1/original", "a b+c/ü~(1)!*'%41&=?#.jpg", "a//b/./c"} {
				for _, version := range []string{"", "3/L4kqtJl+cpXroDTDmJ=="} {
					d := media.Download{Key: key, Version: version, ContentType: "image/svg+xml", Filename: `a "b" ü;+.svg`, Attachment: true}
					got, err := s.SignDownload(t.Context(), d, moment0, time.Hour)
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(presignBySDK(t, s, d, moment0, time.Hour), got.URL); diff != "" {
						t.Errorf("the URL of %q (-SDK +got):\n%s", key, diff)
					}
				}
			}
		})
	}
}

// presignBySDK presigns as the SDK does, but with our clock.
func presignBySDK(t testing.TB, s *Store, d media.Download, at time.Time, ttl time.Duration) string {
	t.Helper()
	disposition := `attachment; filename="a _b_ _;+.svg"; filename*=UTF-8''a%20%22b%22%20%C3%BC%3B+.svg`
	in := &s3.GetObjectInput{
		Bucket: &s.bucket, Key: &d.Key, ResponseContentType: &d.ContentType, ResponseContentDisposition: &disposition,
	}
	if d.Version != "" {
		in.VersionId = &d.Version
	}
	m, err := s.moment(t.Context(), at, ttl)
	if err != nil {
		t.Fatal(err)
	}
	req, err := s.presign.PresignGetObject(t.Context(), in, func(o *s3.PresignOptions) {
		o.Expires = ttl
		o.Presigner = fixedSigner{v4.NewSigner(disableURIPathEscaping), m}
	})
	if err != nil {
		t.Fatal(err)
	}
	return req.URL
}

// TestPublic: if clients reach the store under another host, that one is signed.
func TestPublic(t *testing.T) {
	internal := testClient(func(o *s3.Options) { o.BaseEndpoint = aws.String("http://s3.invalid:7070") }, Configure)
	public := testClient(func(o *s3.Options) { o.BaseEndpoint = aws.String("https://files.example") }, Configure)
	s := testStore(t, internal, &Options{Public: public})
	up, err := s.SignUpload(t.Context(), picture, moment0, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	down, err := s.SignDownload(t.Context(), media.Download{Key: picture.Key, ContentType: "image/jpeg", Filename: "a"}, moment0, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, signed := range []media.SignedRequest{up, down} {
		if !strings.HasPrefix(signed.URL, "https://files.example/my-bucket/media/1/original?") {
			t.Errorf("%s is signed for another host than the public one", signed.Method)
		}
	}
}

// TestCredentialsCapLife: "It is earlier if the credentials that sign it expire earlier".
func TestCredentialsCapLife(t *testing.T) {
	for rest, want := range map[time.Duration]time.Duration{
		time.Hour: 15 * time.Minute, time.Minute: time.Minute, time.Second: time.Second, 0: 0, -time.Hour: 0,
	} {
		s := testStore(t, testClient(func(o *s3.Options) {
			o.Credentials = staticCredentials(moment0.Truncate(time.Second).Add(rest))
		}), nil)
		up, upErr := s.SignUpload(t.Context(), picture, moment0, 15*time.Minute)
		down, downErr := s.SignDownload(t.Context(), media.Download{Key: picture.Key, ContentType: "image/jpeg"}, moment0, 15*time.Minute)
		if want == 0 {
			if !errors.Is(upErr, media.ErrUnavailable) || !errors.Is(downErr, media.ErrUnavailable) {
				t.Errorf("credentials expired: %v, %v, want ErrUnavailable", upErr, downErr)
			}
			continue
		}
		end := moment0.Truncate(time.Second).Add(want)
		if upErr != nil || downErr != nil || !up.ExpiresAt.Equal(end) || !down.ExpiresAt.Equal(end) {
			t.Errorf("credentials for %v: until %v, %v (%v, %v), want %v", rest, up.ExpiresAt, down.ExpiresAt, upErr, downErr, end)
		}
	}
}

// TestSessionToken: the credentials of a role have a token, which must be in the URL.
func TestSessionToken(t *testing.T) {
	s := testStore(t, testClient(func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret", SessionToken: "token"}, nil
		})
	}), nil)
	signed, err := s.SignUpload(t.Context(), picture, moment0, time.Minute)
	if err != nil || !strings.Contains(signed.URL, "X-Amz-Security-Token=token") || signed.Headers["X-Amz-Security-Token"] != "" {
		t.Errorf("SignUpload: %v, want the token in the URL and not among the headers", err)
	}
}

// TestHolds: a URL that doesn't sign all of the headers isn't handed out.
func TestHolds(t *testing.T) {
	in := testStore(t, testClient(), nil).putInput(picture)
	signed := http.Header{
		"Cache-Control": {*in.CacheControl}, "Content-Disposition": {*in.ContentDisposition}, "Content-Length": {"1024"},
		"Content-Type": {*in.ContentType}, "If-None-Match": {"*"}, "X-Amz-Checksum-Sha256": {*in.ChecksumSHA256}, "Host": {"h"},
	}
	if err := holds(signed, in); err != nil {
		t.Errorf("holds = %v", err)
	}
	for name := range signed {
		if name == "Host" {
			continue
		}
		for _, values := range [][]string{nil, {"other"}, {signed[name][0], "other"}} {
			spoilt := signed.Clone()
			spoilt[name] = values
			if holds(spoilt, in) == nil {
				t.Errorf("holds accepts %s: %q", name, values)
			}
		}
	}
}

func TestSignRefusesNoKey(t *testing.T) {
	s := testStore(t, testClient(), nil)
	if _, err := s.SignDownload(t.Context(), media.Download{ContentType: "image/jpeg"}, moment0, time.Minute); err == nil {
		t.Error("SignDownload signs the bucket itself")
	}
}
