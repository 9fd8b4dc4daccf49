// Package media manages images and videos whose bytes never pass through the process.
// Clients put them straight into a blob store, by presigned requests that bind exactly
// the bytes that were declared.
//
//	func receive(ctx context.Context, service *media.Service, file []byte) (*media.SignedRequest, error) {
//		v, err := service.Create(ctx, media.CreateInput{
//			Filename: "beach.png", ContentType: "image/png",
//			Size: int64(len(file)), SHA256: sha256.Sum256(file), Tags: []string{"Beach"},
//		})
//		if err != nil {
//			return nil, err
//		}
//		for _, r := range v.Upload.Requests { // your client does this
//			if err := put(ctx, r.SignedRequest, file[r.Offset:r.Offset+r.Length]); err != nil {
//				return nil, err
//			}
//		}
//		v, err = service.Finalize(ctx, v.ID)
//		return v.Download, err // where the file can be had, for a while
//	}
//
// A media is pending until [Service.Finalize] has looked at what really arrived. Then it
// is ready, and neither it nor its bytes change any more; or it has failed. [State] shows
// all of this.
//
// The library starts nothing by itself. The host calls [Service.Sweep] about every minute:
// it finalizes what clients left unfinished, and deletes the bytes of what expired, failed
// or was deleted. Now and then the host calls [Service.Reconcile], to see whether rows and
// bytes still agree.
//
// [Service] stands on two ports: a [Repository] for the rows and a [BlobStore] for the
// bytes. The packages storage and blob/s3blob implement them over PostgreSQL and S3;
// storage/memory and blob/memblob are for tests.
//
// # Errors
//
// [ErrNotFound], [ErrNotPending], [ErrUploadIncomplete], [ErrUploadExpired],
// [RejectedError], [ErrVersion], [ErrIdempotencyKeyReused] and
// [ErrIdempotencyKeyInProgress] say why a media isn't in the state that a call needs. An
// [InvalidError] names every bad member of an input; nothing was stored. [ErrUnavailable]
// may pass by itself, [ErrStoreMisconfigured] won't. A context's own error passes through.
package media
