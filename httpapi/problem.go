package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// Errors of requests that the domain never sees.
var (
	errMalformed        = errors.New("httpapi: malformed JSON")
	errTooLarge         = errors.New("httpapi: body too large")
	errMediaType        = errors.New("httpapi: unsupported media type")
	errParameter        = errors.New("httpapi: invalid parameter")
	errCursor           = errors.New("httpapi: invalid cursor")
	errInvalid          = errors.New("httpapi: invalid body")
	errNotFound         = errors.New("httpapi: not found")
	errMethodNotAllowed = errors.New("httpapi: method not allowed")
	errOverloaded       = errors.New("httpapi: overloaded")
)

// parameterError refuses a parameter of the query or a header.
type parameterError struct{ name, detail string }

// Error implements error.
func (e *parameterError) Error() string { return errParameter.Error() + ": " + e.name }

// Is finds the row of problems for any parameter.
func (e *parameterError) Is(target error) bool { return target == errParameter }

// bodyError refuses a body and names every bad member of it.
type bodyError struct{ members []wire.FieldError }

// Error implements error.
func (e *bodyError) Error() string { return errInvalid.Error() }

// Is finds the row of problems for any body.
func (e *bodyError) Is(target error) bool { return target == errInvalid }

// missingError refuses a request that names media which don't exist.
type missingError struct{ ids []string }

// Error implements error.
func (e *missingError) Error() string { return media.ErrNotFound.Error() }

// Is finds the row of problems for media.
func (e *missingError) Is(target error) bool { return target == media.ErrNotFound }

// problem says what the answer to an error is. Of the error itself, a client gets to read
// nothing but the detail.
type problem struct {
	err    error
	code   string
	status int
	title  string
	detail string
	retry  int // seconds for Retry-After; 0: none
}

// problems lists every error that a request can end with. The first that matches counts;
// internal is for all others. ErrUnavailable and the errors of a context stand before
// those that they may wrap.
var problems = []problem{
	{errMalformed, wire.CodeMalformedJSON, 400, "Malformed JSON", "The body is not one JSON value in UTF-8 whose members are each named once.", 0},
	{errParameter, wire.CodeInvalidParameter, 400, "Invalid parameter", "A parameter is not valid.", 0},
	{errCursor, wire.CodeInvalidCursor, 400, "Invalid cursor", "The cursor is none that this list gave out for these parameters.", 0},
	{errNotFound, wire.CodeNotFound, 404, "Not found", "There is nothing here.", 0},
	{errMethodNotAllowed, wire.CodeMethodNotAllowed, 405, "Method not allowed", "The header Allow names the methods of this path.", 0},
	{errTooLarge, wire.CodePayloadTooLarge, 413, "Payload too large", "A body has at most 64 KiB.", 0},
	{errMediaType, wire.CodeUnsupportedMediaType, 415, "Unsupported media type", "A body is application/json in UTF-8, not compressed.", 0},
	{errInvalid, wire.CodeValidation, 422, "Validation error", "The body has members that are not valid.", 0},
	{errOverloaded, wire.CodeOverloaded, 503, "Overloaded", "Too many requests are in flight.", 1},

	{context.DeadlineExceeded, wire.CodeStoreUnavailable, 503, "Store unavailable", "The database or the blob store took too long to answer.", 5},
	{context.Canceled, wire.CodeStoreUnavailable, 503, "Store unavailable", "The request was given up.", 5},
	{media.ErrUnavailable, wire.CodeStoreUnavailable, 503, "Store unavailable", "The database or the blob store can't answer now.", 5},
	{media.ErrStoreMisconfigured, wire.CodeStoreMisconfigured, 500, "Store misconfigured", "The blob store refuses the service; an operator has to mend it.", 0},

	{media.ErrNotFound, wire.CodeNotFound, 404, "Not found", "There is no such media.", 0},
	{tags.ErrNotFound, wire.CodeNotFound, 404, "Not found", "There is no such tag.", 0},
	{tags.ErrExists, wire.CodeTagExists, 409, "Tag exists", "Another tag has this name, in this or another spelling.", 0},
	{media.ErrUploadIncomplete, wire.CodeUploadIncomplete, 409, "Upload incomplete", "The bytes have not arrived yet.", 0},
	{media.ErrUploadExpired, wire.CodeUploadExpired, 409, "Upload expired", "The bytes had not arrived by the media's expires_at.", 0},
	{media.ErrNotPending, wire.CodeMediaNotPending, 409, "Media not pending", "The media waits for no upload any more.", 0},
	{media.ErrIdempotencyKeyInProgress, wire.CodeIdempotencyInProgress, 409, "Idempotency key in progress", "A request with this Idempotency-Key is still running.", 0},
	{media.ErrVersion, wire.CodePreconditionFailed, 412, "Precondition failed", "The media's version is none that the conditions of the request let pass.", 0},
	{media.ErrUploadRejected, wire.CodeUploadRejected, 422, "Upload rejected", "What was uploaded is not what was declared.", 0},
	{media.ErrIdempotencyKeyReused, wire.CodeIdempotencyKeyReused, 422, "Idempotency key reused", "The Idempotency-Key was used with another body.", 0},
}

var internal = problem{code: wire.CodeInternal, status: 500, title: "Internal error", detail: "Something went wrong; the log has it under the request's id."}

// fail answers with the problem that an error is.
func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	if invalid, ok := errors.AsType[*fault.InvalidError](err); ok {
		var f faults
		f.addDomain(invalid)
		err = &bodyError{f}
	}
	found := find(err)
	if found.status >= http.StatusInternalServerError {
		a.report(r, found, err)
	}
	p := wire.Problem{
		Type: wire.ProblemType + found.code, Code: found.code,
		Title: found.title, Status: found.status, Detail: found.detail,
	}
	extend(&p, err)
	if found.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(found.retry))
	}
	a.outbox.deliver(w, a.outbox.accept(w, answer{found.status, "application/problem+json", encode(p)}))
}

func find(err error) problem {
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return p
		}
	}
	return internal
}

// extend adds the members that the problems of some errors have.
func extend(p *wire.Problem, err error) {
	var parameter *parameterError
	var body *bodyError
	var missing *missingError
	var exists *tags.ExistsError
	var rejected *media.RejectedError
	switch {
	case errors.As(err, &parameter):
		p.Parameter, p.Detail = parameter.name, parameter.detail
	case errors.As(err, &body):
		p.Errors = body.members
	case errors.As(err, &missing):
		p.Missing = missing.ids
	case errors.As(err, &exists):
		existing := wire.FromTag(exists.Existing)
		p.Existing = &existing
	case errors.As(err, &rejected):
		p.Reason, p.Found, p.Detail = string(rejected.Reason), rejected.Found, rejected.Detail()
	}
}

// report logs the cause of a 5xx. It is only a warning if the client went away, or if there
// were too many requests.
func (a *api) report(r *http.Request, found problem, err error) {
	level := slog.LevelError
	if found.code == wire.CodeOverloaded || errors.Is(r.Context().Err(), context.Canceled) {
		level = slog.LevelWarn
	}
	a.Logger.LogAttrs(r.Context(), level, "request failed",
		slog.String("code", found.code), slog.String("error", redact(err.Error())), requestID(r.Context()))
}
