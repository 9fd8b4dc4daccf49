package fileblob

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/seed-f0df946f/mediakit/blob/blobtest"
)

// plant writes an object's file, with a trailer that no upload writes.
func plant(t *testing.T, dir string, stray blobtest.Stray) {
	t.Helper()
	text := fmt.Sprintf(`{"size":%d,"type":%q`, len(stray.Content), stray.ContentType)
	if !stray.NoSHA256 {
		sum := sha256.Sum256(stray.Content)
		text += fmt.Sprintf(`,"sha256":%q`, hex.EncodeToString(sum[:]))
	}
	if stray.ContentEncoding != "" {
		text += fmt.Sprintf(`,"content-encoding":%q`, stray.ContentEncoding)
	}
	trailer := fmt.Appendf(nil, "\n%-*s\n", trailerSize-2, text+"}")
	write(t, filepath.Join(dir, filepath.FromSlash(stray.Key)), append([]byte(stray.Content), trailer...))
}
