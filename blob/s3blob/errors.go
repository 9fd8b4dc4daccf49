package s3blob

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/seed-f0df946f/mediakit/media"
)

// refusal is an error about the arguments: it isn't the store's.
type refusal struct{ error }

// byCode translates the error codes whose status tells too little. Their names
// are those of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// and of S3's kin.
var byCode = map[string]error{
	"AuthorizationHeaderMalformed":       media.ErrStoreMisconfigured, // the wrong region
	"AuthorizationQueryParametersError":  media.ErrStoreMisconfigured,
	"BadRequest":                         media.ErrStoreMisconfigured, // of a HEAD, which has no body to say more
	"IllegalLocationConstraintException": media.ErrStoreMisconfigured,
	"InvalidToken":                       media.ErrStoreMisconfigured,
	"NoSuchBucket":                       media.ErrStoreMisconfigured,
	"NotImplemented":                     media.ErrStoreMisconfigured,
	"PermanentRedirect":                  media.ErrStoreMisconfigured,

	"BadDigest":                   media.ErrObjectMismatch,
	"IncompleteBody":              media.ErrObjectMismatch,
	"XAmzContentChecksumMismatch": media.ErrObjectMismatch,
	"XAmzContentSHA256Mismatch":   media.ErrObjectMismatch,

	"ConditionalRequestConflict": media.ErrUnavailable, // another PUT of the key is under way
	"ExpiredToken":               media.ErrUnavailable, // until the provider has fresh credentials
	"OperationAborted":           media.ErrUnavailable,
	"RequestTimeout":             media.ErrUnavailable,
	"RequestTimeTooSkewed":       media.ErrStoreMisconfigured,
}

// fail is where errors become the contract's. ctx is the caller's: its end passes
// through as it is, whatever else went wrong.
func fail(ctx context.Context, op string, err error) error {
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	var refused *refusal
	if errors.As(err, &refused) {
		return fmt.Errorf("s3blob: %s: %w", op, refused.error)
	}
	kind := classify(err)
	if kind == nil {
		return fmt.Errorf("s3blob: %s: %w", op, err)
	}
	// A dial's time-out and the end of the Store's own budget call themselves a
	// context's end too. They stay in the text alone, so that
	// context.DeadlineExceeded is always the caller's.
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return fmt.Errorf("s3blob: %s: %w: %v", op, kind, err)
	}
	return fmt.Errorf("s3blob: %s: %w: %w", op, kind, err)
}

// classify returns what err means in the contract's terms, or nil. What has no
// answer of the store in it is a matter of reaching the store, unless the SDK
// wouldn't even write the request.
func classify(err error) error {
	var unwritten *smithy.SerializationError
	if errors.As(err, &unwritten) {
		return nil
	}
	var answer *smithyhttp.ResponseError
	if !errors.As(err, &answer) {
		return media.ErrUnavailable
	}
	var api smithy.APIError
	if errors.As(err, &api) && byCode[api.ErrorCode()] != nil {
		return byCode[api.ErrorCode()]
	}
	return byStatus(answer.HTTPStatusCode())
}

func byStatus(status int) error {
	switch {
	case status == http.StatusMovedPermanently, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return media.ErrStoreMisconfigured
	case status == http.StatusNotFound:
		return media.ErrNoObject
	case status == http.StatusPreconditionFailed:
		return errPrecondition
	case status == http.StatusRequestedRangeNotSatisfiable:
		return errRange
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests,
		status >= http.StatusInternalServerError, status < http.StatusMultipleChoices: // an answer that broke off
		return media.ErrUnavailable
	default:
		return nil
	}
}

// What these two mean depends on the operation, which replaces them.
var (
	errPrecondition = errors.New("precondition failed")
	errRange        = errors.New("range not satisfiable")
)
