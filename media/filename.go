package media

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seed-f0df946f/mediakit/fault"
)

// Limits of a filename.
const (
	MaxFilename      = 255  // characters
	MaxFilenameBytes = 1020 // bytes of UTF-8

	// maxRawFilename is the most bytes in which a filename is given, together with the
	// marks that are dropped from it.
	maxRawFilename = 4096
)

// filename returns a filename as it is stored. It takes any label that is safe to show
// and to save a file under.
func (f *faults) filename(given string) string {
	name, ok := f.filenamePart("filename", given)
	switch {
	case !ok:
	case name == "":
		f.Add("filename", fault.CodeRequired, "A media needs a filename.")
	case name == ".", name == "..", strings.TrimSpace(name) == "":
		f.Add("filename", fault.CodeInvalid, `A filename is a name: not only spaces, and neither "." nor "..".`)
	}
	return name
}

// filenamePart drops what only says in which direction a text is written, and refuses
// what no filename, nor any part of one, may hold. Lengths are checked before runes are
// looked at, so that a long text costs nothing.
func (f *faults) filenamePart(field, given string) (name string, ok bool) {
	long := len(given) > maxRawFilename
	if !long {
		if !utf8.ValidString(given) || strings.ContainsFunc(given, isRefusedInFilename) {
			f.Add(field, fault.CodeInvalid, "A filename is text in UTF-8 without control characters, direction overrides, U+FFFD and slashes.")
			return "", false
		}
		name = strings.Map(dropDirection, given)
		long = len(name) > MaxFilenameBytes || utf8.RuneCountInString(name) > MaxFilename
	}
	if long {
		f.Add(field, fault.CodeTooLong, "A filename has at most %d characters and %d bytes.", MaxFilename, MaxFilenameBytes)
	}
	return name, !long
}

// isRefusedInFilename holds for what makes a name look like another one, or leads a file
// elsewhere. U+FFFD stands for what was lost in a conversion.
func isRefusedInFilename(r rune) bool {
	switch r {
	case '\u202D', '\u202E', unicode.ReplacementChar, '/', '\\':
		return true
	}
	return unicode.IsControl(r)
}

// dropDirection drops marks that are pasted along with names in Arabic and Hebrew. They
// can't be seen, and would keep names apart that look the same.
func dropDirection(r rune) rune {
	switch r {
	case '\u061C', '\u200E', '\u200F', // direction marks
		'\u202A', '\u202B', '\u202C', // embeddings and their end
		'\u2066', '\u2067', '\u2068', '\u2069': // isolates and their end
		return -1
	}
	return r
}
