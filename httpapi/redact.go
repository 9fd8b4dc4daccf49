package httpapi

import "regexp"

// What may open something for whoever reads a log: a URL, which may be signed or a
// DSN, and the value of what is named like a secret, as query strings, DSNs of
// pairs, headers and printed structs have it.
var (
	anyURL      = regexp.MustCompile("([A-Za-z][A-Za-z0-9+.-]*://)[^\\s\"`<>]+")
	namedSecret = regexp.MustCompile(`(?i)([\w-]*(?:passw(?:or)?d|secret|token|signature|credential)[\w-]*)(\s*=\s*|[\\"]+:\s*|:)('.*'|\S+)`)
)

// redact returns an error's text as it may be logged. Our stores leave secrets out of
// their errors by themselves; this is for a host's, and for what panics say.
func redact(text string) string {
	return namedSecret.ReplaceAllString(anyURL.ReplaceAllString(text, "${1}…"), "${1}${2}…")
}
