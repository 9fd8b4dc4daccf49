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

// refusal is an error about the caller's arguments, not about the store.
type refusal struct{ error }

// byCode translates the error codes whose status says too little. They are listed at
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; some are those of
// compatible stores.
var byCode = map[string]error{
	"AuthorizationHeaderMalformed":       media.ErrStoreMisconfigured, // the wrong region
	"AuthorizationQueryParametersError":  media.ErrStoreMisconfigured,
	"BadRequest":                         media.ErrStoreMisconfigured, // of a HEAD, whose answer has no body to say more
	"IllegalLocationConstraintException": media.ErrStoreMisconfigured,
	"InvalidToken":                       media.ErrStoreMisconfigured,
	"NoSuchBucket":                       media.ErrStoreMisconfigured,
	"NotImplemented":                     media.ErrStoreMisconfigured,
	"PermanentRedirect":                  media.ErrStoreMisconfigured,

	"BadDigest":                   media.ErrObjectMismatch,
	"IncompleteBody":              media.ErrObjectMismatch,
	"XAmzContentChecksumMismatch": media.ErrObjectMismatch,
	"XAmzContentSHA256Mismatch":   media.ErrObjectMismatch,

	"ConditionalRequestConflict": media.ErrUnavailable, // another PUT of the object key is running
	"ExpiredToken":               media.ErrUnavailable, // until the provider has new credentials
	"OperationAborted":           media.ErrUnavailable,
	"RequestTimeout":             media.ErrUnavailable,
	"RequestTimeTooSkewed":       media.ErrStoreMisconfigured,
}

// fail turns an error into one of the contract. If the caller's context has ended, its
// error is returned as it is, whatever else went wrong.
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
	// A dial's time-out and the end of the Store's own budget are context errors too.
	// They become text, so that context.DeadlineExceeded is always the caller's.
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return fmt.Errorf("s3blob: %s: %w: %v", op, kind, err)
	}
	return fmt.Errorf("s3blob: %s: %w: %w", op, kind, err)
}

// classify returns what err means in the contract's terms, or nil. If the store hasn't
// answered, it couldn't be reached, unless the SDK didn't even write the request.
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

// The meaning of these two depends on the operation, which replaces them.
var (
	errPrecondition = errors.New("precondition failed")
	errRange        = errors.New("range not satisfiable")
)
