package wire

import (
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// CreateMedia declares a media. A member is nil if it wasn't given.
type CreateMedia struct {
	Filename    *string   `json:"filename" validate:"required"`
	ContentType *string   `json:"content_type" validate:"required"`
	Size        *int64    `json:"size" validate:"required"`
	SHA256      *string   `json:"sha256" validate:"required,digest"`
	Tags        *[]string `json:"tags"`
}

// UpdateMedia changes a media. What is nil stays.
type UpdateMedia struct {
	Filename *string   `json:"filename"`
	Tags     *[]string `json:"tags"`
}

// FinalizeMedia names the media to finalize.
type FinalizeMedia struct {
	ID *string `json:"id" validate:"required"`
}

// RetagMedia adds tags to several media and removes others.
type RetagMedia struct {
	IDs    *[]string `json:"ids" validate:"required"`
	Add    *[]string `json:"add"`
	Remove *[]string `json:"remove"`
}

// Input maps r. The ids are those of r, parsed.
func (r RetagMedia) Input(ids []uuid.UUID) media.RetagInput {
	return media.RetagInput{IDs: ids, Add: value(r.Add), Remove: value(r.Remove)}
}

// Input maps c. A member that wasn't given, or is no sha256, becomes a zero value; the
// domain refuses that too, and names the same member.
func (c CreateMedia) Input(idempotencyKey string) media.CreateInput {
	digest, _ := media.ParseDigest(value(c.SHA256))
	return media.CreateInput{
		Filename: value(c.Filename), ContentType: value(c.ContentType),
		Size: value(c.Size), SHA256: digest, Tags: value(c.Tags),
		IdempotencyKey: idempotencyKey,
	}
}

// Input maps u.
func (u UpdateMedia) Input() media.UpdateInput {
	return media.UpdateInput{Filename: u.Filename, Tags: u.Tags}
}

// value is what p points to, or a zero value.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
