// Package signedurl signs, checks and serves the URLs of a store that has no
// server of its own: blob/memblob, and any on local disk. They carry what a
// presigned S3 URL carries. A store that implements [Storage] brings only the
// keeping of bytes.
//
// An upload's URL is
//
//	PUT <base>/<key>?expires=<Unix seconds>&sha256=<hex>&signature=<hex>
//
// and a download's
//
//	GET <base>/<key>?disposition=<header>&expires=<Unix seconds>&type=<content type>&signature=<hex>
//
// The signature is an HMAC-SHA-256 over method, key, expiry, length, content type,
// sha256 and disposition, each preceded by its length, so that no two sets of
// them are signed alike. An upload's length and type aren't in its URL: they are
// taken from the request's own headers, so that any others don't verify.
package signedurl
