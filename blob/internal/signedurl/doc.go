// Package signedurl signs, checks and serves the URLs of stores that have no server of
// their own: blob/memblob and blob/fileblob. The URLs carry what a presigned S3 URL
// carries. A store implements [Storage] and has to do nothing but keep bytes.
//
// An upload's URL is
//
//	PUT <base>/<object key>?expires=<Unix seconds>&sha256=<hex>&signature=<hex>
//
// and a download's
//
//	GET <base>/<object key>?disposition=<header>&expires=<Unix seconds>&type=<content type>&version=<version>&signature=<hex>
//
// The signature is an HMAC-SHA-256 over method, object key, expiry, length, content
// type, sha256, disposition and version. Each is preceded by its length, so that no
// two sets of them have the same signature. An upload's length and type aren't in its
// URL: they are taken from the request's own headers, so that any others don't verify.
//
// # Answers
//
// An answer is a status and a short text:
//
//   - 403 if the request doesn't verify, whatever the cause is
//   - 405 for other methods than PUT, GET and HEAD
//   - 411 for an upload without a length
//   - 412 if the object key already has an object, 409 while another upload of it is
//     running
//   - 400 if the bytes aren't those that were signed, or don't arrive
//   - 404 if there is no object, or not the version that was signed
//   - 416 for a range that lies beyond the object
//   - 503 with Retry-After if too many transfers are running, or the store is away
//   - 500 for any other error of the store
//
// A transfer that is slower than 1 KiB/s for a minute is cut off, and so is an upload that
// takes longer than Config.MaxUploadTime. The cause of a 5xx is logged.
package signedurl
