package s3blob

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/encoding/httpbinding"

	"github.com/seed-f0df946f/mediakit/blob/internal/disposition"
	"github.com/seed-f0df946f/mediakit/blob/internal/terms"
	"github.com/seed-f0df946f/mediakit/media"
)

// Every object is stored with these headers. They are signed, so that a client can't
// choose them. SignDownload signs a disposition that replaces the stored one.
const (
	storedDisposition  = "attachment"
	storedCacheControl = terms.CacheControl
)

// unsignedPayload replaces the body's hash in a presigned request. An upload's body is
// bound by the checksum header, which is signed.
const unsignedPayload = "UNSIGNED-PAYLOAD"

// putInput is the request that stores u, whether it is presigned or sent by the service.
func (s *Store) putInput(u media.Upload) *s3.PutObjectInput {
	return &s3.PutObjectInput{
		Bucket:             &s.bucket,
		Key:                &u.Key,
		ContentLength:      &u.Size,
		ContentType:        &u.ContentType,
		ChecksumSHA256:     aws.String(base64.StdEncoding.EncodeToString(u.SHA256[:])),
		IfNoneMatch:        aws.String("*"),
		ContentDisposition: aws.String(storedDisposition),
		CacheControl:       aws.String(storedCacheControl),
	}
}

// SignUpload implements [media.BlobStore]. If the SDK doesn't sign one of the headers that
// bind the upload, it returns an error and no URL.
func (s *Store) SignUpload(ctx context.Context, u media.Upload, at time.Time, ttl time.Duration) (media.SignedRequest, error) {
	if err := terms.CheckUpload(u); err != nil {
		return media.SignedRequest{}, fmt.Errorf("s3blob: sign upload: %w", err)
	}
	m, err := s.moment(ctx, at, ttl)
	if err != nil {
		return media.SignedRequest{}, fail(ctx, "sign upload", err)
	}
	in := s.putInput(u)
	req, err := s.presign.PresignPutObject(ctx, in, func(o *s3.PresignOptions) {
		o.Presigner = fixedSigner{s.signer, m}
		o.Expires = m.life
	})
	if err != nil {
		return media.SignedRequest{}, fail(ctx, "sign upload", err)
	}
	if err := holds(req.SignedHeader, in); err != nil {
		return media.SignedRequest{}, fmt.Errorf("s3blob: sign upload: %w: %w", media.ErrStoreMisconfigured, err)
	}
	return media.SignedRequest{
		Method: req.Method, URL: req.URL, Headers: toSend(req.SignedHeader), ExpiresAt: m.end(),
	}, nil
}

// holds returns an error if the signature doesn't cover the headers that bind the upload.
// Some versions of the SDK put headers into the query, where S3 ignores them.
func holds(signed http.Header, in *s3.PutObjectInput) error {
	for name, want := range map[string]string{
		"Cache-Control":         *in.CacheControl,
		"Content-Disposition":   *in.ContentDisposition,
		"Content-Length":        strconv.FormatInt(*in.ContentLength, 10),
		"Content-Type":          *in.ContentType,
		"If-None-Match":         *in.IfNoneMatch,
		"X-Amz-Checksum-Sha256": *in.ChecksumSHA256,
	} {
		if got := signed[name]; len(got) != 1 || got[0] != want {
			return fmt.Errorf("the SDK signs %s as %q, not %q", name, got, want)
		}
	}
	return nil
}

// toSend leaves out the headers that HTTP clients set themselves. Browsers let nobody set
// them.
func toSend(signed http.Header) map[string]string {
	headers := make(map[string]string, len(signed))
	for name, values := range signed {
		if name != "Host" && name != "Content-Length" {
			headers[name] = strings.Join(values, ",")
		}
	}
	return headers
}

// SignDownload implements [media.BlobStore]. It uses the SDK's signer, but not its presign
// client, which takes three times as long for the same URL. A page of media has a hundred
// URLs.
func (s *Store) SignDownload(ctx context.Context, d media.Download, at time.Time, ttl time.Duration) (media.SignedRequest, error) {
	if d.Key == "" { // it would sign the bucket's list
		return media.SignedRequest{}, errors.New("s3blob: sign download: an object key is required")
	}
	m, err := s.moment(ctx, at, ttl)
	if err != nil {
		return media.SignedRequest{}, fail(ctx, "sign download", err)
	}
	query := url.Values{
		"X-Amz-Expires":                {strconv.FormatInt(int64(m.life/time.Second), 10)},
		"response-content-disposition": {disposition.Format(d.Attachment, d.Filename, d.ContentType)},
		"response-content-type":        {d.ContentType},
		"x-id":                         {"GetObject"}, // the SDK sends it, and S3 ignores it
	}
	if d.Version != "" {
		query.Set("versionId", d.Version)
	}
	uri, signed, err := s.signer.PresignHTTP(ctx, m.credentials, &http.Request{
		Method: http.MethodGet,
		URL:    s.target.url(d.Key, query),
		Host:   s.target.base.Host,
		Header: http.Header{},
	}, unsignedPayload, s.target.service, s.target.region, m.at)
	if err != nil {
		return media.SignedRequest{}, fail(ctx, "sign download", err)
	}
	if len(toSend(signed)) > 0 {
		return media.SignedRequest{}, fmt.Errorf("s3blob: sign download: %w: the SDK signs headers that the client would have to send", media.ErrStoreMisconfigured)
	}
	return media.SignedRequest{Method: http.MethodGet, URL: uri, ExpiresAt: m.end()}, nil
}

// moment says when a request is signed, for how long, and by which credentials.
type moment struct {
	at          time.Time     // in whole seconds, as in a signature
	life        time.Duration // in whole seconds
	credentials aws.Credentials
}

func (m moment) end() time.Time { return m.at.Add(m.life) }

// moment shortens ttl if the credentials expire earlier: a URL doesn't outlive them.
func (s *Store) moment(ctx context.Context, at time.Time, ttl time.Duration) (moment, error) {
	if err := terms.CheckTTL(ttl); err != nil {
		return moment{}, &refusal{err}
	}
	credentials, err := s.credentials.Retrieve(ctx)
	if err != nil {
		return moment{}, fmt.Errorf("credentials: %w", err)
	}
	m := moment{at.UTC().Truncate(time.Second), ttl.Truncate(time.Second), credentials}
	if credentials.CanExpire {
		m.life = min(m.life, credentials.Expires.Sub(m.at).Truncate(time.Second))
	}
	if m.life < time.Second {
		return moment{}, errors.New("the credentials have expired")
	}
	return m, nil
}

// fixedSigner signs at its own moment, whatever time the SDK says.
type fixedSigner struct {
	signer *v4.Signer
	moment moment
}

// PresignHTTP implements s3.HTTPPresignerV4.
func (f fixedSigner) PresignHTTP(
	ctx context.Context, _ aws.Credentials, r *http.Request, payloadHash, service, region string, _ time.Time,
	opts ...func(*v4.SignerOptions),
) (string, http.Header, error) {
	return f.signer.PresignHTTP(ctx, f.moment.credentials, r, payloadHash, service, region, f.moment.at, opts...)
}

// target is where a bucket's objects are, and what a signature names.
type target struct {
	base            *url.URL // of the bucket
	service, region string
}

// findTarget lets the SDK resolve the bucket's endpoint, once: it presigns a request with a
// signer that signs nothing.
func findTarget(presign *s3.PresignClient, bucket string) (target, error) {
	const probe = "probe"
	var t target
	_, err := presign.PresignGetObject(context.Background(), &s3.GetObjectInput{Bucket: &bucket, Key: aws.String(probe)},
		func(o *s3.PresignOptions) {
			o.Presigner = targetFinder{&t}
			// The client's own credentials may have to be fetched, but New calls nobody.
			o.ClientOptions = append(o.ClientOptions, func(o *s3.Options) {
				o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: probe, SecretAccessKey: probe}, nil
				})
			})
		})
	if err != nil {
		return target{}, err
	}
	if t.base == nil {
		return target{}, errors.New("it isn't signed with Signature Version 4")
	}
	t.base.Path = strings.TrimSuffix(t.base.Path, "/"+probe)
	t.base.RawPath = strings.TrimSuffix(t.base.RawPath, "/"+probe)
	return t, nil
}

// url returns the URL of an object as the SDK spells it: every byte of the object key is
// escaped, except unreserved characters and the slash.
func (t target) url(key string, query url.Values) *url.URL {
	u := *t.base
	u.RawPath = u.EscapedPath() + "/" + httpbinding.EscapePath(key, false)
	u.Path += "/" + key
	u.RawQuery = query.Encode()
	return &u
}

// targetFinder remembers what it should sign.
type targetFinder struct{ found *target }

// PresignHTTP implements s3.HTTPPresignerV4.
func (f targetFinder) PresignHTTP(
	_ context.Context, _ aws.Credentials, r *http.Request, _, service, region string, _ time.Time, _ ...func(*v4.SignerOptions),
) (string, http.Header, error) {
	base := *r.URL
	base.RawQuery = ""
	*f.found = target{&base, service, region}
	return base.String(), nil, nil
}
