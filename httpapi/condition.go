package httpapi

import (
	"net/http"
	"strconv"
	"strings"
)

// entityTag is one ETag of a condition, without its quotes.
type entityTag struct {
	text string
	weak bool
}

// notModified reports whether If-None-Match names the tag, by the weak comparison
// of RFC 9110, section 13.1.2.
func notModified(h http.Header, tag string) bool {
	named, star := parseTags(h.Values("If-None-Match"))
	for _, n := range named {
		star = star || n.text == tag
	}
	return star
}

// matchVersions returns the versions of a media that may be changed by If-Match. Any version
// passes if conditional is false. None does if it is true and versions is empty: an ETag
// that is malformed, weak or not ours never matches, and an If-None-Match of "*" lets no
// media pass that is there (RFC 9110, sections 13.1.1 and 13.1.2).
func matchVersions(h http.Header) (versions []int, conditional bool) {
	if _, absent := parseTags(h.Values("If-None-Match")); absent {
		return nil, true
	}
	values := h.Values("If-Match")
	named, star := parseTags(values)
	if len(values) == 0 || star {
		return nil, false
	}
	for _, n := range named {
		text, _, _ := strings.Cut(n.text, ".")
		version, err := strconv.Atoi(text)
		if err == nil && version > 0 && strconv.Itoa(version) == text && !n.weak {
			versions = append(versions, version)
		}
	}
	return versions, true
}

// parseTags reads a list of ETags, or a "*". It stops at the first that is malformed.
func parseTags(values []string) (named []entityTag, star bool) {
	rest := strings.Trim(strings.Join(values, ","), " \t")
	if rest == "*" {
		return nil, true
	}
	for {
		rest = strings.TrimLeft(rest, " \t,")
		opened, weak := strings.CutPrefix(rest, "W/")
		opened, quoted := strings.CutPrefix(opened, `"`)
		text, after, closed := strings.Cut(opened, `"`)
		if !quoted || !closed {
			return named, false
		}
		named = append(named, entityTag{text, weak})
		rest = after
	}
}
