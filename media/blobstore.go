package media

import (
	"context"
	"io"
	"time"
)

// BlobStore is the port to the store that keeps the bytes. blob/s3blob implements it
// over S3 and compatible stores, blob/fileblob on a local disk and blob/memblob in
// memory. blob/blobtest tests whether an implementation keeps this contract.
//
// Implementations are safe for concurrent use. They translate their own errors into
// errors of this package: those named below, ErrUnavailable if the store can't be
// reached or is too slow, and ErrStoreMisconfigured if it refuses the service. A
// context's error passes through.
//
// The service makes the object keys. They consist of lower case letters, digits, '-',
// '_' and '/', and have at most 512 bytes. No object key is the folder of another one.
type BlobStore interface {
	// SignUpload returns a request that lets whoever has it store exactly one
	// object, u, from the moment at on for ttl (1 s to 7 days): other bytes,
	// another length or type, a header dropped or changed, or a second write are
	// refused by the store. It doesn't call the store.
	//
	// SignedRequest.Headers holds every header the client must send except Host
	// and Content-Length, which HTTP clients set themselves. ExpiresAt is no later
	// than at+ttl. It is earlier if the credentials that sign it expire earlier.
	SignUpload(ctx context.Context, u Upload, at time.Time, ttl time.Duration) (SignedRequest, error)

	// SignDownload returns a GET request that needs no headers and lives from at
	// for ttl, or shorter as in SignUpload. Equal arguments give equal URLs while
	// the credentials are the same. It doesn't call the store.
	//
	// The answer carries d's content type and a Content-Disposition with d's filename
	// (RFC 6266), to which an extension of the content type is added if it has none.
	// It supports one range. If d names a Version, the answer is that object, never
	// one that an upload has stored after a Delete.
	SignDownload(ctx context.Context, d Download, at time.Time, ttl time.Duration) (SignedRequest, error)

	// Put stores u with the bytes of body, under the same conditions as a signed
	// upload: ErrObjectExists if the object key has an object, ErrObjectMismatch if
	// length or sha256 differ; either stores nothing. A store may return ErrUnavailable
	// while another upload of the object key is running.
	Put(ctx context.Context, u Upload, body io.Reader) error

	// Stat describes what is stored under the object key, or returns ErrNoObject. An
	// upload in progress is no object. An object that is damaged is described without
	// what can't be told of it: it differs from whatever was uploaded.
	Stat(ctx context.Context, key string) (Info, error)

	// ReadAt returns n bytes of the object from offset off, fewer if it ends
	// earlier. It returns ErrNoObject if there is no object, and ErrObjectChanged if
	// the object is no longer the one that pin was taken from. The caller closes it.
	ReadAt(ctx context.Context, key string, pin Pin, off, n int64) (io.ReadCloser, error)

	// Delete removes the object and everything kept beside it. If there is no object
	// it succeeds. It ends no URL: an upload's URL may store its object again, until it
	// expires. Whoever deletes an object before that deletes it once more afterwards.
	Delete(ctx context.Context, key string) error

	// List returns objects whose keys begin with prefix, in byte order, only those
	// after the object key after, and the one to go on from (empty: no more). A walk of
	// several calls returns every object that is there from its beginning to its end;
	// it may miss what is stored meanwhile.
	List(ctx context.Context, prefix, after string) (objects []Object, next string, err error)

	// Multipart returns the store's way to take an object in parts, or nil if it has
	// none: then no object can be larger than MaxSinglePut.
	Multipart() Multipart
}

// MaxSinglePut is the most bytes that S3 takes in one PUT: 5 GiB.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const MaxSinglePut = 5 << 30

// MaxSignedTTL is the longest that a presigned request can live: 7 days.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
const MaxSignedTTL = 7 * 24 * time.Hour

// Multipart stores an object in parts. All parts but the last are of one size.
type Multipart interface {
	// Create begins an upload and returns the store's id for it.
	Create(ctx context.Context, u Upload) (uploadID string, err error)

	// SignPart returns a request that stores one part, bound to its number, length
	// and sha256, with the terms of SignUpload. A part may be sent again while the
	// upload is open.
	SignPart(ctx context.Context, key, uploadID string, p Part, at time.Time, ttl time.Duration) (SignedRequest, error)

	// Parts returns all parts that have arrived, by number, or ErrNoUpload.
	Parts(ctx context.Context, key, uploadID string) ([]Part, error)

	// Complete makes one object of the parts, which are all parts of the object. It
	// returns ErrObjectExists if the object key has an object, and ErrNoUpload if the
	// upload is not open. The latter may mean that an earlier Complete succeeded: Stat
	// decides.
	Complete(ctx context.Context, u Upload, uploadID string, parts []Part) error

	// AbortAll drops every open upload of the object key with its parts. If there is
	// none it succeeds.
	AbortAll(ctx context.Context, key string) error
}

// Upload describes an object before it is stored.
type Upload struct {
	Key         string // object key
	Size        int64  // bytes, at least 1
	ContentType string
	SHA256      Digest // of the whole object
}

// Part describes one part of an object.
type Part struct {
	Number int   // from 1 to 10,000
	Size   int64 // bytes
	SHA256 Digest
	ETag   string // as the store named it; empty before the part was stored
}

// Download describes how an object is to be handed out.
type Download struct {
	Key         string // object key
	Version     string // as Stat told it; empty: whichever object there is
	ContentType string
	Filename    string
	Attachment  bool // to be saved, not shown
}

// SignedRequest is an HTTP request that whoever has it may make until ExpiresAt. Its
// URL is a secret and is never logged.
type SignedRequest struct {
	Method    string
	URL       string
	Headers   map[string]string // to be sent unchanged, by canonical name
	ExpiresAt time.Time
}

// Pin identifies one object, so that a read returns its bytes or fails.
type Pin struct {
	ETag    string
	Version string // differs for each object that an object key ever had; empty if the store can't tell them apart
}

// Info describes what is stored under an object key.
type Info struct {
	Pin
	Size        int64
	ContentType string

	// SHA256 is what the store itself computed over the whole object, or zero if it
	// computed none. Composite is what it computed over the sha256s of an object's
	// parts, as S3 writes it ("<base64>-<number of parts>"), or empty.
	SHA256    Digest
	Composite string

	// Unexpected names properties of the object that a signed upload doesn't set, or
	// sets to another value, and that change how the object is served, such as
	// content-encoding. They come from headers that a signature can't keep out.
	Unexpected []string
}

// Object is one row of a BlobStore's list.
type Object struct {
	Key        string // object key
	Size       int64  // bytes
	ModifiedAt time.Time
}
