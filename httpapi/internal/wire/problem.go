package wire

// The codes of problems.
const (
	CodeMalformedJSON         = "malformed-json"
	CodeInvalidParameter      = "invalid-parameter"
	CodeInvalidCursor         = "invalid-cursor"
	CodeNotFound              = "not-found"
	CodeMethodNotAllowed      = "method-not-allowed"
	CodeTagExists             = "tag-exists"
	CodeUploadIncomplete      = "upload-incomplete"
	CodeUploadExpired         = "upload-expired"
	CodeMediaNotPending       = "media-not-pending"
	CodeIdempotencyInProgress = "idempotency-in-progress"
	CodePreconditionFailed    = "precondition-failed"
	CodePayloadTooLarge       = "payload-too-large"
	CodeUnsupportedMediaType  = "unsupported-media-type"
	CodeValidation            = "validation-error"
	CodeUploadRejected        = "upload-rejected"
	CodeIdempotencyKeyReused  = "idempotency-key-reused"
	CodeInternal              = "internal"
	CodeStoreMisconfigured    = "store-misconfigured"
	CodeStoreUnavailable      = "store-unavailable"
	CodeOverloaded            = "overloaded"
)

// ProblemType is what stands before a problem's code in its type.
const ProblemType = "urn:mediakit:problem:"

// Problem is an RFC 9457 problem. Each member after Detail is only there with the code that
// its comment names.
type Problem struct {
	Type   string `json:"type"`
	Code   string `json:"code"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`

	Parameter string       `json:"parameter,omitzero"` // invalid-parameter
	Existing  *Tag         `json:"existing,omitzero"`  // tag-exists
	Missing   []string     `json:"missing,omitzero"`   // not-found, if several were named
	Reason    string       `json:"reason,omitzero"`    // upload-rejected
	Found     string       `json:"found,omitzero"`     // upload-rejected, if the bytes are of another type that is known
	Errors    []FieldError `json:"errors,omitzero"`    // validation-error
}

// FieldError is one bad member of a request body.
type FieldError struct {
	Pointer string `json:"pointer"` // RFC 6901
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}
