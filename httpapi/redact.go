package httpapi

import "regexp"

// These match what could be misused by whoever reads a log. A URL may be signed, or be a
// DSN. A value may be a secret if its name says so, in a query string, a DSN of pairs, a
// header or a printed struct.
var (
	anyURL      = regexp.MustCompile("([A-Za-z][A-Za-z0-9+.-]*://)[^\\s\"`<>]+")
	namedSecret = regexp.MustCompile(`(?i)([\w-]*(?:passw(?:or)?d|secret|token|signature|credential)[\w-]*)(\s*=\s*|[\\"]+:\s*|:)('.*'|\S+)`)
)

// redact returns an error's text as it may be logged. Our own stores put no secrets into
// their errors. This is for the stores of a host, and for what a panic says.
func redact(text string) string {
	return namedSecret.ReplaceAllString(anyURL.ReplaceAllString(text, "${1}…"), "${1}${2}…")
}
