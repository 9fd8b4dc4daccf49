package s3blob

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/seed-f0df946f/mediakit/media"
)

var _ media.BlobStore = (*Store)(nil)

const (
	// connectTimeout and firstByteTimeout bound one attempt; see [Configure].
	connectTimeout   = 2 * time.Second
	firstByteTimeout = 5 * time.Second
	// callBudget bounds one call of the Store, with all its requests and attempts.
	callBudget = 6 * time.Second
)

// Options configures a [Store]. A zero field means its default.
type Options struct {
	// Public signs URLs for the endpoint that clients reach, if this process reaches the
	// store by another one. A URL's host is signed, so that it can't be replaced
	// afterwards. Public is never called. Default: the client of New.
	Public *s3.Client
}

// Store is a [media.BlobStore] over one S3 bucket.
type Store struct {
	client      *s3.Client
	bucket      string
	presign     *s3.PresignClient // the only one, since it caches the signing key that it derives each day
	signer      *v4.Signer        // the same
	credentials aws.CredentialsProvider
	target      target
	budget      time.Duration
}

// New returns a Store over the bucket. It calls nobody: the first call shows whether the
// bucket exists and may be used. opts may be nil.
//
// The client must have a region and credentials. New uses its other options as they are,
// except for the two on checksums, which it sets to WhenRequired in a copy: compatible
// stores don't take the trailing checksums that are the SDK's default.
func New(client *s3.Client, bucket string, opts *Options) (*Store, error) {
	if client == nil {
		return nil, errors.New("s3blob: a client is required")
	}
	public := client
	if opts != nil && opts.Public != nil {
		public = opts.Public
	}
	if err := checkBucket(bucket); err != nil {
		return nil, err
	}
	for _, o := range []s3.Options{client.Options(), public.Options()} {
		if o.Region == "" || o.Credentials == nil {
			return nil, errors.New("s3blob: a client needs a region and credentials")
		}
	}
	public = s3.New(public.Options(), requireChecksumsOnlyWhereRequired)
	s := &Store{
		client:      s3.New(client.Options(), requireChecksumsOnlyWhereRequired),
		bucket:      bucket,
		presign:     s3.NewPresignClient(public),
		signer:      v4.NewSigner(disableURIPathEscaping),
		credentials: public.Options().Credentials,
		budget:      callBudget,
	}
	var err error
	if s.target, err = findTarget(s.presign, bucket); err != nil {
		return nil, fmt.Errorf("s3blob: the bucket %q has no URL that can be signed: %w", bucket, err)
	}
	return s, nil
}

// checkBucket refuses directory buckets: they need session credentials, which would have
// to be fetched for signing, and don't list in byte order.
func checkBucket(bucket string) error {
	if bucket == "" {
		return errors.New("s3blob: a bucket is required")
	}
	if strings.HasSuffix(bucket, "--x-s3") {
		return fmt.Errorf("s3blob: %q is a directory bucket, which can't keep the contract of a blob store", bucket)
	}
	return nil
}

// Configure sets what suits a client of a Store. Pass it to s3.NewFromConfig or s3.New;
// functions after it may change anything again.
//
//   - An attempt has 2 s to connect and 5 s until the first byte of the answer. An
//     HTTPClient other than the SDK's own is left as it is.
//   - Checksums are sent and validated only if an operation requires them.
//   - If there is a BaseEndpoint, the bucket is named in the path, since a name like
//     localhost has no subdomains.
//
// The retryer stays the SDK's.
func Configure(o *s3.Options) {
	requireChecksumsOnlyWhereRequired(o)
	if o.BaseEndpoint != nil {
		o.UsePathStyle = true
	}
	if client, ok := o.HTTPClient.(*awshttp.BuildableClient); ok {
		o.HTTPClient = client.
			WithDialerOptions(func(d *net.Dialer) { d.Timeout = connectTimeout }).
			WithTransportOptions(func(t *http.Transport) {
				t.TLSHandshakeTimeout = connectTimeout
				t.ResponseHeaderTimeout = firstByteTimeout
			})
	}
}

func requireChecksumsOnlyWhereRequired(o *s3.Options) {
	o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
}

// disableURIPathEscaping signs a path that is escaped once. S3 is the only service that
// wants this.
func disableURIPathEscaping(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }

// within returns a context for one call of the Store.
func (s *Store) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.budget)
}

// Multipart implements [media.BlobStore]. It returns nil.
func (s *Store) Multipart() media.Multipart { return nil }
