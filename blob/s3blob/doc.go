// Package s3blob keeps media in S3 or a compatible store. Clients send bytes straight to
// the bucket by presigned URLs. The service signs these URLs, looks at what arrived, and
// deletes.
//
//	cfg, err := config.LoadDefaultConfig(ctx)
//	…
//	store, err := s3blob.New(s3.NewFromConfig(cfg, s3blob.Configure), "my-bucket", nil)
//
// [Configure] is optional. It sets the time-outs, checksums and addressing that suit a
// service. A client without it works too, with its own time-outs. In either case [Store]
// ends each call after 6 s, but the transfer of a body may take as long as the caller's
// context allows. The SDK does the retries.
//
// # What is signed
//
// An upload's URL signs content-length, content-type, x-amz-checksum-sha256,
// if-none-match: *, content-disposition: attachment and cache-control: private,
// max-age=300, so that S3 itself refuses other bytes and a second write. If the SDK
// doesn't sign one of them, SignUpload fails. A client can still add headers that don't
// begin with x-amz-. Stat names those in Info.Unexpected.
//
// URLs live for 1 s to 7 days, in whole seconds, and no longer than the credentials that
// sign them. The credentials of a role expire, and the SDK fetches new ones: from then on
// the same media has another download URL.
//
// A bucket that keeps versions gives each object one, and a download's URL names it. In
// a bucket without versions, an upload's URL that is still alive after a delete can store
// the same bytes again, and then an old download's URL hands them out until both expire.
//
// # Errors
//
// Errors wrap those of [media.BlobStore]'s contract, and the SDK's beneath them:
//
//   - media.ErrStoreMisconfigured if S3 answers 401 or 403, the bucket is missing or in
//     another region, or the server lacks a feature.
//   - media.ErrUnavailable for failed connections, time-outs, throttling and 5xx, for
//     credentials that can't be fetched, and for a PUT that meets another one of the
//     same object key.
//   - The end of the caller's context is returned as it is. No other error matches
//     context.DeadlineExceeded or context.Canceled.
//
// No error contains a signed URL or a secret.
//
// # Permissions
//
// The service needs these actions, on a bucket that blocks all public access:
//
//	s3:GetObject, s3:PutObject, s3:DeleteObject          arn:aws:s3:::my-bucket/prefix/*
//	s3:ListBucket                                        arn:aws:s3:::my-bucket
//
// Without s3:ListBucket, S3 answers 403 instead of 404 if there is no object, which this
// package reports as ErrStoreMisconfigured. If the bucket keeps versions, add
//
//	s3:GetObjectVersion, s3:DeleteObjectVersion          arn:aws:s3:::my-bucket/prefix/*
//	s3:ListBucketVersions                                arn:aws:s3:::my-bucket
//
// since Delete removes every version of an object key: deleted media must be gone.
//
// If Probe is to try uploads in parts as well, add
//
//	s3:AbortMultipartUpload, s3:ListMultipartUploadParts arn:aws:s3:::my-bucket/prefix/*
//
// If objects are encrypted with a KMS key, add kms:GenerateDataKey and kms:Decrypt. Stat
// needs the latter too, to get checksums. Directory buckets are refused.
//
// [Store.Probe] finds out which of these are missing, and whether the server enforces
// what is signed.
//
// # CORS
//
// For uploads from a browser the bucket needs a rule. AllowedHeaders are those that are
// signed. Origins should never be *.
//
//	[{"AllowedOrigins": ["https://app.example"],
//	  "AllowedMethods": ["PUT", "GET", "HEAD"],
//	  "AllowedHeaders": ["cache-control", "content-disposition", "content-type", "if-none-match", "range", "x-amz-checksum-sha256"],
//	  "ExposeHeaders": ["Accept-Ranges", "Content-Range", "ETag"],
//	  "MaxAgeSeconds": 3600}]
//
// S3 sends neither X-Content-Type-Options nor Content-Security-Policy. Give the bucket a
// host of its own, never the application's origin.
package s3blob
