package s3blob

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/seed-f0df946f/mediakit/media"
)

// Stat implements [media.BlobStore]. If it finds nothing it makes a second request, to
// tell a bucket without the object from a bucket that doesn't exist.
func (s *Store) Stat(ctx context.Context, key string) (media.Info, error) {
	bounded, cancel := s.within(ctx)
	defer cancel()
	head, err := s.client.HeadObject(bounded, &s3.HeadObjectInput{
		Bucket: &s.bucket, Key: &key, ChecksumMode: types.ChecksumModeEnabled,
	})
	if err != nil {
		err = fail(ctx, "stat", err)
		if errors.Is(err, media.ErrNoObject) {
			err = s.noObject(ctx, bounded, err)
		}
		return media.Info{}, err
	}
	info := media.Info{
		Pin:         media.Pin{ETag: aws.ToString(head.ETag), Version: aws.ToString(head.VersionId)},
		Size:        aws.ToInt64(head.ContentLength),
		ContentType: aws.ToString(head.ContentType),
		Unexpected:  unexpected(head),
	}
	info.SHA256, info.Composite = checksums(aws.ToString(head.ChecksumSHA256), head.ChecksumType)
	return info, nil
}

// noObject returns missing, which is the error of a HEAD, or one that says more. A HEAD's
// answer has no body, and is also 404 if the bucket is missing; a media would then fail
// for an upload that never had a chance. HeadBucket needs the permission without which
// S3 doesn't answer 404 to a HEAD. If a store refuses it nevertheless, missing stands.
func (s *Store) noObject(ctx, bounded context.Context, missing error) error {
	_, err := s.client.HeadBucket(bounded, &s3.HeadBucketInput{Bucket: &s.bucket})
	if err == nil {
		return missing
	}
	switch err = fail(ctx, "stat", err); {
	case errors.Is(err, media.ErrNoObject):
		return fmt.Errorf("s3blob: stat: %w: there is no bucket %q", media.ErrStoreMisconfigured, s.bucket)
	case errors.Is(err, media.ErrUnavailable), ctx.Err() != nil:
		return err
	}
	return missing
}

// checksums tells a sha256 over the whole object from one over the sha256s of its parts.
// Older servers name no type; then the composite is the one with a '-' and the number of
// parts. Anything else counts as no checksum.
func checksums(sum string, kind types.ChecksumType) (whole media.Digest, composite string) {
	if kind == types.ChecksumTypeComposite || strings.Contains(sum, "-") {
		return media.Digest{}, sum
	}
	decoded, err := base64.StdEncoding.DecodeString(sum)
	if err != nil || len(decoded) != len(whole) || (kind != "" && kind != types.ChecksumTypeFullObject) {
		return media.Digest{}, ""
	}
	return media.Digest(decoded), ""
}

// unexpected returns, in alphabetical order, the names of the headers by which an object
// differs from what putInput stores. No signature keeps them out: S3 refuses an unsigned
// header only if its name begins with x-amz-.
func unexpected(head *s3.HeadObjectOutput) []string {
	var names []string
	for _, h := range []struct {
		name string
		got  *string
		want string
	}{
		{"cache-control", head.CacheControl, storedCacheControl},
		{"content-disposition", head.ContentDisposition, storedDisposition},
		{"content-encoding", head.ContentEncoding, ""},
		{"content-language", head.ContentLanguage, ""},
		{"expires", head.ExpiresString, ""},
		{"x-amz-website-redirect-location", head.WebsiteRedirectLocation, ""},
	} {
		if aws.ToString(h.got) != h.want {
			names = append(names, h.name)
		}
	}
	for name := range head.Metadata {
		names = append(names, "x-amz-meta-"+strings.ToLower(name))
	}
	slices.Sort(names)
	return names
}

// Delete implements [media.BlobStore]. In a bucket that keeps versions it deletes every
// version of the object key and every delete marker: deleted bytes must be gone, not
// hidden.
func (s *Store) Delete(ctx context.Context, key string) error {
	bounded, cancel := s.within(ctx)
	defer cancel()
	out, err := s.client.DeleteObject(bounded, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &key})
	if err == nil && (out.VersionId != nil || aws.ToBool(out.DeleteMarker)) {
		err = s.deleteVersions(bounded, key)
	}
	if err == nil {
		return nil
	}
	if err = fail(ctx, "delete", err); errors.Is(err, media.ErrNoObject) {
		return nil // S3 answers 204 if there is nothing to delete, other stores 404
	}
	return err
}

// deleteVersions deletes the versions first and the markers last, so that no version
// becomes visible again if it is interrupted. The list has the versions of the object key
// before those of longer object keys.
func (s *Store) deleteVersions(ctx context.Context, key string) error {
	pages := s3.NewListObjectVersionsPaginator(s.client, &s3.ListObjectVersionsInput{Bucket: &s.bucket, Prefix: &key})
	var versions, markers []*string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		before := len(versions) + len(markers)
		for _, v := range page.Versions {
			if aws.ToString(v.Key) == key {
				versions = append(versions, v.VersionId)
			}
		}
		for _, m := range page.DeleteMarkers {
			if aws.ToString(m.Key) == key {
				markers = append(markers, m.VersionId)
			}
		}
		if len(versions)+len(markers) == before {
			break
		}
	}
	for _, id := range slices.Concat(versions, markers) {
		if _, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &key, VersionId: id}); err != nil {
			return err
		}
	}
	return nil
}

// List implements [media.BlobStore], up to 1,000 objects at once.
func (s *Store) List(ctx context.Context, prefix, after string) ([]media.Object, string, error) {
	bounded, cancel := s.within(ctx)
	defer cancel()
	in := &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix}
	if after != "" {
		in.StartAfter = &after
	}
	page, err := s.client.ListObjectsV2(bounded, in)
	if err != nil {
		return nil, "", fail(ctx, "list", err)
	}
	objects := make([]media.Object, len(page.Contents))
	for i, o := range page.Contents {
		objects[i] = media.Object{Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ModifiedAt: aws.ToTime(o.LastModified).UTC()}
	}
	switch {
	case !aws.ToBool(page.IsTruncated):
		return objects, "", nil
	case len(objects) == 0: // there is no object key to go on from
		return nil, "", fmt.Errorf("s3blob: list: %w: a page that is truncated and empty", media.ErrStoreMisconfigured)
	default:
		return objects, objects[len(objects)-1].Key, nil
	}
}
