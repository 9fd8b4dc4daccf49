// Package blobprobe tells what a blob store really enforces, by trying it: it stores
// objects of a few bytes as clients do, by signed requests over HTTP, then sends
// what has to be refused, and removes all again.
//
//	report, err := blobprobe.Run(ctx, store, &blobprobe.Options{Origins: []string{"https://app.example"}})
//	…
//	for _, line := range report {
//		fmt.Println(line.Status, line.Name, line.Promise, line.Found)
//	}
//
// It is for whoever sets a store up: that a server speaks S3 doesn't say that it
// looks at the checksum that was signed. Package s3blob's Store.Probe runs it and
// looks at more; any other [media.BlobStore] is handed to [Run].
//
// # Lines
//
// The service's own calls: may-put, may-head, may-get, may-list, may-delete.
//
// Signed requests as they are meant: upload, download.
//
// Uploads that have to be refused: length, type, sha256, create-only,
// signed-headers (one is dropped or changed), added-headers (one is added; it may
// also be ignored, or show in Info.Unexpected), expiry, tampering (with the URL).
//
// What else a service relies on: private (nothing is read without a signature),
// checksum (Stat tells the sha256 of the whole object), multipart, clock (the two
// clocks agree to 5 s), cors (web pages may upload and download).
//
// # Errors
//
// What the store does wrong is a line, not an error, also where it is away.
// [Run] returns the end of its context, and an error where it may have left
// something behind; the report that comes with it holds the lines until then.
package blobprobe
