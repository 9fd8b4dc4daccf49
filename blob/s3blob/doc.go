// Package s3blob keeps media in S3, or in what speaks its protocol: clients put
// bytes straight into the bucket by presigned URLs, and the service signs those,
// looks at what arrived, and deletes.
//
//	cfg, err := config.LoadDefaultConfig(ctx)
//	…
//	store, err := s3blob.New(s3.NewFromConfig(cfg, s3blob.Configure), "my-bucket", nil)
//
// [Configure] is optional: it sets the time-outs, checksums and addressing that
// suit a service. A client made without it works too, with its own time-outs;
// [Store] always gives up a call after 6 s, though a body's transfer may take as
// long as the caller's context lets it. Retries are the SDK's own.
//
// # What is signed
//
// An upload's URL signs content-length, content-type, x-amz-checksum-sha256,
// if-none-match: *, content-disposition: attachment and cache-control: private,
// max-age=300, so that S3 itself refuses any other bytes and a second write. Where
// the SDK wouldn't sign one of them, SignUpload fails. A client can still add
// headers that don't begin with x-amz-; Stat names those in Info.Unexpected.
//
// URLs live 1 s to 7 days, in whole seconds, and no longer than the credentials
// that sign them. Credentials that expire (a role's) change the URLs they sign when
// they are renewed.
//
// # Errors
//
// Errors wrap those of [media.BlobStore]'s contract, and the SDK's beneath them:
//
//   - media.ErrStoreMisconfigured where S3 answers 401 or 403, the bucket is missing
//     or in another region, or the server lacks a feature.
//   - media.ErrUnavailable for connection failures, time-outs, throttling and 5xx,
//     for credentials that can't be had, and for a PUT that meets another one of
//     the same key.
//   - The end of the caller's context is returned as it is, and only that one
//     matches context.DeadlineExceeded or context.Canceled.
//
// No error holds a signed URL or a secret.
//
// # Permissions
//
// A principal with these actions, on a bucket that blocks all public access:
//
//	s3:GetObject, s3:PutObject, s3:DeleteObject          arn:aws:s3:::my-bucket/prefix/*
//	s3:ListBucket                                        arn:aws:s3:::my-bucket
//
// Without s3:ListBucket S3 answers 403 rather than 404 to a HEAD of nothing, which
// this package reports as ErrStoreMisconfigured. Where the bucket keeps versions,
// add
//
//	s3:GetObjectVersion, s3:DeleteObjectVersion          arn:aws:s3:::my-bucket/prefix/*
//	s3:ListBucketVersions                                arn:aws:s3:::my-bucket
//
// since Delete removes every version of its key: deleted media is to be gone.
//
// To have Probe try uploads in parts as well, add
//
//	s3:AbortMultipartUpload, s3:ListMultipartUploadParts arn:aws:s3:::my-bucket/prefix/*
//
// Where objects are encrypted by a KMS key, add kms:GenerateDataKey and kms:Decrypt;
// Stat too needs the latter, to be told checksums. Directory buckets are refused.
//
// [Store.Probe] tells which of these are missing, and whether the server enforces what
// is signed.
//
// # CORS
//
// For uploads from a browser the bucket needs a rule. AllowedHeaders are those that
// are signed; origins are never *.
//
//	[{"AllowedOrigins": ["https://app.example"],
//	  "AllowedMethods": ["PUT", "GET", "HEAD"],
//	  "AllowedHeaders": ["cache-control", "content-disposition", "content-type", "if-none-match", "range", "x-amz-checksum-sha256"],
//	  "ExposeHeaders": ["Accept-Ranges", "Content-Range", "ETag"],
//	  "MaxAgeSeconds": 3600}]
//
// S3 sends neither X-Content-Type-Options nor Content-Security-Policy. Reach the
// bucket under a host of its own, never under the application's origin.
package s3blob
