package media

import "slices"

// Limits tells what a service takes, so that an app can say it before a person chooses
// a file.
type Limits struct {
	Types        []string // the content types that are allowed, in the order of Options.AllowedTypes
	MaxImageSize int64    // bytes
	MaxVideoSize int64    // bytes
	MaxPixels    int64    // of an image, width times height

	// SingleUpload is the largest file, in bytes, that is uploaded in one request.
	SingleUpload int64
}

// Limits returns what the service takes.
func (s *Service) Limits() Limits {
	l := s.limits()
	l.Types = slices.Clone(l.Types)
	return l
}

// limits is Limits without a copy of the types.
func (s *Service) limits() Limits {
	return Limits{
		Types:        s.opts.AllowedTypes,
		MaxImageSize: s.opts.MaxImageSize, MaxVideoSize: s.opts.MaxVideoSize, MaxPixels: s.opts.MaxPixels,
		SingleUpload: MaxSinglePut,
	}
}
