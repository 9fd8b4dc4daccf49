// Package disposition writes the Content-Disposition header of a download. It carries
// the media's filename in the form of RFC 6266 and RFC 8187.
package disposition

import "strings"

// Format returns the header's value: of type attachment or inline, with the filename,
// to which it adds an extension if it has none that fits the content type. The value
// is ASCII, whatever the name is. If clients disagree about characters of the name,
// filename has '_' in their place, and filename*, which clients prefer, has the full
// name. Bytes that aren't UTF-8 become U+FFFD.
func Format(attachment bool, filename, contentType string) string {
	kind := "inline"
	if attachment {
		kind = "attachment"
	}
	name := withExtension(strings.ToValidUTF8(filename, "\uFFFD"), contentType)
	fallback := strings.Map(asciiOnly, name)
	header := kind + `; filename="` + fallback + `"`
	if fallback != name {
		header += "; filename*=UTF-8''" + extValue(name)
	}
	return header
}

// asciiOnly replaces the characters that clients disagree about in a quoted string
// (RFC 6266, appendix D): all but printable ASCII; the quote; the backslash, which some
// clients take for a folder; and the percent sign, which some clients decode.
func asciiOnly(r rune) rune {
	if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
		return '_'
	}
	return r
}

// attrChars are the punctuation marks that RFC 8187 doesn't encode.
const attrChars = "!#$&+-.^_`|~"

// extValue percent-encodes all but the attr-char of RFC 8187. No function of net/url
// does this: each of them leaves the apostrophe, or turns a space into a plus.
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
