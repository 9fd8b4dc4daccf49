// Package disposition writes the Content-Disposition header that carries a
// media's filename, as RFC 6266 and RFC 8187 have it.
package disposition

import "strings"

// Format returns a header value of the given type, attachment or inline, that
// names the file. It is ASCII whatever the name is: where the name can't stand
// in a quoted string that every client reads alike, filename holds it with '_' in
// the place of each doubtful character, and filename*, which clients prefer,
// holds it in full. Bytes that are no UTF-8 become U+FFFD.
func Format(attachment bool, filename string) string {
	kind := "inline"
	if attachment {
		kind = "attachment"
	}
	filename = strings.ToValidUTF8(filename, "\uFFFD")
	fallback := strings.Map(asciiOnly, filename)
	header := kind + `; filename="` + fallback + `"`
	if fallback != filename {
		header += "; filename*=UTF-8''" + extValue(filename)
	}
	return header
}

// asciiOnly replaces what clients disagree on inside a quoted string: anything
// but printable ASCII, the quote, the backslash, which some take for a path
// separator rather than an escape, and the percent sign, which some decode
// (RFC 6266, appendix D).
func asciiOnly(r rune) rune {
	if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
		return '_'
	}
	return r
}

// attrChars are the punctuation marks that RFC 8187 lets stand unencoded.
const attrChars = "!#$&+-.^_`|~"

// extValue percent-encodes all but RFC 8187's attr-char. net/url has no function
// for this set: its escapes leave ' or turn a space into +.
func extValue(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if isAlphanumeric(c) || strings.IndexByte(attrChars, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
