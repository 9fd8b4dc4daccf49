package disposition

import (
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// extensions lists the usual extensions of the types that a service allows by default.
// The first of them is the one to add.
var extensions = map[string][]string{
	"image/avif": {".avif", ".avifs"},
	"image/bmp":  {".bmp", ".dib"},
	"image/gif":  {".gif"},
	"image/heic": {".heic", ".heif", ".hif"},
	"image/heif": {".heif", ".heic", ".hif"},
	"image/jpeg": {".jpg", ".jpeg", ".jpe", ".jfif"},
	"image/png":  {".png", ".apng"},
	"image/webp": {".webp"},

	"video/3gpp":       {".3gp", ".3gpp"},
	"video/mp4":        {".mp4", ".m4v"},
	"video/mpeg":       {".mpg", ".mpeg", ".mpe", ".m1v", ".m2v"},
	"video/ogg":        {".ogv", ".ogg"},
	"video/quicktime":  {".mov", ".qt"},
	"video/webm":       {".webm"},
	"video/x-m4v":      {".m4v", ".mp4"},
	"video/x-matroska": {".mkv"},
	"video/x-msvideo":  {".avi"},
}

// withExtension adds an extension to a name that has none of its type: a desktop opens
// a saved file by its extension, so a GIF named holiday.html would run as a page.
func withExtension(name, contentType string) string {
	usual := extensionsOf(contentType)
	if name == "" || len(usual) == 0 || slices.Contains(usual, strings.ToLower(path.Ext(name))) {
		return name
	}
	return name + usual[0]
}

// extensionsOf returns the extensions of any type that a service can recognise, or
// none.
func extensionsOf(contentType string) []string {
	if usual, ok := extensions[contentType]; ok {
		return usual
	}
	if known := mimetype.Lookup(contentType); known != nil && known.Extension() != "" {
		return []string{known.Extension()}
	}
	return nil
}
