package wire

import (
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// Media is one media.
type Media struct {
	ID           uuid.UUID `json:"id"`
	Filename     string    `json:"filename"`
	ContentType  string    `json:"content_type"`
	Kind         string    `json:"kind"`
	Size         int64     `json:"size"`
	SHA256       string    `json:"sha256"`
	SHA256Status string    `json:"sha256_status,omitzero"` // of a ready media
	State        string    `json:"state"`
	Tags         []TagRef  `json:"tags"`
	Width        int       `json:"width,omitzero"`
	Height       int       `json:"height,omitzero"`
	DurationMS   int64     `json:"duration_ms,omitzero"`
	CreatedAt    Time      `json:"created_at"`
	UpdatedAt    Time      `json:"updated_at"`
	ReadyAt      Time      `json:"ready_at,omitzero"`
	ExpiresAt    Time      `json:"expires_at,omitzero"` // of a pending media
	Failure      *Failure  `json:"failure,omitzero"`    // of a failed media
	Download     *Download `json:"download,omitzero"`
	Upload       *Upload   `json:"upload,omitzero"`
}

// Retagged tells how many media were retagged.
type Retagged struct {
	Updated int `json:"updated"`
}

// Failure says why a media has failed, by the code of the problem that finalize answers
// with.
type Failure struct {
	Code   string `json:"code"`
	Reason string `json:"reason,omitzero"`
}

// Download is a signed request for a media's bytes.
type Download struct {
	Method    string `json:"method"`
	URL       string `json:"url"`
	ExpiresAt Time   `json:"expires_at"`
}

// Upload is how a media's bytes get into the store.
type Upload struct {
	PartSize  int64           `json:"part_size"`
	PartCount int             `json:"part_count"`
	ExpiresAt Time            `json:"expires_at"`
	Requests  []UploadRequest `json:"requests"`
}

// UploadRequest sends one slice of the file.
type UploadRequest struct {
	Part    int               `json:"part"`
	Offset  int64             `json:"offset"`
	Length  int64             `json:"length"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// FromView maps a media with its signed requests.
func FromView(v media.View) Media {
	m := Media{
		ID: v.ID, Filename: v.Filename, ContentType: v.ContentType, Kind: string(v.Kind),
		Size: v.Size, SHA256: v.SHA256.String(), State: string(v.State), Tags: make([]TagRef, len(v.Tags)),
		Width: v.Width, Height: v.Height, DurationMS: v.DurationMS,
		CreatedAt: Time(v.CreatedAt), UpdatedAt: Time(v.UpdatedAt), ReadyAt: Time(v.ReadyAt),
	}
	for i, t := range v.Tags {
		m.Tags[i] = TagRef{ID: t.ID, Name: t.Name}
	}
	switch v.State {
	case media.StatePending:
		m.ExpiresAt = Time(v.ExpiresAt)
	case media.StateReady:
		m.SHA256Status = string(v.SHA256Status)
	case media.StateFailed:
		m.Failure = fromFailure(v.Failure)
	case media.StateDeleted: // never handed out
	}
	if d := v.Download; d != nil {
		m.Download = &Download{Method: d.Method, URL: d.URL, ExpiresAt: Time(d.ExpiresAt)}
	}
	if v.Upload != nil {
		upload := FromUpload(*v.Upload)
		m.Upload = &upload
	}
	return m
}

// FromViews maps the media of a page.
func FromViews(views []media.View) []Media {
	mapped := make([]Media, len(views))
	for i, v := range views {
		mapped[i] = FromView(v)
	}
	return mapped
}

// FromUpload maps an upload.
func FromUpload(p media.UploadPlan) Upload {
	u := Upload{
		PartSize: p.PartSize, PartCount: p.PartCount, ExpiresAt: Time(p.ExpiresAt),
		Requests: make([]UploadRequest, len(p.Requests)),
	}
	for i, r := range p.Requests {
		u.Requests[i] = UploadRequest{
			Part: r.Part, Offset: r.Offset, Length: r.Length,
			Method: r.Method, URL: r.URL, Headers: r.Headers,
		}
	}
	return u
}

func fromFailure(f media.Failure) *Failure {
	if f == media.FailureExpired {
		return &Failure{Code: CodeUploadExpired}
	}
	return &Failure{Code: CodeUploadRejected, Reason: string(f)}
}
