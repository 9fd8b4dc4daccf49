// Package terms holds what every store refuses before it signs or stores, and
// what every store sends along with an object.
package terms

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// CacheControl is how long an object may be kept by whom it was handed out to.
// It is shorter than any download URL lives, and private: the URL is a secret.
const CacheControl = "private, max-age=300"

// maxKey is the longest key of media.BlobStore's contract, in bytes.
const maxKey = 512

// CheckUpload refuses an upload that no signature could bind: a size of 0 isn't
// signed at all, and more than media.MaxSinglePut isn't taken in one PUT.
func CheckUpload(u media.Upload) error {
	switch {
	case u.Key == "":
		return fmt.Errorf("an upload needs a key")
	case u.Size < 1 || u.Size > media.MaxSinglePut:
		return fmt.Errorf("an upload has 1 to %d bytes, not %d", int64(media.MaxSinglePut), u.Size)
	case u.ContentType == "":
		return fmt.Errorf("an upload needs a content type")
	case u.SHA256.IsZero():
		return fmt.Errorf("an upload needs a sha256")
	}
	return nil
}

// CheckTTL refuses a life that a signed request can't have.
func CheckTTL(ttl time.Duration) error {
	if ttl < time.Second || ttl > media.MaxSignedTTL {
		return fmt.Errorf("a signed request lives 1s to %v, not %v", media.MaxSignedTTL, ttl)
	}
	return nil
}

// CheckKey refuses a key outside the grammar of media.BlobStore's contract, in
// which no key can leave its folder or be spelled in two ways in a URL.
func CheckKey(key string) error {
	if key == "" || len(key) > maxKey {
		return fmt.Errorf("a key has 1 to %d bytes, not %d", maxKey, len(key))
	}
	if strings.IndexFunc(key, outsideGrammar) >= 0 {
		return fmt.Errorf("a key has lower case letters, digits, '-', '_' and '/' only: %q", key)
	}
	if strings.HasPrefix(key, "/") || strings.HasSuffix(key, "/") || strings.Contains(key, "//") {
		return fmt.Errorf("a key has no empty folder: %q", key)
	}
	return nil
}

func outsideGrammar(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '/'
}
