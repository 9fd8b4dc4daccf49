package fileblob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
)

const key = "media/1/original"

func upload(key, contentType string, content []byte) media.Upload {
	return media.Upload{Key: key, Size: int64(len(content)), ContentType: contentType, SHA256: sha256.Sum256(content)}
}

func put(ctx context.Context, s *Store, key string, content []byte) error {
	return s.Put(ctx, upload(key, "image/png", content), bytes.NewReader(content))
}

// checkWhole reports whether the object key has an object. It returns an error if the
// object's facts aren't those of its bytes.
func checkWhole(ctx context.Context, s *Store, key string) (media.Info, bool, error) {
	info, err := s.Stat(ctx, key)
	if errors.Is(err, media.ErrNoObject) {
		return info, false, nil
	} else if err != nil {
		return info, false, err
	}
	r, err := s.ReadAt(ctx, key, info.Pin, 0, info.Size)
	if errors.Is(err, media.ErrNoObject) || errors.Is(err, media.ErrObjectChanged) {
		return info, false, nil // deleted, or replaced, in between
	} else if err != nil {
		return info, false, err
	}
	defer r.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, r)
	if err == nil && (n != info.Size || media.Digest(hash.Sum(nil)) != info.SHA256) {
		err = fmt.Errorf("%s: %d bytes that aren't those of %+v", key, n, info)
	}
	return info, true, err
}

// files lists all that is in a folder, by names relative to it.
func files(t *testing.T, dir string) []string {
	t.Helper()
	names := []string{}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if name, _ := filepath.Rel(dir, path); name != "." {
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// stepped is a disk that remembers its steps and may fail at any of them.
type stepped struct {
	disk
	steps []string
	fail  func(step int) error // nil: never
}

func (d *stepped) step(format string, args ...any) error {
	d.steps = append(d.steps, fmt.Sprintf(format, args...))
	if d.fail == nil {
		return nil
	}
	return d.fail(len(d.steps))
}

// plain replaces the random part of a temporary file's name.
func plain(name string) string {
	if ext := filepath.Ext(name); ext != "" && ext != ".lock" {
		return name[:len(name)-len(ext)] + ".temp"
	}
	return name
}

func (d *stepped) InPlace() error {
	if err := d.step("in place"); err != nil {
		return err
	}
	return d.disk.InPlace()
}

func (d *stepped) Link(oldname, newname string) error {
	if err := d.step("link %s %s", plain(oldname), newname); err != nil {
		return err
	}
	return d.disk.Link(oldname, newname)
}

func (d *stepped) Lstat(name string) (fs.FileInfo, error) {
	if err := d.step("lstat %s", plain(name)); err != nil {
		return nil, err
	}
	return d.disk.Lstat(name)
}

func (d *stepped) MkdirAll(name string, perm fs.FileMode) error {
	if err := d.step("mkdir %s", name); err != nil {
		return err
	}
	return d.disk.MkdirAll(name, perm)
}

func (d *stepped) Open(name string) (*os.File, error) {
	if err := d.step("open %s", name); err != nil {
		return nil, err
	}
	return d.disk.Open(name)
}

func (d *stepped) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	verb := "create"
	if flag&os.O_CREATE == 0 {
		verb = "open"
	}
	if err := d.step("%s %s", verb, plain(name)); err != nil {
		return nil, err
	}
	return d.disk.OpenFile(name, flag, perm)
}

func (d *stepped) Remove(name string) error {
	if err := d.step("remove %s", plain(name)); err != nil {
		return err
	}
	return d.disk.Remove(name)
}

func (d *stepped) Sync(f *os.File) error {
	if err := d.step("sync"); err != nil {
		return err
	}
	return d.disk.Sync(f)
}
