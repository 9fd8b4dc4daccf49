package fileblob

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media"
)

var content = []byte("the bytes of a picture")

// TestSteps: the bytes are on the disk before the object is linked, and all folders are
// before Put returns. A name's removal is on the disk before Delete returns.
func TestSteps(t *testing.T) {
	store, dir := open(t)
	d := &stepped{disk: store.disk}
	store.disk = d
	if err := put(t.Context(), store, key, content); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"in place", "lstat media/1/original",
		"mkdir media/1", "create media/1/original.lock", "lstat media/1/original.lock",
		"mkdir media/1", "create media/1/original.temp", "sync",
		"in place", "link media/1/original.temp media/1/original", "remove media/1/original.temp",
		"lstat media/1/original.lock", "remove media/1/original.lock",
		"open media/1", "sync", "open media", "sync", "open .", "sync",
	}
	if diff := cmp.Diff(want, d.steps); diff != "" {
		t.Errorf("Put (-want +got):\n%s", diff)
	}
	d.steps = nil
	if err := put(t.Context(), store, key, content); !errors.Is(err, media.ErrObjectExists) {
		t.Fatal(err)
	}
	want = []string{"in place", "lstat media/1/original", "lstat media/1/original.lock", "open media/1", "sync", "open media", "sync", "open .", "sync"}
	if diff := cmp.Diff(want, d.steps); diff != "" {
		t.Errorf("Put where there is an object (-want +got):\n%s", diff)
	}
	plantTemp(t, dir)
	d.steps = nil
	if err := store.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if err := store.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	want = []string{
		// An upload that is running must not link its temporary file after the object went.
		"in place", "open media/1", "remove media/1/original.temp", "lstat media/1/original", "remove media/1/original", "sync",
		"remove media/1", "remove media",
		"in place", "open media/1", "open media/1", "open media", "open .", "sync", // the second time
	}
	if diff := cmp.Diff(want, d.steps); diff != "" {
		t.Errorf("Delete (-want +got):\n%s", diff)
	}
}

// TestCrash stops before each step of a Put or a Delete, and does no later one, as if the
// process had ended.
func TestCrash(t *testing.T) {
	crash := errors.New("the process has ended")
	for op, run := range map[string]func(*Store) error{
		"Put":    func(s *Store) error { return put(t.Context(), s, key, content) },
		"Delete": func(s *Store) error { return s.Delete(t.Context(), key) },
	} {
		for last, through := 0, false; !through; last++ {
			t.Run(fmt.Sprintf("%s after %d steps", op, last), func(t *testing.T) {
				store, dir := open(t)
				if op == "Delete" {
					plantTemp(t, dir)
					if err := put(t.Context(), store, key, content); err != nil {
						t.Fatal(err)
					}
				}
				d := &stepped{disk: store.disk, fail: func(step int) error {
					if step > last {
						return crash
					}
					return nil
				}}
				store.disk = d
				_ = run(store)
				through = len(d.steps) <= last
				checkAfterCrash(t, dir, op == "Put" && through)
			})
		}
	}
}

func plantTemp(t *testing.T, dir string) {
	t.Helper()
	write(t, dir+"/"+key+".DEAD", content[:4])
}

// checkAfterCrash looks at the folder as the next process would.
func checkAfterCrash(t *testing.T, dir string, must bool) {
	t.Helper()
	store := openAt(t, dir)
	_, exists, err := checkWhole(t.Context(), store, key)
	if err != nil || must && !exists {
		t.Errorf("object: %t, %v", exists, err)
	}
	listed, _, err := store.List(t.Context(), "", "")
	if err != nil || (len(listed) == 1) != exists || len(listed) > 1 {
		t.Errorf("List = %+v, %v, while there is an object: %t", listed, err, exists)
	}
	if err := put(t.Context(), store, key, content); exists != errors.Is(err, media.ErrObjectExists) || !exists && err != nil {
		t.Errorf("Put = %v, while there is an object: %t", err, exists)
	}
	if err := store.Delete(t.Context(), key); err != nil {
		t.Errorf("Delete: %v", err)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("Delete leaves %q", left)
	}
}

// TestFailures makes single steps fail: the error is the contract's, and the upload
// leaves nothing behind.
func TestFailures(t *testing.T) {
	for code, want := range map[syscall.Errno]error{
		syscall.EAGAIN: media.ErrUnavailable, syscall.EBUSY: media.ErrUnavailable, syscall.EDQUOT: media.ErrUnavailable,
		syscall.EIO: media.ErrUnavailable, syscall.EMFILE: media.ErrUnavailable, syscall.ENFILE: media.ErrUnavailable,
		syscall.ENOMEM: media.ErrUnavailable, syscall.ENOSPC: media.ErrUnavailable,
		syscall.EACCES: media.ErrStoreMisconfigured, syscall.EFBIG: media.ErrStoreMisconfigured,
		syscall.ENOLCK: media.ErrStoreMisconfigured,
		syscall.ENOSYS: media.ErrStoreMisconfigured, syscall.ENOTSUP: media.ErrStoreMisconfigured,
		syscall.EPERM: media.ErrStoreMisconfigured, syscall.EROFS: media.ErrStoreMisconfigured,
		syscall.EXDEV: media.ErrStoreMisconfigured,
	} {
		for _, step := range []string{"mkdir", "create", "sync", "link"} {
			store, dir := open(t)
			d := &stepped{disk: store.disk}
			d.fail = func(n int) error {
				if strings.HasPrefix(d.steps[n-1], step) {
					return &fs.PathError{Op: step, Path: "x", Err: code}
				}
				return nil
			}
			store.disk = d
			if err := put(t.Context(), store, key, content); !errors.Is(err, want) || !errors.Is(err, code) {
				t.Errorf("%v at %s: %v, want %v", code, step, err, want)
			}
			if left := files(t, dir); len(left) > 0 {
				t.Errorf("%v at %s leaves %q", code, step, left)
			}
		}
	}
}

// TestFolderGone: if somebody has removed the folder, or put another one in its place,
// that isn't taken for a folder without the object.
func TestFolderGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	store := openAt(t, dir)
	if _, err := store.Stat(t.Context(), key); !errors.Is(err, media.ErrNoObject) {
		t.Errorf("Stat = %v, want ErrNoObject", err)
	}
	gone := func(what string) {
		t.Helper()
		_, err := store.Stat(t.Context(), key)
		_, _, listErr := store.List(t.Context(), "", "")
		for op, err := range map[string]error{
			"Stat": err, "List": listErr, "Put": put(t.Context(), store, key, content), "Delete": store.Delete(t.Context(), key),
		} {
			if !errors.Is(err, media.ErrStoreMisconfigured) {
				t.Errorf("%s: %s = %v, want ErrStoreMisconfigured", what, op, err)
			}
		}
	}
	if err := os.Rename(dir, dir+" of old"); err != nil {
		t.Fatal(err)
	}
	gone("moved")
	if err := os.Mkdir(dir, folderMode); err != nil {
		t.Fatal(err)
	}
	gone("another in its place")
	if err := os.Remove(dir + " of old"); err != nil {
		t.Fatal(err)
	}
	gone("removed")
	d := &stepped{disk: store.disk}
	d.fail = func(n int) error {
		if strings.HasPrefix(d.steps[n-1], "mkdir") {
			return syscall.ENOENT
		}
		return nil
	}
	store.disk = d
	if err := put(t.Context(), store, key, content); !errors.Is(err, media.ErrStoreMisconfigured) {
		t.Errorf("Put = %v, want ErrStoreMisconfigured", err)
	}
}

// TestFolderMovedDuringPut: an upload whose folder is replaced while it is running isn't
// stored in the old one.
func TestFolderMovedDuringPut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	store, old := openAt(t, dir), dir+" of old"
	body := io.MultiReader(bytes.NewReader(content[:4]), reads(func(p []byte) (int, error) {
		if err := errors.Join(os.Rename(dir, old), os.Mkdir(dir, folderMode)); err != nil {
			t.Error(err)
		}
		return copy(p, content[4:]), io.EOF
	}))
	if err := store.Put(t.Context(), upload(key, "image/png", content), body); !errors.Is(err, media.ErrStoreMisconfigured) {
		t.Errorf("Put = %v, want ErrStoreMisconfigured", err)
	}
	if left := append(files(t, dir), files(t, old)...); len(left) > 0 {
		t.Errorf("what is left: %q", left)
	}
}

// TestFolderRemoved: a Delete may remove the folder that an upload has just made.
func TestFolderRemoved(t *testing.T) {
	store, _ := open(t)
	d := &stepped{disk: store.disk}
	removed := 0
	d.fail = func(n int) error {
		if n == 3 { // mkdir
			return syscall.EEXIST // as if the folder was there, and then wasn't
		}
		if strings.HasPrefix(d.steps[n-1], "create") && removed < 3 {
			removed++
			store.prune(key)
		}
		return nil
	}
	store.disk = d
	if err := put(t.Context(), store, key, content); err != nil || removed != 3 {
		t.Fatalf("Put = %v, after its folder was removed %d times", err, removed)
	}
	if _, exists, err := checkWhole(t.Context(), store, key); !exists || err != nil {
		t.Errorf("object: %t, %v", exists, err)
	}
}
