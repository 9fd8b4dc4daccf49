package media

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// UploadPlan is how a media's bytes get into the blob store: each request takes its slice
// of the file. When all are done the media can be finalized.
type UploadPlan struct {
	PartSize  int64 // bytes of every part but the last, which may be shorter
	PartCount int
	ExpiresAt time.Time // when the first of the requests runs out; SignUpload makes fresh ones
	Requests  []UploadRequest
}

// UploadRequest sends one part of the file.
type UploadRequest struct {
	Part   int   // from 1
	Offset int64 // bytes from the file's start
	Length int64 // bytes
	SignedRequest
}

// SignUpload signs the upload of a pending media afresh, without calling the blob store.
// It returns ErrNotFound, and ErrNotPending if the media is not pending any more.
func (s *Service) SignUpload(ctx context.Context, id uuid.UUID) (UploadPlan, error) {
	now := s.instant() // before the row is read: see lastURL
	m, err := s.repo.Get(ctx, id)
	if err != nil {
		return UploadPlan{}, err
	}
	if m.State != StatePending {
		return UploadPlan{}, ErrNotPending
	}
	return s.signUpload(ctx, m, now)
}

func (s *Service) signUpload(ctx context.Context, m Media, now time.Time) (UploadPlan, error) {
	signed, err := s.blobs.SignUpload(ctx, m.upload(), now, s.opts.UploadTTL)
	if err != nil {
		return UploadPlan{}, err
	}
	return UploadPlan{
		PartSize: m.Size, PartCount: 1, ExpiresAt: signed.ExpiresAt,
		Requests: []UploadRequest{{Part: 1, Length: m.Size, SignedRequest: signed}},
	}, nil
}

// upload describes the object that a media declares.
func (m *Media) upload() Upload {
	return Upload{Key: m.ObjectKey, Size: m.Size, ContentType: m.ContentType, SHA256: m.SHA256}
}
