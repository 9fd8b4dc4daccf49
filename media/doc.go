// Package media manages images and videos whose bytes never pass through the
// process: clients put them straight into a blob store, by presigned requests
// that bind exactly the bytes that were declared.
//
//	service, err := media.NewService(store.Media(), blobs, nil)
//
//	v, err := service.Create(ctx, media.CreateInput{
//		Filename: "beach.jpg", ContentType: "image/jpeg", Size: size, SHA256: sum,
//		Tags: []string{"Beach"},
//	})
//	// The client sends its file by v.Upload.Requests, and then:
//	v, err = service.Finalize(ctx, v.ID)
//	// v.Download is where the file can be had from, for a while.
//
// A media is pending until [Service.Finalize] has looked at what really arrived;
// then it is ready, and neither it nor its bytes change any more, or it has
// failed. [State] draws the whole picture.
//
// The library starts nothing by itself: the host calls [Service.Sweep] about every
// minute, or what expired, failed or was deleted leaves its bytes behind, and
// [Service.Reconcile] now and then to see that rows and bytes still agree.
//
// [Service] stands over two ports: a [Repository] for the rows and a [BlobStore]
// for the bytes. The package storage and blob/s3blob bring them for PostgreSQL
// and S3; storage/memory and blob/memblob are for tests.
//
// # Errors
//
// [ErrNotFound], [ErrNotPending], [ErrUploadIncomplete], [ErrUploadExpired],
// [RejectedError], [ErrVersion], [ErrIdempotencyKeyReused] and [ErrIdempotencyKeyInProgress] say why a
// media isn't in the state that a call needs; an [InvalidError] names every bad
// member of an input, and nothing was stored. [ErrUnavailable] may pass by itself,
// [ErrStoreMisconfigured] will not. A context's own error passes through.
package media
