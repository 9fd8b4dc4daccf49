package fileblob

import (
	"bytes"
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

// maxName is the longest name of a folder in a key, or of what follows the last
// one, in bytes. File systems take 255; a temporary file adds a dot and 26.
const maxName = 228

// errNoFacts is about a file that the store didn't write, or that was damaged.
var errNoFacts = errors.New("the file doesn't end in an object's facts")

// facts are what the store knows of an object besides its bytes. They stand after
// these in the same file, as JSON in a trailer of a fixed size, and so can't belong
// to any others.
type facts struct {
	Size   int64  `json:"size"` // of the object: the file's without the trailer
	Type   string `json:"type"`
	SHA256 string `json:"sha256,omitempty"` // hex
}

// trailer writes f down: filled up with spaces, a line of its own.
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

// checkUpload refuses what can't be stored, and returns u's trailer.
func checkUpload(u media.Upload) ([]byte, error) {
	if err := terms.CheckUpload(u); err != nil {
		return nil, err
	}
	if err := checkKey(u.Key); err != nil {
		return nil, err
	}
	return facts{Size: u.Size, Type: u.ContentType, SHA256: u.SHA256.String()}.trailer()
}

// checkKey refuses keys that aren't a file's path as they stand. The grammar of keys
// has no dot, so that no key leaves the folder or is a temporary file's name.
func checkKey(key string) error {
	if err := terms.CheckKey(key); err != nil {
		return err
	}
	for name := range strings.SplitSeq(key, "/") {
		if len(name) > maxName {
			return fmt.Errorf("a key's folders have names of at most %d bytes, not %d", maxName, len(name))
		}
	}
	return nil
}

// readInfo returns what the last of a file's size bytes tell of the object in it.
func readInfo(file io.ReaderAt, size int64) (media.Info, error) {
	if size <= trailerSize {
		return media.Info{}, errNoFacts
	}
	trailer := make([]byte, trailerSize)
	if _, err := file.ReadAt(trailer, size-trailerSize); err != nil {
		return media.Info{}, err
	}
	var known facts
	var all map[string]json.RawMessage
	if json.Unmarshal(trailer, &known) != nil || json.Unmarshal(trailer, &all) != nil || known.Size != size-trailerSize {
		return media.Info{}, errNoFacts
	}
	info := media.Info{Pin: media.Pin{ETag: etag(trailer)}, Size: known.Size, ContentType: known.Type}
	if known.SHA256 != "" {
		var err error
		if info.SHA256, err = media.ParseDigest(known.SHA256); err != nil {
			return media.Info{}, errNoFacts
		}
	}
	info.Unexpected = unknown(all)
	return info, nil
}

// unknown names the facts, if any, that this version doesn't know what to do about.
func unknown(all map[string]json.RawMessage) []string {
	for _, name := range []string{"size", "type", "sha256"} {
		delete(all, name)
	}
	return slices.Sorted(maps.Keys(all))
}

// etag is another one for other facts, of which the bytes' sha256 is one.
func etag(trailer []byte) string {
	sum := sha256.Sum256(bytes.TrimSpace(trailer))
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}
