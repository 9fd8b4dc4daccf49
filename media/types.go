package media

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// DefaultTypes returns the content types that are allowed where Options name
// none: those that browsers show or cameras make.
func DefaultTypes() []string {
	return []string{
		"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic", "image/heif", "image/bmp",
		"video/mp4", "video/quicktime", "video/x-m4v", "video/webm", "video/x-matroska", "video/mpeg", "video/ogg",
		"video/3gpp", "video/x-msvideo",
	}
}

// checkAllowed tells whether a host may allow the type at all. SVG and whatever
// else is XML are documents that run scripts where they are shown, not pixels.
func checkAllowed(contentType string) error {
	kind := kindOf(contentType)
	_, subtype, _ := strings.Cut(contentType, "/")
	if kind == "" || subtype == "" || strings.Trim(subtype, "abcdefghijklmnopqrstuvwxyz0123456789.+-") != "" {
		return fmt.Errorf("media: AllowedTypes: %q is no image or video type in lower case", contentType)
	}
	if strings.HasPrefix(subtype, "svg") || strings.HasSuffix(subtype, "+xml") {
		return fmt.Errorf("media: AllowedTypes: %q is a document, not pixels", contentType)
	}
	return nil
}

// kindOf returns the kind of a content type, empty where it has none.
func kindOf(contentType string) Kind {
	switch top, _, _ := strings.Cut(contentType, "/"); top {
	case "image":
		return KindImage
	case "video":
		return KindVideo
	}
	return ""
}

// Families of types that one container format serves, so that first bytes can't
// tell them apart and clients name them loosely. Any other type is its own.
const (
	familyISO      = "ISO base media"
	familyHEIF     = "HEIF"
	familyMatroska = "Matroska"
)

var families = map[string]string{
	"video/mp4": familyISO, "video/x-m4v": familyISO, "video/quicktime": familyISO,
	"video/3gpp": familyISO, "video/3gpp2": familyISO, "audio/mp4": familyISO,
	"image/heic": familyHEIF, "image/heic-sequence": familyHEIF,
	"image/heif": familyHEIF, "image/heif-sequence": familyHEIF,
	"video/webm": familyMatroska, "video/x-matroska": familyMatroska,
	"application/ogg": "video/ogg", // a stream whose first page is a skeleton
}

func family(contentType string) string {
	if f, ok := families[contentType]; ok {
		return f
	}
	return contentType
}

// sniff returns the family of the type that an object's first bytes are of.
func sniff(head []byte) string {
	if isISO(head) {
		return sniffBrands(head)
	}
	if isMatroska(head) {
		return familyMatroska
	}
	name, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	if name == "application/octet-stream" && isBareQuickTime(head) {
		return familyISO
	}
	return family(name)
}

// maxBrands is more than any file type box has: of a length beyond it the first four
// bytes are something else, such as the mark of a ZIP file.
const maxBrands = 4 << 10

// isISO tells a file that begins with the file type box of ISO 14496-12.
func isISO(head []byte) bool {
	return len(head) >= 12 && string(head[4:8]) == "ftyp" && binary.BigEndian.Uint32(head) <= maxBrands
}

// sniffBrands goes by the file type box of ISO 14496-12 (section 4.3): the major
// brand, and where that is one that image formats share, the compatible ones.
// General sniffers know a list of brands and misname files of all others.
func sniffBrands(head []byte) string {
	end := min(int(binary.BigEndian.Uint32(head)), len(head))
	major, compatible := string(head[8:12]), []string(nil)
	for at := 16; at+4 <= end; at += 4 {
		compatible = append(compatible, string(head[at:at+4]))
	}
	switch major {
	case "avif", "avis":
		return "image/avif"
	case "heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs":
		return familyHEIF
	case "mif1", "msf1", "mif2", "miaf":
		if slices.Contains(compatible, "avif") || slices.Contains(compatible, "avis") {
			return "image/avif"
		}
		return familyHEIF
	case "M4A ", "M4B ", "M4P ", "F4A ", "F4B ", "crx ":
		return "application/octet-stream" // sound and raw photos: no video
	}
	return familyISO
}

// isBareQuickTime holds for files from before the file type box was invented:
// they begin with the boxes of the QuickTime File Format.
func isBareQuickTime(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	for _, box := range []string{"moov", "mdat", "wide", "free", "skip", "pnot"} {
		if bytes.Equal(head[4:8], []byte(box)) {
			return true
		}
	}
	return false
}

// isMatroska goes by the document type in the EBML header (RFC 8794, section
// 11.2.8), wherever in the header it stands: writers order its elements freely,
// and general sniffers miss it behind others.
func isMatroska(head []byte) bool {
	const headerLength = 64 // no writer's header is longer
	if !bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")) {
		return false
	}
	header := head[:min(len(head), headerLength)]
	return bytes.Contains(header, []byte("\x42\x82\x84webm")) || bytes.Contains(header, []byte("\x42\x82\x88matroska"))
}
