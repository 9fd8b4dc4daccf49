// Package blobprobe finds out what a blob store really enforces. It stores objects of a
// few bytes as clients do, by signed requests over HTTP, sends requests that must be
// refused, and removes everything again.
//
//	report, err := blobprobe.Run(ctx, store, &blobprobe.Options{Origins: []string{"https://app.example"}})
//	…
//	for _, line := range report {
//		fmt.Println(line.Status, line.Name, line.Promise, line.Found)
//	}
//
// It is for whoever sets a store up: a server may speak S3 and not look at the checksum
// that was signed. The Store.Probe of package s3blob runs it and tries uploads in parts as
// well. [Run] takes any other [media.BlobStore].
//
// # Lines
//
// The service's own calls: may-put, may-head, may-get, may-list, may-delete.
//
// Signed requests that must succeed: upload, download.
//
// Uploads that must be refused: length, type, sha256, create-only, signed-headers (one is
// dropped or changed), added-headers (one is added; it may also be ignored, or be named in
// Info.Unexpected), expiry, tampering (with the URL).
//
// Other things that a service relies on: private (nothing is read without a signature),
// checksum (Stat returns the sha256 of the whole object), multipart, clock (the two clocks
// differ by 5 s at most), cors (web pages may upload and download).
//
// # Errors
//
// A store that does something wrong, or can't be reached, causes no error: the lines of the
// report say so. [Run] returns an error if its context ends, and if it may have left
// something behind. The report that comes with the error has the lines until then.
package blobprobe
