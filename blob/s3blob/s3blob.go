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
	// connectTimeout and firstByteTimeout bound one try; see [Configure].
	connectTimeout   = 2 * time.Second
	firstByteTimeout = 5 * time.Second
	// callBudget bounds all tries of one call of the Store, and all requests it takes.
	callBudget = 6 * time.Second
)

// Options configures a [Store]. A zero field means its default.
type Options struct {
	// Public signs URLs for the endpoint that clients reach, where that is another
	// than the one this process reaches: a URL's host is signed, so it can't be
	// rewritten afterwards. It is never called. Default: the client of New.
	Public *s3.Client
}

// Store is a [media.BlobStore] over one S3 bucket.
type Store struct {
	client      *s3.Client
	bucket      string
	presign     *s3.PresignClient // one for all, since it caches the key it derives for a day
	signer      *v4.Signer        // the same
	credentials aws.CredentialsProvider
	target      target
	budget      time.Duration
}

// New returns a Store over the bucket. It calls nobody: that the bucket exists
// and may be used shows at the first call. opts may be nil.
//
// The client needs a region and credentials. Of its other options New uses all as
// they are but for the two on checksums, which it sets to WhenRequired in a copy:
// S3's kin don't take the trailing checksums that are the SDK's default.
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

// checkBucket refuses directory buckets: they take session credentials, which
// would have to be fetched to sign, and don't list in byte order.
func checkBucket(bucket string) error {
	if bucket == "" {
		return errors.New("s3blob: a bucket is required")
	}
	if strings.HasSuffix(bucket, "--x-s3") {
		return fmt.Errorf("s3blob: %q is a directory bucket, which can't keep the contract of a blob store", bucket)
	}
	return nil
}

// Configure sets what a service wants of a client that it makes for a Store, and
// is made to be handed to s3.NewFromConfig or s3.New; functions after it may set
// anything otherwise.
//
//   - A try has 2 s to connect and 5 s to the first byte of the answer. An
//     HTTPClient other than the SDK's own is left as it is.
//   - Checksums are sent and validated where an operation requires them only.
//   - Buckets are named in the path where there is a BaseEndpoint, since a name
//     like localhost has no subdomains.
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

// disableURIPathEscaping because S3, alone among the services, signs a path that is
// escaped once.
func disableURIPathEscaping(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }

// within bounds one call of the Store.
func (s *Store) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.budget)
}

// Multipart implements [media.BlobStore]: there is none yet.
func (s *Store) Multipart() media.Multipart { return nil }
