package media

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/seed-f0df946f/mediakit/media/internal/dimensions"
)

// DefaultTypes returns the content types that are allowed if Options name none: those
// that browsers show or cameras make.
func DefaultTypes() []string {
	return []string{
		"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic", "image/heif", "image/bmp",
		"video/mp4", "video/quicktime", "video/x-m4v", "video/webm", "video/x-matroska", "video/matroska", "video/mpeg", "video/ogg",
		"video/3gpp", "video/x-msvideo",
	}
}

// aliases leads from other spellings of a type to the one that is stored and answered.
var aliases = map[string]string{
	"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg",
	"image/apng": "image/png", "image/x-png": "image/png",
	"image/x-ms-bmp": "image/bmp", "image/x-bmp": "image/bmp",
	"video/avi": "video/x-msvideo", "video/msvideo": "video/x-msvideo", "video/vnd.avi": "video/x-msvideo",
	"video/mpg":         "video/mpeg",
	"video/x-quicktime": "video/quicktime",
}

// canonicalType returns a content type as it is stored: in lower case, without
// parameters, in the one spelling of its type.
func canonicalType(contentType string) string {
	bare, _, _ := strings.Cut(contentType, ";")
	bare = strings.ToLower(strings.TrimSpace(bare))
	if stored, ok := aliases[bare]; ok {
		return stored
	}
	return bare
}

// canonicalTypes returns the types as they are stored, each once.
func canonicalTypes(contentTypes []string) []string {
	stored := make([]string, 0, len(contentTypes))
	for _, t := range contentTypes {
		if t = canonicalType(t); !slices.Contains(stored, t) {
			stored = append(stored, t)
		}
	}
	return stored
}

// checkAllowed tells whether a host may allow a canonical type at all. SVG and whatever
// else is XML are documents that run scripts where they are shown, not pixels. Of any
// other type its first bytes must be recognisable, and of an image its size.
func checkAllowed(contentType string) error {
	kind := kindOf(contentType)
	_, subtype, _ := strings.Cut(contentType, "/")
	switch {
	case kind == "", subtype == "", strings.Trim(subtype, "abcdefghijklmnopqrstuvwxyz0123456789.+-") != "":
		return fmt.Errorf("%q is no image or video type", contentType)
	case strings.HasPrefix(subtype, "svg"), strings.HasSuffix(subtype, "+xml"):
		return fmt.Errorf("%q is a document, not pixels", contentType)
	case kind == KindImage && !dimensions.Reads(contentType):
		return fmt.Errorf("the width and height of %q can't be read", contentType)
	case families[contentType] == "" && mimetype.Lookup(contentType) == nil:
		return fmt.Errorf("the bytes of %q can't be recognised", contentType)
	}
	return nil
}

// kindOf returns the kind of a content type, and "" if it has none.
func kindOf(contentType string) Kind {
	switch top, _, _ := strings.Cut(contentType, "/"); top {
	case "image":
		return KindImage
	case "video":
		return KindVideo
	}
	return ""
}

// families holds the types that are recognised here, by the family each belongs to. First
// bytes can't tell the types of one family apart, and clients name them loosely.
var families = map[string]string{
	"image/jpeg": "JPEG",
	"image/png":  "PNG",
	"image/gif":  "GIF",
	"image/webp": "WebP",
	"image/avif": "AVIF",
	"image/bmp":  "BMP",

	"image/heic": "HEIF", "image/heic-sequence": "HEIF", "image/heif": "HEIF", "image/heif-sequence": "HEIF",

	"video/mp4": "ISO", "video/x-m4v": "ISO", "video/quicktime": "ISO", "video/3gpp": "ISO", "video/3gpp2": "ISO",
	"video/mj2": "ISO", "video/vnd.dvb.file": "ISO",

	"video/webm": "Matroska", "video/x-matroska": "Matroska", "video/matroska": "Matroska",

	"video/ogg":       "Ogg",
	"video/x-msvideo": "AVI",
	"video/mpeg":      "MPEG", "video/mp2t": "MPEG",
}

// family returns the family of a canonical type. A type of which the general sniffer
// alone knows is its own family, under the sniffer's name of it.
func family(contentType string) string {
	if f, ok := families[contentType]; ok {
		return f
	}
	if known := mimetype.Lookup(contentType); known != nil {
		return bareType(known)
	}
	return contentType
}

// bareType returns the sniffer's name of a type, without parameters.
func bareType(known *mimetype.MIME) string {
	name, _, _ := strings.Cut(known.String(), ";")
	return name
}
