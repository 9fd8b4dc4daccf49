package media

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/internal/uuidv7"
)

const (
	// clockSkew is how far the store's clock may be behind ours, plus how long a change of
	// state takes from the look at the clock to its effect.
	clockSkew = 5 * time.Minute
	// maxWindow is the longest time for which a media's download URL stays the same.
	maxWindow = 5 * time.Minute
	// maxGrace is far longer than any transfer takes. A sum with it doesn't overflow.
	maxGrace = 365 * 24 * time.Hour
	// idempotencyTTL is how long an idempotency key stands for its input.
	idempotencyTTL = 24 * time.Hour
)

// Options change what a [Service] does by default. A field that is zero stands for its
// default.
type Options struct {
	UploadTTL     time.Duration // how long an upload URL lives, 1 s to 7 days; default 15 min
	PendingTTL    time.Duration // how long a media waits for its bytes, at least UploadTTL; default 24 h
	DownloadTTL   time.Duration // how long a download URL lives at least, 1 s to 7 days less 5 min; default 15 min
	FailedTTL     time.Duration // how long a failed media is kept; default 7 days, negative: until it is deleted
	TransferGrace time.Duration // how long a transfer may take after its URL has run out, up to a year; default 1 h

	MaxImageSize int64 // bytes; default 200 MiB
	MaxVideoSize int64 // bytes; default 1 TiB, or MaxSinglePut in a store without multipart
	MaxPixels    int64 // of an image, width times height; default 300 million: phones take 200

	AllowedTypes []string // image and video types, or aliases of them; default DefaultTypes
	KeyPrefix    string   // the folder of all object keys; default "media"

	Now   func() time.Time             // the clock; default time.Now
	NewID func(at time.Time) uuid.UUID // makes the id of a media or a tag, a UUIDv7 of the instant at; default: a random one
	Rand  io.Reader                    // makes object keys unguessable and leases unique; safe for concurrent use; default crypto/rand.Reader
}

// Service is all that can be done with media. It is safe for concurrent use. It has no
// state of its own, so that any number of them may work on the same media.
type Service struct {
	repo  Repository
	blobs BlobStore
	opts  Options
}

// NewService returns a service over a repository and a blob store; opts may be nil. It
// asks the blob store only whether it takes uploads in parts, and the repository nothing.
//
// It fails if either is nil, if an option is out of range, if NewID makes anything but a
// UUIDv7 of the instant it is given, if the largest media allowed couldn't be uploaded,
// and if an allowed type is SVG, can't be recognised by its first bytes, or is an image
// type whose width and height can't be read. A wrong option is an [*InvalidError], which
// names all that are wrong by their fields in Options.
func NewService(repo Repository, blobs BlobStore, opts *Options) (*Service, error) {
	if repo == nil || blobs == nil {
		return nil, errors.New("media: a service needs a Repository and a BlobStore")
	}
	var o Options
	if opts != nil {
		o = *opts
	}
	o.fill(blobs.Multipart() != nil)
	if err := o.check(blobs.Multipart() != nil); err != nil {
		return nil, err
	}
	return &Service{repo: repo, blobs: blobs, opts: o}, nil
}

// Check tells all that is wrong with the options, as [NewService] would over a store
// that takes uploads in parts (multipart) or one that doesn't, so that a program can
// refuse its settings before it touches any store. It changes nothing.
func (o Options) Check(multipart bool) error {
	o.fill(multipart)
	return o.check(multipart)
}

func (o *Options) fill(multipart bool) {
	setDefault(&o.UploadTTL, 15*time.Minute)
	setDefault(&o.PendingTTL, 24*time.Hour)
	setDefault(&o.DownloadTTL, 15*time.Minute)
	setDefault(&o.FailedTTL, 7*24*time.Hour)
	setDefault(&o.TransferGrace, time.Hour)
	setDefault(&o.MaxImageSize, 200<<20)
	setDefault(&o.MaxPixels, 300_000_000)
	setDefault(&o.KeyPrefix, "media")
	if multipart {
		setDefault(&o.MaxVideoSize, 1<<40)
	} else {
		setDefault(&o.MaxVideoSize, MaxSinglePut)
	}
	if o.AllowedTypes == nil {
		o.AllowedTypes = DefaultTypes()
	}
	o.AllowedTypes = canonicalTypes(o.AllowedTypes)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.NewID == nil {
		random := o.Rand
		o.NewID = func(at time.Time) uuid.UUID { return uuidv7.New(at, random) }
	}
}

func setDefault[T comparable](option *T, value T) {
	var zero T
	if *option == zero {
		*option = value
	}
}

func (o *Options) check(multipart bool) error {
	var bad fault.List
	within(&bad, "UploadTTL", o.UploadTTL, time.Second, MaxSignedTTL)
	if o.PendingTTL < o.UploadTTL {
		bad.Add("PendingTTL", fault.CodeConflict, "must be at least the life of an upload URL, %v, not %v", o.UploadTTL, o.PendingTTL)
	}
	within(&bad, "DownloadTTL", o.DownloadTTL, time.Second, MaxSignedTTL-maxWindow)
	within(&bad, "TransferGrace", o.TransferGrace, 0, maxGrace)
	largest := byteCount(math.MaxInt64)
	if !multipart {
		largest = MaxSinglePut // a larger media couldn't be uploaded
	}
	within(&bad, "MaxImageSize", byteCount(o.MaxImageSize), 1, largest)
	within(&bad, "MaxVideoSize", byteCount(o.MaxVideoSize), 1, largest)
	within(&bad, "MaxPixels", o.MaxPixels, 1, math.MaxInt64)
	for _, t := range o.AllowedTypes {
		if err := checkAllowed(t); err != nil {
			bad.Add("AllowedTypes", fault.CodeNotAllowed, "%v", err)
		}
	}
	if err := uuidv7.Check(o.NewID); err != nil {
		bad.Add("NewID", fault.CodeInvalid, "%v", err)
	}
	if !validPrefix(o.KeyPrefix) {
		bad.Add("KeyPrefix", fault.CodeInvalid, "must hold only a-z, 0-9, '-', '_' and inner '/', at most 200 bytes, not %q", o.KeyPrefix)
	}
	return bad.Err()
}

// byteCount is printed with its unit.
type byteCount int64

// String returns the number and its unit.
func (n byteCount) String() string { return fmt.Sprintf("%d bytes", int64(n)) }

// within refuses the value of an option that isn't from least to most.
func within[T ~int64](bad *fault.List, option string, value, least, most T) {
	switch {
	case value < least:
		bad.Add(option, fault.CodeTooSmall, "must be at least %v, not %v", least, value)
	case value > most:
		bad.Add(option, fault.CodeTooLarge, "must be at most %v, not %v", most, value)
	}
}

func validPrefix(p string) bool {
	if p == "" || len(p) > 200 || strings.Contains("/"+p+"/", "//") {
		return false
	}
	return strings.Trim(p, "abcdefghijklmnopqrstuvwxyz0123456789-_/") == ""
}

// instant is the time of one step, no more precise than it is stored.
func (s *Service) instant() time.Time { return s.opts.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) random(p []byte) {
	if _, err := io.ReadFull(s.opts.Rand, p); err != nil {
		panic("media: no randomness: " + err.Error()) // crypto/rand.Reader never fails
	}
}

// lastURL is the moment from which no URL that was signed at or before now can write any
// more. Every URL is signed as of a time that was taken before its row was seen pending.
func (s *Service) lastURL(now time.Time) time.Time {
	return now.Add(s.opts.UploadTTL + s.opts.TransferGrace + clockSkew)
}

// View is a media as it is handed out.
type View struct {
	Media
	Download *SignedRequest // set if the media is ready
	Upload   *UploadPlan    // set by Create if the media is pending
}

// view adds a download to a media that is ready.
func (s *Service) view(ctx context.Context, m Media, attachment bool) (View, error) {
	if m.State != StateReady {
		return View{Media: m}, nil
	}
	window := min(maxWindow, s.opts.DownloadTTL/3)
	signed, err := s.blobs.SignDownload(ctx, Download{
		Key: m.ObjectKey, Version: m.ObjectVersion,
		ContentType: m.ContentType, Filename: m.Filename, Attachment: attachment,
	}, s.instant().Truncate(window), window+s.opts.DownloadTTL)
	if err != nil {
		return View{}, err
	}
	return View{Media: m, Download: &signed}, nil
}
