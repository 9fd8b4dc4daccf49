package fileblob

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/seed-f0df946f/mediakit/blob/internal/terms"
	"github.com/seed-f0df946f/mediakit/media"
)

// trailerSize is how many bytes follow an object's own in its file.
const trailerSize = 512

// maxName is the most bytes that a folder in an object key, or what follows the last
// folder, may have. File systems take 255; a temporary file adds a dot and 26.
const maxName = 228

// errNoTrailer is about a file that the store didn't write, or that was damaged.
var errNoTrailer = errors.New("the file doesn't end in an object's trailer")

// facts are what the store knows about an object besides its bytes. They follow the
// bytes in the same file, as JSON in a trailer of a fixed size, so that they can't be
// about any others.
type facts struct {
	Size   int64  `json:"size"` // of the object: the file's without the trailer
	Type   string `json:"type"`
	SHA256 string `json:"sha256,omitempty"` // hex

	// Version is random. After a Delete an old upload URL may store the same bytes
	// again; a download URL that was signed for the deleted object doesn't hand them
	// out, since it names another version. A mark that keeps uploads out would do that
	// too, but the store can't know which Delete is the last and has to remove it.
	Version string `json:"version,omitempty"`
}

// trailer formats f as one line, which is filled up with spaces.
func (f facts) trailer() ([]byte, error) {
	text, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	if len(text) > trailerSize-2 {
		return nil, fmt.Errorf("a content type of %d bytes is too long", len(f.Type))
	}
	return fmt.Appendf(nil, "\n%-*s\n", trailerSize-2, text), nil
}

// checkUpload refuses what can't be stored, and returns a trailer for u.
func checkUpload(u media.Upload) ([]byte, error) {
	if err := terms.CheckUpload(u); err != nil {
		return nil, err
	}
	if err := checkKey(u.Key); err != nil {
		return nil, err
	}
	return facts{Size: u.Size, Type: u.ContentType, SHA256: u.SHA256.String(), Version: rand.Text()}.trailer()
}

// checkKey refuses an object key that isn't a file's path as it stands. Object keys have
// no dot, so that none leaves the folder or is the name of a temporary file.
func checkKey(key string) error {
	if err := terms.CheckKey(key); err != nil {
		return err
	}
	for name := range strings.SplitSeq(key, "/") {
		if len(name) > maxName {
			return fmt.Errorf("a folder in an object key must have at most %d bytes, not %d", maxName, len(name))
		}
	}
	return nil
}

// readInfo returns what the trailer of a file, which has size bytes, says about the
// object in it.
func readInfo(file io.ReaderAt, size int64) (media.Info, error) {
	if size <= trailerSize {
		return media.Info{}, errNoTrailer
	}
	trailer := make([]byte, trailerSize)
	if _, err := file.ReadAt(trailer, size-trailerSize); err != nil {
		return media.Info{}, err
	}
	var known facts
	var all map[string]json.RawMessage
	if json.Unmarshal(trailer, &known) != nil || json.Unmarshal(trailer, &all) != nil || known.Size != size-trailerSize {
		return media.Info{}, errNoTrailer
	}
	info := media.Info{Pin: media.Pin{ETag: etag(trailer), Version: known.Version}, Size: known.Size, ContentType: known.Type}
	if known.SHA256 != "" {
		var err error
		if info.SHA256, err = media.ParseDigest(known.SHA256); err != nil {
			return media.Info{}, errNoTrailer
		}
	}
	info.Unexpected = unknown(all)
	return info, nil
}

// unknown returns the names of facts that this version of the package doesn't know.
func unknown(all map[string]json.RawMessage) []string {
	for _, name := range []string{"size", "type", "sha256", "version"} {
		delete(all, name)
	}
	return slices.Sorted(maps.Keys(all))
}

// etag hashes the trailer, which differs whenever bytes, type or version differ.
func etag(trailer []byte) string {
	sum := sha256.Sum256(bytes.TrimSpace(trailer))
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}
