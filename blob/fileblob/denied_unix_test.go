//go:build unix

package fileblob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
)

// nobody has no right to any file of ours.
const nobody = 65534

func init() { children["denied"], children["stranger"] = denied, stranger }

// denied is a child that may not write into its folder. Root may write anywhere, so it
// becomes nobody after it has opened the folder.
func denied(args []string) error {
	store, err := New(args[0], nil)
	if err != nil {
		return err
	}
	defer store.Close()
	for _, folder := range []string{args[0] + "/media/1", args[0] + "/media", args[0]} {
		if err := os.Chmod(folder, 0o555); err != nil {
			return err
		}
	}
	if err := dropRoot(); err != nil {
		return err
	}
	ctx := context.Background()
	for what, err := range map[string]error{
		"Put beside an object": put(ctx, store, "media/1/another", content),
		"Put in a new folder":  put(ctx, store, "another/1", content),
		"Delete":               store.Delete(ctx, key),
	} {
		if !errors.Is(err, media.ErrStoreMisconfigured) || !errors.Is(err, syscall.EACCES) {
			return fmt.Errorf("%s: %w, want ErrStoreMisconfigured", what, err)
		}
	}
	if _, _, err := store.List(ctx, "", ""); err != nil {
		return err
	}
	return nil
}

// dropRoot makes a process nobody's that is root's.
func dropRoot() error {
	if os.Getuid() != 0 {
		return nil
	}
	return syscall.Setuid(nobody)
}

// stranger is a child that opens a folder which others may read, and which isn't its own.
func stranger(args []string) error {
	if err := dropRoot(); err != nil {
		return err
	}
	if _, err := New(args[0], nil); !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("New = %w, want ErrPermission", err)
	}
	return nil
}

// TestNarrowsNot: a folder that can't be closed to other users isn't used.
func TestNarrowsNot(t *testing.T) {
	start(t, "stranger", "/").wait(t)
}

func TestDenied(t *testing.T) {
	store, dir := open(t)
	if err := put(t.Context(), store, key, content); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil { // the child looks for its folder there
		t.Fatal(err)
	}
	t.Cleanup(func() { // so that the folder can be removed
		for _, folder := range []string{dir, dir + "/media", dir + "/media/1"} {
			if err := os.Chmod(folder, 0o700); err != nil {
				t.Error(err)
			}
		}
	})
	start(t, "denied", dir).wait(t)
	if _, exists, err := checkWhole(t.Context(), store, key); !exists || err != nil {
		t.Errorf("object: %t, %v", exists, err)
	}
}
