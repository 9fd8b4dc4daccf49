package s3blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/seed-f0df946f/mediakit/blob/blobprobe"
	"github.com/seed-f0df946f/mediakit/media"
)

// Probe runs [blobprobe.Run] on the store, and tries uploads in parts as well. For these it
// needs the permissions that the package's documentation names. opts may be nil; its
// Multipart is ignored.
func (s *Store) Probe(ctx context.Context, opts *blobprobe.Options) (blobprobe.Report, error) {
	var o blobprobe.Options
	if opts != nil {
		o = *opts
	}
	o.Multipart = s.tryParts
	return blobprobe.Run(ctx, s, &o)
}

// tryParts stores an object of one part, and checks that S3 enforces and tells the part's
// checksum and the object's. The part may be short, since it is the last one.
func (s *Store) tryParts(ctx context.Context, key string) error {
	created, err := s.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: &s.bucket, Key: &key, ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	if err != nil {
		return fail(ctx, "create an upload in parts", err)
	}
	t := partsTrial{s, s3.UploadPartInput{Bucket: &s.bucket, Key: &key, UploadId: created.UploadId, PartNumber: aws.Int32(1)}}
	if err = t.run(ctx); err == nil {
		return nil
	}
	if left := t.abort(ctx); left != nil {
		return fmt.Errorf("%w; the upload %s of %s may be left behind: %w", err, aws.ToString(created.UploadId), key, left)
	}
	return err
}

// partsTrial is one upload in parts, and the request for its part.
type partsTrial struct {
	store *Store
	part  s3.UploadPartInput
}

func (t *partsTrial) run(ctx context.Context) error {
	body := []byte("a part")
	sum := sha256.Sum256(body)
	switch _, err := t.send(ctx, []byte("A part"), sum); {
	case err == nil:
		return wrong("it takes a part whose bytes have another sha256")
	case errors.Is(err, media.ErrUnavailable), ctx.Err() != nil:
		return err
	}
	sent, err := t.send(ctx, body, sum) // it is refused too if the first was refused for another reason
	if err != nil {
		return err
	}
	encoded := base64.StdEncoding.EncodeToString(sum[:])
	listed, err := t.store.client.ListParts(ctx, &s3.ListPartsInput{Bucket: t.part.Bucket, Key: t.part.Key, UploadId: t.part.UploadId})
	switch {
	case err != nil:
		return fail(ctx, "list parts", err)
	case len(listed.Parts) != 1 || aws.ToString(listed.Parts[0].ChecksumSHA256) != encoded:
		return wrong("its list of parts lacks the part or the part's sha256")
	}
	if err := t.complete(ctx, sent.ETag, encoded); err != nil {
		return err
	}
	return t.lookAt(ctx, sum)
}

// wrong returns an error about something that the store did without an error.
func wrong(what string) error { return fmt.Errorf("s3blob: %w: %s", media.ErrStoreMisconfigured, what) }

// send stores the part.
func (t *partsTrial) send(ctx context.Context, body []byte, sum [sha256.Size]byte) (*s3.UploadPartOutput, error) {
	in := t.part
	in.Body, in.ChecksumSHA256 = bytes.NewReader(body), aws.String(base64.StdEncoding.EncodeToString(sum[:]))
	sent, err := t.store.client.UploadPart(ctx, &in)
	if err != nil {
		return nil, fail(ctx, "upload a part", err)
	}
	return sent, nil
}

// complete makes an object of the part, if there is none yet.
func (t *partsTrial) complete(ctx context.Context, etag *string, sum string) error {
	_, err := t.store.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: t.part.Bucket, Key: t.part.Key, UploadId: t.part.UploadId, IfNoneMatch: aws.String("*"),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{
			{PartNumber: t.part.PartNumber, ETag: etag, ChecksumSHA256: &sum},
		}},
	})
	if err != nil {
		return fail(ctx, "complete an upload in parts", err)
	}
	return nil
}

// lookAt checks that the object has the sha256 over the sha256s of its parts, of which
// there is one.
func (t *partsTrial) lookAt(ctx context.Context, sum [sha256.Size]byte) error {
	info, err := t.store.Stat(ctx, *t.part.Key)
	if err != nil {
		return err
	}
	over := sha256.Sum256(sum[:])
	if want := base64.StdEncoding.EncodeToString(over[:]) + "-1"; info.Composite != want {
		return wrong("it doesn't tell the sha256 over the object's parts")
	}
	return nil
}

// abort drops the upload if it is still open, even if the time for the trial is over.
func (t *partsTrial) abort(ctx context.Context) error {
	bounded, cancel := t.store.within(context.WithoutCancel(ctx))
	defer cancel()
	_, err := t.store.client.AbortMultipartUpload(bounded, &s3.AbortMultipartUploadInput{
		Bucket: t.part.Bucket, Key: t.part.Key, UploadId: t.part.UploadId,
	})
	if err == nil {
		return nil
	}
	if err = fail(context.WithoutCancel(ctx), "abort an upload in parts", err); errors.Is(err, media.ErrNoObject) {
		return nil // it was completed
	}
	return err
}
