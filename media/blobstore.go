package media

import (
	"context"
	"io"
	"time"
)

// BlobStore is the port to where the bytes are. blob/s3blob implements it over
// S3 and its kin, and blob/memblob in memory; blob/blobtest holds any
// implementation to what stands here.
//
// Implementations are safe for concurrent use. They translate their own errors
// into this package's: those named below, ErrUnavailable where the store is away
// or too slow, and ErrStoreMisconfigured where it refuses the service. A
// context's error passes through.
//
// Keys are made by the service of lower case letters, digits, '-', '_' and '/',
// never more than 512 bytes, and no key is another key's folder.
type BlobStore interface {
	// SignUpload returns a request that lets whoever has it store exactly one
	// object, u, from the moment at on for ttl (1 s to 7 days): other bytes,
	// another length or type, a header dropped or changed, or a second write are
	// refused by the store. It doesn't call the store.
	//
	// SignedRequest.Headers holds every header the client must send except Host
	// and Content-Length, which HTTP clients set themselves. ExpiresAt is no later
	// than at+ttl, and earlier where what signs it expires earlier.
	SignUpload(ctx context.Context, u Upload, at time.Time, ttl time.Duration) (SignedRequest, error)

	// SignDownload returns a GET request that needs no headers and lives from at
	// for ttl, or shorter as in SignUpload. Equal arguments give equal URLs while
	// the credentials are the same. The answer carries d's content type and a
	// Content-Disposition with d's filename (RFC 6266), and supports one range.
	// It doesn't call the store.
	SignDownload(ctx context.Context, d Download, at time.Time, ttl time.Duration) (SignedRequest, error)

	// Put stores u with the bytes of body, under the same conditions as a signed
	// upload: ErrObjectExists where the key has an object, ErrObjectMismatch where
	// length or sha256 differ; either stores nothing.
	Put(ctx context.Context, u Upload, body io.Reader) error

	// Stat tells what is stored under the key, or ErrNoObject. An upload in
	// progress is no object.
	Stat(ctx context.Context, key string) (Info, error)

	// ReadAt returns n bytes of the object from offset off, fewer where it ends
	// earlier. ErrNoObject where the key has none; ErrObjectChanged where the
	// object is no longer the one that pin was taken from. The caller closes it.
	ReadAt(ctx context.Context, key string, pin Pin, off, n int64) (io.ReadCloser, error)

	// Delete removes the object and everything kept beside it. Where there is
	// none it succeeds.
	Delete(ctx context.Context, key string) error

	// List returns objects whose keys begin with prefix, in byte order, those
	// after the key after only, and the key to go on from (empty: no more).
	List(ctx context.Context, prefix, after string) (objects []Object, next string, err error)

	// Multipart returns the store's way to take an object in parts, or nil where
	// it has none: then no object can be larger than MaxSinglePut.
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

	// Complete makes the parts, which are all of the object's, one object, unless
	// the key has one: ErrObjectExists. ErrNoUpload where the upload is not open,
	// which may mean that an earlier Complete succeeded: Stat decides.
	Complete(ctx context.Context, u Upload, uploadID string, parts []Part) error

	// AbortAll drops every open upload of the key with its parts. Where there is
	// none it succeeds.
	AbortAll(ctx context.Context, key string) error
}

// Upload describes an object before it is stored.
type Upload struct {
	Key         string
	Size        int64 // bytes, at least 1
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
	Key         string
	Version     string // of a store that keeps versions; empty: the only one
	ContentType string
	Filename    string
	Attachment  bool // to be saved, not shown
}

// SignedRequest is an HTTP request that its bearer may make until ExpiresAt. Its
// URL is a secret: it is never logged.
type SignedRequest struct {
	Method    string
	URL       string
	Headers   map[string]string // to be sent as they are, by canonical name
	ExpiresAt time.Time
}

// Pin names one state of an object, so that a read gets that one or fails.
type Pin struct {
	ETag    string
	Version string // empty in a store that keeps no versions
}

// Info tells what is stored under a key.
type Info struct {
	Pin
	Size        int64
	ContentType string

	// SHA256 is what the store itself computed over the whole object, zero where
	// it computed none. Composite is what it computed over the sha256s of an
	// object's parts, as S3 writes it ("<base64>-<number of parts>"), else empty.
	SHA256    Digest
	Composite string

	// Unexpected names properties that a signed upload doesn't set, or sets to
	// something else, and that change how the object is served: content-encoding
	// and the like. They come from headers that a signature can't keep out.
	Unexpected []string
}

// Object is one row of a BlobStore's list.
type Object struct {
	Key        string
	Size       int64
	ModifiedAt time.Time
}
