// Package wire holds the JSON of the HTTP API: the bodies of requests and answers, and the
// one mapping between them and the domain. A member whose value isn't known, or no longer
// true, is left out; null is never written.
package wire
