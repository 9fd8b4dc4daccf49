package fileblob

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media"
)

// FuzzKey: an object key is the path of one file below the folder, or is refused. Nothing
// outside the folder is written or read.
func FuzzKey(f *testing.F) {
	for _, key := range []string{key, "a", "../outside", "/etc/passwd", "a/../../outside", "a//b", "a.json", "a\x00b", "A", `..\x`, "", ".", "media/", "con"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		parent := t.TempDir()
		write(t, filepath.Join(parent, "outside"), content)
		dir := filepath.Join(parent, "store")
		store := openAt(t, dir)
		stored := put(t.Context(), store, key, content) == nil
		if stored != (checkKey(key) == nil) {
			t.Errorf("Put stores: %t, while checkKey = %v", stored, checkKey(key))
		}
		info, exists, err := checkWhole(t.Context(), store, key)
		if err != nil || exists != stored {
			t.Errorf("stored: %t, %+v, %t, %v", stored, info, exists, err)
		}
		objects, _, err := store.List(t.Context(), "", "")
		if err != nil || (len(objects) == 1 && objects[0].Key == key) != stored {
			t.Errorf("stored: %t, List = %+v, %v", stored, objects, err)
		}
		if _, _, err := store.List(t.Context(), key, key); err != nil {
			t.Errorf("List: %v", err)
		}
		if err := store.Delete(t.Context(), key); err != nil {
			t.Errorf("Delete: %v", err)
		}
		if diff := cmp.Diff([]string{"outside", "store"}, files(t, parent)); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
	})
}

// FuzzFacts: whatever is in a file, the info about it fits its size.
func FuzzFacts(f *testing.F) {
	trailer, err := checkUpload(upload(key, "image/png", content))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(bytes.Clone(content), trailer...))
	f.Add(make([]byte, 2*trailerSize))
	f.Fuzz(func(t *testing.T, file []byte) {
		info, err := readInfo(bytes.NewReader(file), int64(len(file)))
		if err != nil && !cmp.Equal(info, media.Info{}) || err == nil && (info.Size != int64(len(file))-trailerSize || info.ETag == "") {
			t.Errorf("%+v, %v of %d bytes", info, err, len(file))
		}
	})
}
