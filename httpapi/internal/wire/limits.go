package wire

import (
	"strings"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// Limits tells what the service takes, so that an app can say it before a person chooses
// a file.
type Limits struct {
	Types        ByKind[[]string] `json:"types"`
	MaxSize      ByKind[int64]    `json:"max_size"` // bytes
	MaxPixels    int64            `json:"max_pixels"`
	SingleUpload int64            `json:"single_upload_limit"` // bytes
	MaxFilename  FilenameLimit    `json:"max_filename"`
	MaxTags      int              `json:"max_tags"`       // of one media
	MaxTagLength int              `json:"max_tag_length"` // characters
	Page         PageLimit        `json:"page"`
}

// ByKind is a value for images and one for videos.
type ByKind[T any] struct {
	Image T `json:"image"`
	Video T `json:"video"`
}

// FilenameLimit is how long a filename may be; both limits hold.
type FilenameLimit struct {
	Characters int `json:"characters"`
	Bytes      int `json:"bytes"`
}

// PageLimit is how many items a page holds.
type PageLimit struct {
	Default int `json:"default"`
	Max     int `json:"max"`
}

// FromLimits maps the limits of a service, and adds those that are the same for every one.
func FromLimits(l media.Limits) Limits {
	types := ByKind[[]string]{Image: []string{}, Video: []string{}}
	for _, t := range l.Types {
		if strings.HasPrefix(t, string(media.KindImage)+"/") {
			types.Image = append(types.Image, t)
		} else {
			types.Video = append(types.Video, t)
		}
	}
	return Limits{
		Types: types, MaxSize: ByKind[int64]{l.MaxImageSize, l.MaxVideoSize},
		MaxPixels: l.MaxPixels, SingleUpload: l.SingleUpload,
		MaxFilename: FilenameLimit{Characters: media.MaxFilename, Bytes: media.MaxFilenameBytes},
		MaxTags:     media.MaxTags, MaxTagLength: tags.MaxNameLength,
		Page: PageLimit{Default: media.DefaultPage, Max: media.MaxPage},
	}
}
