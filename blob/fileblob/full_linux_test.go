package fileblob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

func init() { children["mounted"] = mounted }

// errNoMount is about a machine on which this process may not mount anything.
var errNoMount = errors.New("nothing can be mounted here")

// fullDisk has room for empty files only.
type fullDisk struct{ disk }

func (d fullDisk) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	file, err := d.disk.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(name, ".lock") {
		return file, nil
	}
	file.Close()
	return os.OpenFile("/dev/full", os.O_WRONLY, 0)
}

// TestFull writes to /dev/full, which fails as a full disk does, and needs no rights.
func TestFull(t *testing.T) {
	store, dir := open(t)
	store.disk = fullDisk{store.disk}
	if err := checkFull(t.Context(), store, key, content); err != nil {
		t.Error(err)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("a full disk keeps %q", left)
	}
}

// checkFull tries to store content for which there is no room.
func checkFull(ctx context.Context, s *Store, key string, content []byte) error {
	if err := put(ctx, s, key, content); !errors.Is(err, media.ErrUnavailable) || !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("Put = %w, want ErrUnavailable", err)
	}
	signed, err := s.SignUpload(ctx, upload(key, "image/png", content), time.Now(), time.Minute)
	if err != nil {
		return err
	}
	r := httptest.NewRequestWithContext(ctx, signed.Method, signed.URL, bytes.NewReader(content))
	for name, value := range signed.Headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable {
		return fmt.Errorf("PUT: status %d, want 503", w.Code)
	}
	return nil
}

// TestMounted fills a disk of 1 MiB, then makes it read-only. It is skipped if this
// process may not mount one, unless the environment demands all tests. TestFull and
// TestFailures test the same in another way.
func TestMounted(t *testing.T) {
	cmd := child(t, "mounted", t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOSPC), bytes.Contains(out, []byte(errNoMount.Error())):
		if os.Getenv("MEDIAKIT_REQUIRE_DOCKER") == "1" {
			t.Fatalf("nothing can be mounted here: %v\n%s", err, out)
		}
		t.Skipf("nothing can be mounted here: %v", err)
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	}
}

// mounted is a child that is alone with its mounts.
func mounted(args []string) error {
	dir, ctx := args[0], context.Background()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		return fmt.Errorf("%w: %w", errNoMount, err)
	}
	store, err := New(dir, nil)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := put(ctx, store, key, content); err != nil {
		return err
	}
	if err := checkFull(ctx, store, "media/2/original", make([]byte, 2<<20)); err != nil {
		return err
	}
	if err := checkAlone(ctx, store, dir); err != nil {
		return err
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		return err
	}
	for what, err := range map[string]error{
		"Put": put(ctx, store, "media/2/original", content), "Delete": store.Delete(ctx, key),
	} {
		if !errors.Is(err, media.ErrStoreMisconfigured) || !errors.Is(err, syscall.EROFS) {
			return fmt.Errorf("read-only: %s: %w, want ErrStoreMisconfigured", what, err)
		}
	}
	return checkAlone(ctx, store, dir)
}

// checkAlone returns an error if there is anything but the object of key.
func checkAlone(ctx context.Context, s *Store, dir string) error {
	if _, exists, err := checkWhole(ctx, s, key); !exists || err != nil {
		return fmt.Errorf("object: %t, %w", exists, err)
	}
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, err error) error {
		names = append(names, name)
		return err
	})
	if want := []string{".", "media", "media/1", key}; err != nil || !slices.Equal(names, want) {
		return fmt.Errorf("%q, %w, want %q", names, err, want)
	}
	return nil
}
