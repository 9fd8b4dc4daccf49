package media

import (
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/tags"
)

// Media is one image or video: what was declared of it, what is known of it,
// and where its bytes are.
type Media struct {
	ID           uuid.UUID `bun:"id,pk,type:uuid"` // UUIDv7; its order is the order of creation
	Filename     string    `bun:"filename"`        // a label, never part of an object key
	FilenameFold string    `bun:"filename_fold"`   // case folded: what [Filter].FilenameContains is looked for in
	ContentType  string    `bun:"content_type"`
	Kind         Kind      `bun:"kind"`
	Size         int64     `bun:"size"` // bytes
	SHA256       Digest    `bun:"sha256,type:bytea"`

	SHA256Status SHA256Status `bun:"sha256_status"`
	State        State        `bun:"state"`
	Failure      Failure      `bun:"failure,nullzero"` // why, in StateFailed
	Found        string       `bun:"found,nullzero"`   // the type of the bytes, with FailureContent; empty: not known

	ObjectKey     string `bun:"object_key"`
	UploadID      string `bun:"upload_id,nullzero"`      // the store's multipart upload; empty: none was begun
	ETag          string `bun:"etag,nullzero"`           // of the object, since StateReady
	ObjectVersion string `bun:"object_version,nullzero"` // of the object, in a store that keeps versions

	Width      int   `bun:"width,nullzero"`       // pixels as displayed; 0: not known
	Height     int   `bun:"height,nullzero"`      // pixels as displayed; 0: not known
	DurationMS int64 `bun:"duration_ms,nullzero"` // of a video; 0: not known

	Version   int       `bun:"version"` // 1 at first; bumped by every change of filename, tags or state
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
	ReadyAt   time.Time `bun:"ready_at,nullzero"`    // set once, with StateReady
	ExpiresAt time.Time `bun:"expires_at"`           // until when a pending media waits for its bytes
	LastURLAt time.Time `bun:"last_url_at,nullzero"` // from then on no URL can write the object; set when StatePending is left
	DueAt     time.Time `bun:"due_at,nullzero"`      // when the sweep looks at it next; zero: never

	Tags []tags.Ref `bun:"-"` // in the order of their keys
}

// Kind is the broad sort of a media; it decides which size limit applies.
type Kind string

// The kinds.
const (
	KindImage Kind = "image"
	KindVideo Kind = "video"
)

// SHA256Status tells what the declared sha256 was compared with.
type SHA256Status string

// The statuses of a sha256.
const (
	SHA256Declared SHA256Status = "declared" // with nothing yet: the client says so
	SHA256Verified SHA256Status = "verified" // with the whole object, by the store or by reading it
	SHA256Mismatch SHA256Status = "mismatch" // with the object, which has another one
)

// Failure is why a media failed.
type Failure string

// The failures. All but FailureExpired are reasons for which finalize rejects
// what it found in the store.
const (
	FailureExpired       Failure = "upload-expired"     // its bytes had not arrived by ExpiresAt
	FailureSize          Failure = "size-mismatch"      // the object has another size
	FailureSHA256        Failure = "sha256-mismatch"    // the object has another sha256
	FailureType          Failure = "type-mismatch"      // the object declares another content type
	FailureContent       Failure = "content-mismatch"   // its first bytes are of another family of types
	FailureHeaders       Failure = "unexpected-headers" // it has headers that were not asked for
	FailureTooManyPixels Failure = "too-many-pixels"    // an image of more pixels than Options.MaxPixels
	FailureUnreadable    Failure = "unreadable"         // an image that doesn't tell its width and height
)
