// Package terms holds the conditions on which every store signs and stores.
package terms

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// CacheControl tells a client how long it may keep an object. Shared caches may not
// keep it at all, since the URL is a secret.
const CacheControl = "private, max-age=300"

// maxKey is the length of the longest object key that media.BlobStore's contract
// allows, in bytes.
const maxKey = 512

// CheckUpload refuses an upload that no signature could bind. A size of 0 isn't signed
// at all, and S3 doesn't take more than media.MaxSinglePut in one PUT.
func CheckUpload(u media.Upload) error {
	if err := CheckKey(u.Key); err != nil {
		return err
	}
	switch {
	case u.Size < 1 || u.Size > media.MaxSinglePut:
		return fmt.Errorf("an upload must have 1 to %d bytes, not %d", int64(media.MaxSinglePut), u.Size)
	case u.ContentType == "":
		return errors.New("an upload must have a content type")
	case u.SHA256.IsZero():
		return errors.New("an upload must have a sha256")
	}
	return nil
}

// CheckTTL refuses a time for which no signed request can live.
func CheckTTL(ttl time.Duration) error {
	if ttl < time.Second || ttl > media.MaxSignedTTL {
		return fmt.Errorf("a signed request must live for 1s to %v, not %v", media.MaxSignedTTL, ttl)
	}
	return nil
}

// CheckKey refuses an object key that media.BlobStore's contract doesn't allow. An
// object key that it allows can't leave its folder, and has one spelling in a URL.
func CheckKey(key string) error {
	if key == "" || len(key) > maxKey {
		return fmt.Errorf("an object key must have 1 to %d bytes, not %d", maxKey, len(key))
	}
	if strings.IndexFunc(key, outsideGrammar) >= 0 {
		return fmt.Errorf("an object key must consist of lower case letters, digits, '-', '_' and '/': %q", key)
	}
	if strings.HasPrefix(key, "/") || strings.HasSuffix(key, "/") || strings.Contains(key, "//") {
		return fmt.Errorf("an object key must not have an empty folder: %q", key)
	}
	return nil
}

func outsideGrammar(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '/'
}
