// Package fileblob keeps media in a folder of a local disk: it is the blob store of a
// service that has no S3. A [Store] is also an [http.Handler], which serves its own
// signed URLs. Clients send bytes there and get them, as they would with a bucket:
//
//	store, err := fileblob.New("/var/lib/app/blobs", &fileblob.Options{
//		BaseURL: "https://app.example/blobs", Secret: secret,
//	})
//	…
//	mux.Handle("/blobs/", store)
//
// # On the disk
//
// An object is one file, whose path is the object key. The file holds the object's
// bytes and then a trailer of 512 bytes, which is a line of JSON with their length,
// content type and sha256, and a version: a random word that tells this object from any
// other that had the same object key. Whatever the store tells about an object is
// therefore about these bytes, and any copy of the file is complete, a backup's too. GNU
// head cuts the trailer off:
//
//	head -c -512 media/…/…
//
// An upload goes to a temporary file in the same folder, whose name is the object key, a
// dot and a random word. When all bytes have arrived, match what was declared and are on
// the disk, the file is linked to its own name, which fails if there is an object
// already. A crash or a loss of power at any moment leaves no half object. Once
// Put has returned nil the object is there, and once Delete has, it is gone. If Put fails
// because a folder couldn't be written to the disk, the object may be there nevertheless.
//
// While an upload is running it holds a lock on a file named "<object key>.lock", so
// that no second upload of the object key fills the disk, neither in this process nor in
// another. The lock ends with the process. The next upload of the object key then
// removes what the dead one has left, even if it is refused because there is an object
// already. So does Delete, which the service calls for every upload that didn't become a
// media. Until then the files stay, and do no harm: no reader looks at them, and a
// temporary file beside its object is the same file by another name. Delete lists the
// folder of the object key, which is short: each of the service's object keys has a
// folder of its own. The store makes folders as object keys need them, and removes those
// that become empty.
//
// # What it needs
//
//   - A folder of its own, on one file system that has hard links and locks (flock) and
//     honours fsync: ext4, XFS, Btrfs, ZFS, APFS; not FAT or exFAT. Names of up to 255
//     bytes must be allowed.
//   - The right to read and write there. Files are made with mode 0600 and folders with
//     0700. If the folder itself was there with more rights, New takes them away.
//     Processes that share the folder therefore run as one user. There may be any number
//     of them on one machine; they share nothing but the folder and the secret.
//   - An [http.Server]. Its time-outs may be those for small requests, since the handler
//     sets its own deadlines for a transfer. A middleware's ResponseWriter must let
//     that through (see [http.ResponseController]).
//
// It runs on Linux, macOS and the BSDs. It compiles for Windows too, but there a loss of
// power may cost objects, and an upload that was cut off by a crash can't be sent again
// before its object key was deleted.
//
// # HTTP
//
// The handler answers PUT, GET and HEAD with a status and a short text:
//
//   - 403 if the request doesn't verify, whatever the cause is
//   - 411 for an upload without a length
//   - 412 if there is an object already, 409 while another upload of the object key is
//     running
//   - 400 if the bytes aren't those that were declared, or don't arrive
//   - 404 if there is no object, or another one than the URL was signed for
//   - 416 for a range beyond the object
//   - 503 with Retry-After for ErrUnavailable, and if Options.MaxTransfers are running
//   - 500 for ErrStoreMisconfigured
//
// A full disk is 503, not 507: to a client the store can't take the upload now, but may
// take it later. A transfer is cut off if it is slower than 1 KiB/s for a minute, and an
// upload also if it takes longer than Options.MaxUploadTime. The cause of a 5xx goes to
// Options.Logger. GET answers one range at most, with X-Content-Type-Options: nosniff and
// Content-Security-Policy: sandbox.
//
// There is no CORS. If the application's pages have another origin, a middleware around
// the handler must allow it, with the method PUT and the headers Content-Type and
// If-None-Match.
//
// # Errors
//
// Errors wrap those of [media.BlobStore]'s contract, and the disk's beneath them:
//
//   - media.ErrUnavailable for a full disk or quota, I/O errors, too many open files, an
//     upload whose object key is deleted while it is running, and one that meets another
//     upload of the object key.
//   - media.ErrStoreMisconfigured for a read-only disk, missing rights, a folder that is
//     gone, was replaced or has no hard links, and a file beyond the limits of the
//     process or the file system.
//   - The end of the caller's context is returned as it is. An error of Put's body is
//     wrapped.
//
// A file that doesn't end in a trailer is damaged. That is no error: Stat tells its size
// and no content type, so that it isn't what any media declares, and its download URL is
// answered with 404.
//
// In addition to the contract's limits, each folder in an object key and what follows
// the last one have at most 228 bytes, and a content type has about 350. Anything longer
// isn't signed.
package fileblob
