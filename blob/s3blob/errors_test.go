package s3blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/seed-f0df946f/mediakit/media"
)

// serve returns a Store whose S3 is handler. It makes one attempt only, since the SDK waits
// before others.
func serve(t *testing.T, handler http.HandlerFunc) *Store {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return testStore(t, testClient(func(o *s3.Options) {
		o.BaseEndpoint = &server.URL
		o.RetryMaxAttempts = 1
	}, Configure), nil)
}

// calls is everything that calls S3.
var calls = map[string]func(context.Context, *Store) error{
	"Stat":   func(ctx context.Context, s *Store) error { _, err := s.Stat(ctx, "k"); return err },
	"ReadAt": func(ctx context.Context, s *Store) error { _, err := s.ReadAt(ctx, "k", media.Pin{}, 0, 1); return err },
	"Put": func(ctx context.Context, s *Store) error {
		return s.Put(ctx, picture, bytes.NewReader(make([]byte, picture.Size)))
	},
	"Delete": func(ctx context.Context, s *Store) error { return s.Delete(ctx, "k") },
	"List":   func(ctx context.Context, s *Store) error { _, _, err := s.List(ctx, "", ""); return err },
}

func TestErrorsByStatusAndCode(t *testing.T) {
	for _, c := range []struct {
		op     string
		status int
		code   string // empty: no body, as for HEAD
		want   error  // nil: none of the contract's
	}{
		{"Stat", 403, "", media.ErrStoreMisconfigured},
		{"Stat", 400, "", media.ErrStoreMisconfigured},
		{"Stat", 301, "", media.ErrStoreMisconfigured},
		{"Stat", 404, "", media.ErrStoreMisconfigured}, // to the call for the bucket too
		{"Stat", 500, "", media.ErrUnavailable},
		{"Stat", 503, "", media.ErrUnavailable},
		{"Stat", 429, "", media.ErrUnavailable},
		{"ReadAt", 403, "AccessDenied", media.ErrStoreMisconfigured},
		{"ReadAt", 404, "NoSuchKey", media.ErrNoObject},
		{"ReadAt", 404, "NoSuchBucket", media.ErrStoreMisconfigured},
		{"ReadAt", 412, "PreconditionFailed", media.ErrObjectChanged},
		{"ReadAt", 503, "SlowDown", media.ErrUnavailable},
		{"Put", 403, "SignatureDoesNotMatch", media.ErrStoreMisconfigured},
		{"Put", 412, "PreconditionFailed", media.ErrObjectExists},
		{"Put", 409, "ConditionalRequestConflict", media.ErrUnavailable},
		{"Put", 409, "SomeOtherConflict", nil},
		{"Put", 400, "BadDigest", media.ErrObjectMismatch},
		{"Put", 400, "XAmzContentSHA256Mismatch", media.ErrObjectMismatch},
		{"Put", 400, "RequestTimeout", media.ErrUnavailable},
		{"Put", 400, "ExpiredToken", media.ErrUnavailable},
		{"Put", 501, "NotImplemented", media.ErrStoreMisconfigured},
		{"Delete", 403, "AccessDenied", media.ErrStoreMisconfigured},
		{"Delete", 404, "NoSuchBucket", media.ErrStoreMisconfigured},
		{"List", 403, "InvalidAccessKeyId", media.ErrStoreMisconfigured},
		{"List", 400, "AuthorizationHeaderMalformed", media.ErrStoreMisconfigured},
		{"List", 500, "InternalError", media.ErrUnavailable},
	} {
		t.Run(fmt.Sprint(c.op, c.status, c.code), func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				if c.code != "" {
					fmt.Fprintf(w, "<Error><Code>%s</Code><Message>words that differ from server to server</Message></Error>", c.code)
				}
			})
			err := calls[c.op](t.Context(), s)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s = %v, want %v", c.op, err, c.want)
			}
			if c.want == nil && (errors.Is(err, media.ErrUnavailable) || errors.Is(err, media.ErrStoreMisconfigured)) {
				t.Errorf("%s = %v, want none of the contract's errors", c.op, err)
			}
			if strings.Contains(err.Error(), "X-Amz-Signature") || strings.Contains(err.Error(), "wJalrXUtnFEMI") {
				t.Error("the error holds a secret")
			}
		})
	}
}

// TestDeleteOfNothing: "If there is no object it succeeds", whichever way S3 says so.
func TestDeleteOfNothing(t *testing.T) {
	for _, status := range []int{http.StatusNoContent, http.StatusNotFound} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if err := s.Delete(t.Context(), "k"); err != nil {
			t.Errorf("status %d: Delete = %v", status, err)
		}
	}
}

// TestErrorsKeepTheirCause: an operator's log can name the request.
func TestErrorsKeepTheirCause(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
	})
	var api smithy.APIError
	if err := calls["List"](t.Context(), s); !errors.As(err, &api) || api.ErrorCode() != "AccessDenied" {
		t.Errorf("List = %v, want the SDK's error within", err)
	}
}

// TestBudget: a store that is too slow is ErrUnavailable, not the end of the caller's
// context.
func TestBudget(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(release) })
	s.budget = 10 * time.Millisecond
	bounded := maps.Clone(calls)
	delete(bounded, "Put") // it takes as long as its body does
	for op, call := range bounded {
		err := call(t.Context(), s)
		if !errors.Is(err, media.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			t.Errorf("%s = %v, want ErrUnavailable and no context's error", op, err)
		}
	}
}

// TestCallersContext: "A context's error passes through", even during a call.
func TestCallersContext(t *testing.T) {
	for op, call := range calls {
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		})
		if err := call(ctx, s); err != context.Canceled {
			t.Errorf("%s = %v, want context.Canceled itself", op, err)
		}
	}
}

// TestUnreachable: the time-out of a dial isn't the end of the caller's context.
func TestUnreachable(t *testing.T) {
	s := testStore(t, testClient(func(o *s3.Options) {
		o.RetryMaxAttempts = 1
		o.HTTPClient = roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}
		})
	}), nil)
	for op, call := range calls {
		if err := call(t.Context(), s); !errors.Is(err, media.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s = %v, want ErrUnavailable and no context's error", op, err)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) Do(r *http.Request) (*http.Response, error) { return f(r) }
