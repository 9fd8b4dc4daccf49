package media

import "fmt"

// RejectedError says that what finalize found in the store is not what was
// declared. The media has failed for good.
type RejectedError struct {
	Reason   Failure // any but FailureExpired
	Declared string  // the content type of the media
	Found    string  // the content type of the bytes, with FailureContent; empty: not known
}

// Error names the reason, and what was found.
func (e *RejectedError) Error() string {
	if e.Found != "" {
		return fmt.Sprintf("%v: %s: %s", ErrUploadRejected, e.Reason, e.Found)
	}
	return fmt.Sprintf("%v: %s", ErrUploadRejected, e.Reason)
}

// Is makes errors.Is(err, ErrUploadRejected) hold.
func (e *RejectedError) Is(target error) bool { return target == ErrUploadRejected }

// Detail returns a sentence in English for whoever uploaded the file, such as "This is a
// HEIC image, not a JPEG." It holds nothing internal.
func (e *RejectedError) Detail() string {
	switch e.Reason {
	case FailureContent:
		if e.Found == "" {
			return fmt.Sprintf("This is not %s.", nameOf(e.Declared))
		}
		return fmt.Sprintf("This is %s, not %s.", describe(e.Found), nameOf(e.Declared))
	case FailureSize:
		return "This file is longer or shorter than was declared."
	case FailureSHA256:
		return "This is not the file that was declared: its sha256 is different."
	case FailureType:
		return "This file was uploaded with a content type that was not declared."
	case FailureHeaders:
		return "This file was uploaded with headers that are not among those of its upload request."
	case FailureTooManyPixels:
		return "This image has more pixels than are allowed."
	case FailureUnreadable:
		return "This image doesn't tell its width and height: it is damaged, incomplete, or has too much in front of them."
	}
	return "What was uploaded is not what was declared."
}

// names are those by which people know a type, with the article as it is spoken.
var names = map[string]string{
	"image/jpeg": "a JPEG", "image/png": "a PNG", "image/gif": "a GIF", "image/webp": "a WebP", "image/bmp": "a BMP",
	"image/avif": "an AVIF", "image/heic": "a HEIC", "image/heic-sequence": "a HEIC", "image/heif": "a HEIF", "image/heif-sequence": "a HEIF",
	"image/svg+xml": "an SVG", "image/tiff": "a TIFF", "image/jxl": "a JPEG XL", "image/x-canon-cr3": "a Canon raw",
	"video/mp4": "an MP4", "video/x-m4v": "an M4V", "video/quicktime": "a QuickTime", "video/3gpp": "a 3GPP", "video/3gpp2": "a 3GPP2",
	"video/webm": "a WebM", "video/x-matroska": "a Matroska", "video/matroska": "a Matroska",
	"video/ogg": "an Ogg", "video/x-msvideo": "an AVI", "video/mpeg": "an MPEG", "video/mp2t": "an MPEG",
}

// nameOf returns a content type as people call it: "a JPEG".
func nameOf(contentType string) string {
	if name := names[contentType]; name != "" {
		return name
	}
	return "a file of type " + contentType
}

// describe returns a content type in words: "a HEIC image".
func describe(contentType string) string {
	if names[contentType] == "" {
		return nameOf(contentType)
	}
	return nameOf(contentType) + " " + string(kindOf(contentType))
}
