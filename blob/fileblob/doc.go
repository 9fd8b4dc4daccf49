// Package fileblob keeps media in a folder of a local disk: the blob store of a
// service that has no S3. A [Store] is an [http.Handler] too, which serves its own
// signed URLs; clients put bytes there and get them, as they would from a bucket:
//
//	store, err := fileblob.New("/var/lib/app/blobs", &fileblob.Options{
//		BaseURL: "https://app.example/blobs", Secret: secret,
//	})
//	…
//	mux.Handle("/blobs/", store)
//
// # On the disk
//
// An object is one file, named by its key: its bytes as they came, then a trailer of
// 512 bytes with their length, content type and sha256 as a line of JSON. What is told
// of an object thus can't be about any other bytes, and any copy of the file, a
// backup's too, is whole. To have the bytes alone, cut the trailer off, as
// GNU head does:
//
//	head -c -512 media/…/…
//
// An upload goes to a temporary file, named by the key, a dot and a random word, in
// the same folder. Once all bytes have arrived, are those that were declared, and are
// on the disk, it is linked to its own name, which fails where there is an object.
// Neither the end of the process nor a loss of power at any moment leaves half an
// object; what Put returned nil for is there, and what Delete did is gone, after
// either. Where Put fails because a folder couldn't be written to the disk, the
// object may be there nevertheless.
//
// Temporary files of uploads that died are no objects. They stay until their key is
// deleted, as the service does for every upload that didn't come to be a media. For
// that Delete reads the folder that the key is in; the service's keys have one each.
// Folders are made where a key needs them, and removed when they become empty.
//
// # What it needs
//
//   - A folder of the store's own, on one file system that has hard links and honours
//     fsync: ext4, XFS, Btrfs, ZFS, APFS; not FAT or exFAT. Its names have up to 255
//     bytes.
//   - The right to read and write there. Files are made with mode 0600 and folders
//     with 0700, so that processes that share the folder run as one user. There can be
//     any number of them, on one machine: they share nothing but the folder and the
//     secret.
//   - A server whose time-outs may be those for small requests: the handler moves the
//     connection's deadlines on while bytes flow, for an hour at most. A middleware's
//     ResponseWriter has to let that through (see [http.ResponseController]).
//
// It runs on Linux and macOS. On Windows it compiles, but a loss of power may cost
// objects, and what is being read can't be deleted.
//
// # HTTP
//
// The handler answers PUT, GET and HEAD with a status and a short text: 403 for
// whatever doesn't verify, one and the same for every cause; 411 without a length;
// 412 where there is an object already; 400 for bytes that aren't those declared; 404;
// 416 for a range beyond the object; 503 for ErrUnavailable and 500 for
// ErrStoreMisconfigured. A full disk is 503 rather than 507: to a client it is a store
// that can't take the upload now and may later, as S3 says it. GET answers one range
// at most, and carries X-Content-Type-Options: nosniff and Content-Security-Policy:
// sandbox.
//
// There is no CORS: where the application's pages have another origin, a middleware
// around the handler allows it, with the method PUT and the headers Content-Type and
// If-None-Match.
//
// # Errors
//
// Errors wrap those of [media.BlobStore]'s contract, and the disk's beneath them:
//
//   - media.ErrUnavailable for a full disk or quota, I/O errors, too many open files,
//     and an upload whose key is deleted while it is under way.
//   - media.ErrStoreMisconfigured for a read-only disk, missing rights, a folder that
//     is gone, was replaced or has no hard links, a file beyond the limits of the process or the
//     file system, and a file that doesn't end in an object's facts.
//   - The end of the caller's context is returned as it is, and so is, wrapped, what
//     Put's body fails with.
//
// Besides the contract's limits a key's folders, and what follows the last of them,
// have at most 228 bytes each, and a content type about 400. What exceeds them isn't
// signed.
package fileblob
