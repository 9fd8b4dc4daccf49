package fileblob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/blobtest"
	"github.com/seed-f0df946f/mediakit/media"
)

// TestPutEnds: if a Put's context ends, or its body ends too early, it leaves neither a
// file nor a folder.
func TestPutEnds(t *testing.T) {
	broken := errors.New("broken")
	for what, want := range map[string]error{"the context": context.Canceled, "the body": broken, "the bytes": media.ErrObjectMismatch} {
		store, dir := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		body := io.MultiReader(bytes.NewReader(content[:4]), reads(func([]byte) (int, error) {
			if len(files(t, dir)) != 4 {
				t.Errorf("during a Put there is %q, want two folders, a lock and a file", files(t, dir))
			}
			switch what {
			case "the context":
				if ctx.Err() != nil {
					t.Error("Put reads on after its context has ended")
					return 0, io.EOF
				}
				cancel()
				return 0, nil
			case "the body":
				return 0, broken
			}
			return 0, io.EOF
		}))
		if err := store.Put(ctx, upload(key, "image/png", content), body); !errors.Is(err, want) {
			t.Errorf("Put = %v, want %v", err, want)
		}
		if left := files(t, dir); len(left) > 0 {
			t.Errorf("after the end of %s, Put leaves %q", what, left)
		}
	}
}

type reads func([]byte) (int, error)

func (r reads) Read(p []byte) (int, error) { return r(p) }

// TestBodyErrors: an error of the body's own disk isn't the store's.
func TestBodyErrors(t *testing.T) {
	store, _ := open(t)
	_, absent := os.Open(filepath.Join(t.TempDir(), "absent"))
	body := reads(func([]byte) (int, error) { return 0, absent })
	err := store.Put(t.Context(), upload(key, "image/png", content), body)
	if !errors.Is(err, os.ErrNotExist) || errors.Is(err, media.ErrStoreMisconfigured) || errors.Is(err, media.ErrUnavailable) {
		t.Errorf("Put = %v, want the body's error alone", err)
	}
}

// TestDeleteEndsUploads: an upload that is running when a Delete begins stores no object
// after it.
func TestDeleteEndsUploads(t *testing.T) {
	store, dir := open(t)
	body := io.MultiReader(bytes.NewReader(content[:4]), reads(func(p []byte) (int, error) {
		if err := store.Delete(t.Context(), key); err != nil {
			t.Error(err)
		}
		return copy(p, content[4:]), io.EOF
	}))
	if err := store.Put(t.Context(), upload(key, "image/png", content), body); !errors.Is(err, media.ErrUnavailable) {
		t.Errorf("Put = %v, want ErrUnavailable", err)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("what is left: %q", left)
	}
}

// TestDeleteOthers: a Delete touches no file of another object key, and no folder of that
// name.
func TestDeleteOthers(t *testing.T) {
	store, dir := open(t)
	for _, name := range []string{"media/1/original0", "media/1/original0.TEMP", "media/1/a/b", "media/1/original-"} {
		write(t, filepath.Join(dir, name), content)
	}
	if err := os.Mkdir(filepath.Join(dir, "media", "empty"), folderMode); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	for _, key := range []string{key, "media", "media/1", "media/1/a", "media/empty", "", ".", "..", "../x", "media/1/original0/b", "/media/1/a/b"} {
		if err := store.Delete(t.Context(), key); err != nil {
			t.Errorf("Delete(%q) = %v", key, err)
		}
	}
	if diff := cmp.Diff(before, files(t, dir)); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
}

// TestDeleteAmidReads: a read that has begun goes on to the object's end.
func TestDeleteAmidReads(t *testing.T) {
	store, _ := open(t)
	if err := put(t.Context(), store, key, content); err != nil {
		t.Fatal(err)
	}
	r, err := store.ReadAt(t.Context(), key, media.Pin{}, 0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := store.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	other := bytes.ToUpper(content)
	if err := put(t.Context(), store, key, other); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %q, %v, want what was there when the reading began", got, err)
	}
}

// TestPruneRace: uploads into folders that are removed as empty all the time.
func TestPruneRace(t *testing.T) {
	store, dir := open(t)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for range 200 {
				key := fmt.Sprintf("media/1/2/%d", worker)
				if err := put(t.Context(), store, key, content); err != nil {
					t.Error(err)
				}
				if _, exists, err := checkWhole(t.Context(), store, key); !exists || err != nil {
					t.Errorf("object: %t, %v", exists, err)
				}
				if err := store.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("what is left: %q", left)
	}
}

// TestPins: each object that an object key ever had has its own version and ETag, even if
// all have the same bytes.
func TestPins(t *testing.T) {
	store, _ := open(t)
	etags, versions := make(map[string]bool), make(map[string]bool)
	uploads := []struct {
		contentType string
		content     []byte
	}{{"image/png", content}, {"image/gif", content}, {"image/png", bytes.ToUpper(content)}, {"image/png", content}}
	for _, u := range uploads {
		if err := store.Put(t.Context(), upload(key, u.contentType, u.content), bytes.NewReader(u.content)); err != nil {
			t.Fatal(err)
		}
		info, err := store.Stat(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		again, err := store.Stat(t.Context(), key)
		if err != nil || again.Pin != info.Pin {
			t.Errorf("one object has the pins %+v and %+v, %v", info.Pin, again.Pin, err)
		}
		etags[info.ETag], versions[info.Version] = true, true
		for _, pin := range []media.Pin{{Version: "another"}, {ETag: "another"}, {ETag: info.ETag, Version: "another"}, {ETag: "another", Version: info.Version}} {
			if _, err := store.ReadAt(t.Context(), key, pin, 0, 1); !errors.Is(err, media.ErrObjectChanged) {
				t.Errorf("ReadAt of %+v: %v, want ErrObjectChanged", pin, err)
			}
		}
		if err := store.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if len(etags) != len(uploads) || len(versions) != len(uploads) {
		t.Errorf("ETags %v, versions %v, want %d of each", etags, versions, len(uploads))
	}
}

// TestFormat pins how an object is written: later versions of the package must read it.
func TestFormat(t *testing.T) {
	store, dir := open(t)
	if err := put(t.Context(), store, key, content); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, key))
	if err != nil {
		t.Fatal(err)
	}
	info, err := store.Stat(t.Context(), key)
	if err != nil || len(info.Version) != 26 {
		t.Fatalf("Stat = %+v, %v, want a version of 26 letters", info, err)
	}
	want := string(content) + "\n" +
		`{"size":22,"type":"image/png","sha256":"4a42edeb02a1245fabf0553c44ff50b69f3a04054f7747516e90d3e31ea3c03d","version":"` + info.Version + `"}` +
		strings.Repeat(" ", 365) + "\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the file (-want +got):\n%s", diff)
	}
}

// TestModes: other users read nothing, and don't even see a name. It runs with whatever
// umask there is, which may take rights but adds none.
func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	store := openAt(t, dir)
	body := io.MultiReader(bytes.NewReader(content[:4]), reads(func(p []byte) (int, error) {
		checkModes(t, dir, 5)
		return copy(p, content[4:]), io.EOF
	}))
	if err := store.Put(t.Context(), upload(key, "image/png", content), body); err != nil {
		t.Fatal(err)
	}
	checkModes(t, dir, 4)
}

// checkModes looks at a folder, in which there should be n files and folders, itself
// among them.
func checkModes(t *testing.T, dir string, n int) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
		found++
		return nil
	})
	if err != nil || found != n {
		t.Errorf("there are %d files and folders, %v, want %d", found, err, n)
	}
}

// TestNarrows: a folder that was there before is closed to other users, and keeps its
// other bits.
func TestNarrows(t *testing.T) {
	for before, want := range map[fs.FileMode]fs.FileMode{
		0o755: 0o700, 0o777: 0o700, 0o770: 0o700, 0o701: 0o700, 0o750 | fs.ModeSetgid: 0o700 | fs.ModeSetgid, 0o700: 0o700,
	} {
		dir := t.TempDir()
		if err := os.Chmod(dir, before); err != nil {
			t.Fatal(err)
		}
		openAt(t, dir)
		stat, err := os.Stat(dir)
		if err != nil || stat.Mode()&^fs.ModeDir != want {
			t.Errorf("a folder with mode %v has %v after New, %v, want %v", before, stat.Mode(), err, want)
		}
	}
}

// TestDamaged: a file whose trailer doesn't fit is described as nothing that was ever
// uploaded, and isn't read.
func TestDamaged(t *testing.T) {
	store, dir := open(t)
	plant(t, dir, blobtest.Stray{Key: key, Content: content, ContentType: "image/png"})
	before, err := store.Stat(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, key)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	trailer := whole[len(content):]
	for what, damaged := range map[string][]byte{
		"empty":           nil,
		"without facts":   bytes.Repeat([]byte("a"), 1000),
		"cut at the end":  whole[:len(whole)-1],
		"cut in front":    whole[1:],
		"no byte":         fmt.Appendf(nil, "%-*s", trailerSize, `{"size":0}`),
		"less than none":  fmt.Appendf(nil, "%-*s", trailerSize-1, `{"size":-1}`),
		"trailer alone":   trailer,
		"a byte in front": slices.Concat([]byte("x"), whole),
		"a byte less":     slices.Concat(content[:len(content)-1], trailer),
		"no JSON":         slices.Concat(content, bytes.Repeat([]byte(" "), trailerSize)),
		"no object":       slices.Concat(content, fmt.Appendf(nil, "%-*s", trailerSize, "22")),
		"two objects":     slices.Concat(content, fmt.Appendf(nil, "%-*s", trailerSize, `{"size":22}{}`)),
		"no sha256":       bytes.Replace(whole, []byte(`"sha256":"4`), []byte(`"sha256":"x`), 1),
	} {
		write(t, file, damaged)
		info, err := store.Stat(t.Context(), key)
		if want := (media.Info{Size: int64(max(len(damaged)-trailerSize, 0))}); err != nil || !cmp.Equal(info, want) {
			t.Errorf("%s: Stat = %+v, %v, want %+v", what, info, err, want)
		}
		for _, pin := range []media.Pin{{}, before.Pin} {
			if _, err := store.ReadAt(t.Context(), key, pin, 0, 1); !errors.Is(err, media.ErrObjectChanged) {
				t.Errorf("%s: ReadAt of %+v: %v, want ErrObjectChanged", what, pin, err)
			}
		}
	}
	if err := store.Delete(t.Context(), key); err != nil {
		t.Errorf("Delete of what is damaged: %v", err)
	}
}

// TestLongNames: a longer name than file systems take is refused before a URL is signed.
func TestLongNames(t *testing.T) {
	store, _ := open(t)
	long := strings.Repeat("a", maxName)
	if err := put(t.Context(), store, "media/"+long+"/"+long, content); err != nil {
		t.Errorf("Put: %v", err)
	}
	for what, u := range map[string]media.Upload{
		"a name":         upload("media/"+long+"a", "image/png", content),
		"a content type": upload(key, "image/"+strings.Repeat("x", trailerSize), content),
	} {
		if _, err := store.SignUpload(t.Context(), u, time.Now(), time.Minute); err == nil {
			t.Errorf("%s too long is signed", what)
		}
		if err := store.Put(t.Context(), u, bytes.NewReader(content)); err == nil {
			t.Errorf("%s too long is stored", what)
		}
	}
	if _, err := store.Stat(t.Context(), "media/"+long+"a"); !errors.Is(err, media.ErrNoObject) {
		t.Errorf("Stat of a name too long: %v, want ErrNoObject", err)
	}
}

// TestLongTypes: the longest content type that is taken fills the trailer to its last byte.
func TestLongTypes(t *testing.T) {
	store, dir := open(t)
	longest := 0
	for n := 330; n < trailerSize; n++ {
		key := fmt.Sprintf("media/%d/a", n)
		u := upload(key, "image/"+strings.Repeat("x", n), content)
		if err := store.Put(t.Context(), u, bytes.NewReader(content)); err != nil {
			break
		}
		longest = n
		if info, err := store.Stat(t.Context(), key); err != nil || info.ContentType != u.ContentType {
			t.Errorf("Stat = %+v, %v, want the type of %d bytes", info, err, n)
		}
	}
	file, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("media/%d/a", longest)))
	if err != nil {
		t.Fatal(err)
	}
	if trailer := file[len(content):]; len(trailer) != trailerSize || !bytes.HasSuffix(trailer, []byte("}\n")) {
		t.Errorf("the longest type makes a trailer of %d bytes: %q, want %d without spaces", len(trailer), trailer, trailerSize)
	}
}
