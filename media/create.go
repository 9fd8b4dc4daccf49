package media

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/internal/fold"
	"github.com/seed-f0df946f/mediakit/tags"
)

// CreateInput declares a media.
type CreateInput struct {
	Filename    string   // 1 to MaxFilename characters, at most MaxFilenameBytes; direction marks are dropped
	ContentType string   // one of the allowed types or an alias of one, in any case; parameters are dropped
	Size        int64    // bytes, from 1 to the limit of its kind
	SHA256      Digest   // of the whole file; not zero
	Tags        []string // at most MaxTags names; those that don't exist are created

	// IdempotencyKey makes a repeated create return the media of the first one, for 24 h.
	// It has 1 to MaxIdempotencyKey visible ASCII characters; empty: none.
	IdempotencyKey string
}

// Create stores a pending media and returns it with the requests that upload its bytes.
// It doesn't call the blob store. If the idempotency key was used before with the same
// input, Create returns the media of that first create as it is now: with fresh upload
// requests if it is pending, with a download if it is ready.
//
// Errors: *InvalidError, which names every bad member; ErrIdempotencyKeyReused if the
// idempotency key came with another input before; ErrIdempotencyKeyInProgress if a create
// with it still runs; ErrNotFound if the media that was created with it has been deleted.
func (s *Service) Create(ctx context.Context, in CreateInput) (View, error) {
	in, parsed, err := in.check(s.limits())
	if err != nil {
		return View{}, err
	}
	now := s.instant()
	m := s.newMedia(in, now)
	plan, err := s.signUpload(ctx, m, now)
	if err != nil {
		return View{}, err
	}
	draft := Draft{Media: m, Tags: s.candidates(parsed, now)}
	if in.IdempotencyKey != "" {
		draft.IdempotencyKey, draft.Fingerprint, draft.IdempotencyKeyUntil = in.IdempotencyKey, fingerprint(in, parsed), now.Add(idempotencyTTL)
	}
	stored, replayed, err := s.repo.Create(ctx, draft)
	if err != nil {
		return View{}, err
	}
	if replayed {
		return s.replay(ctx, stored, now)
	}
	return View{Media: stored, Upload: &plan}, nil
}

// Check returns the *InvalidError that [Service.Create] would return for the input, or
// nil. The limits are those of the service. Create checks by itself: this is for a caller
// that found faults of its own already, and wants to tell all of them at once.
func (in CreateInput) Check(l Limits) error {
	_, _, err := in.check(l)
	return err
}

// check returns the input in its normal form, and its tags parsed.
func (in CreateInput) check(l Limits) (CreateInput, []tags.Tag, error) {
	var f faults
	in.ContentType = canonicalType(in.ContentType)
	in.Filename = f.filename(in.Filename)
	f.checkType(in.ContentType, l.Types)
	f.checkSize(in.Size, kindOf(in.ContentType), l)
	if in.SHA256.IsZero() {
		f.Add("sha256", fault.CodeRequired, "A media needs the sha256 of its bytes.")
	}
	parsed := f.parseNames("tags", in.Tags)
	f.checkIdempotencyKey(in.IdempotencyKey)
	return in, parsed, f.Err()
}

func (s *Service) newMedia(in CreateInput, now time.Time) Media {
	id := s.opts.NewID(now)
	return Media{
		ID: id, Filename: in.Filename, FilenameFold: fold.String(in.Filename),
		ContentType: in.ContentType, Kind: kindOf(in.ContentType),
		Size: in.Size, SHA256: in.SHA256, SHA256Status: SHA256Declared,
		State: StatePending, ObjectKey: s.newObjectKey(id), Version: 1,
		CreatedAt: now, UpdatedAt: now,
		ExpiresAt: now.Add(s.opts.PendingTTL), DueAt: now.Add(s.opts.PendingTTL),
	}
}

// newObjectKey makes an object key that nobody can guess from the media's id. An id that
// leaks is then of no use to whoever reaches the blob store past us.
func (s *Service) newObjectKey(id uuid.UUID) string {
	var random [16]byte
	s.random(random[:])
	return s.opts.KeyPrefix + "/" + id.String() + "/" + hex.EncodeToString(random[:])
}

// fingerprint tells inputs apart by what they mean: it is the same for all spellings of a
// content type or a tag, and for any order of tags. Each value is preceded by its length,
// so that no two inputs make the same text.
func fingerprint(in CreateInput, parsed []tags.Tag) Digest {
	values := []string{in.Filename, in.ContentType, strconv.FormatInt(in.Size, 10), in.SHA256.String()}
	for _, t := range parsed {
		values = append(values, t.Key)
	}
	var text []byte
	for _, v := range values {
		text = binary.AppendUvarint(text, uint64(len(v)))
		text = append(text, v...)
	}
	return sha256.Sum256(text)
}

// replay returns what an earlier create made, as it is now.
func (s *Service) replay(ctx context.Context, m Media, now time.Time) (View, error) {
	v, err := s.view(ctx, m, false)
	if err != nil || m.State != StatePending {
		return v, err
	}
	plan, err := s.signUpload(ctx, m, now)
	if err != nil {
		return View{}, err
	}
	v.Upload = &plan
	return v, nil
}
