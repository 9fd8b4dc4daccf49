package fileblob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/seed-f0df946f/mediakit/media"
)

// Stat implements [media.BlobStore]. It reads the object's facts, not its bytes. A file
// that doesn't end in a trailer has a size, but no pin, content type or sha256.
func (s *Store) Stat(ctx context.Context, key string) (media.Info, error) {
	file, info, err := s.open(ctx, key)
	if err != nil {
		return media.Info{}, fail(ctx, "stat "+key, err)
	}
	file.Close()
	return info, nil
}

// ReadAt implements [media.BlobStore]. A file that doesn't end in a trailer isn't read: it
// isn't the object any more. What ReadAt returns reads on to the end, even if the
// object is deleted meanwhile.
func (s *Store) ReadAt(ctx context.Context, key string, pin media.Pin, off, n int64) (io.ReadCloser, error) {
	if off < 0 || n < 0 {
		return nil, fmt.Errorf("fileblob: read %s: no offset %d, length %d", key, off, n)
	}
	file, info, err := s.open(ctx, key)
	if err != nil {
		return nil, fail(ctx, "read "+key, err)
	}
	if info.Pin == (media.Pin{}) || pin.Version != "" && pin.Version != info.Version || pin.ETag != "" && pin.ETag != info.ETag {
		file.Close()
		return nil, fmt.Errorf("fileblob: read %s: %w", key, media.ErrObjectChanged)
	}
	off = min(off, info.Size)
	n = min(n, info.Size-off)
	return &reader{ctx: ctx, key: key, section: io.NewSectionReader(file, off, n), file: file}, nil
}

// reader is a part of an open object.
type reader struct {
	ctx     context.Context // of the ReadAt that opened it
	key     string
	section io.Reader
	file    *os.File
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	n, err := r.section.Read(p)
	if err != nil && err != io.EOF {
		err = fail(r.ctx, "read "+r.key, err)
	}
	return n, err
}

// Close implements io.Closer.
func (r *reader) Close() error { return r.file.Close() }

// open opens the object's file. The info is about this file, whatever happens to its
// name.
func (s *Store) open(ctx context.Context, key string) (*os.File, media.Info, error) {
	if err := ctx.Err(); err != nil {
		return nil, media.Info{}, err
	}
	if checkKey(key) != nil {
		return nil, media.Info{}, media.ErrNoObject
	}
	file, err := s.disk.Open(key)
	if isAbsent(err) {
		if err = s.disk.InPlace(); err == nil {
			err = media.ErrNoObject
		}
	}
	if err != nil {
		return nil, media.Info{}, err
	}
	info, err := infoOf(file)
	if err != nil {
		file.Close()
		return nil, media.Info{}, err
	}
	return file, info, nil
}

func infoOf(file *os.File) (media.Info, error) {
	stat, err := file.Stat()
	if err != nil {
		return media.Info{}, err
	}
	if !stat.Mode().IsRegular() { // a folder of objects
		return media.Info{}, media.ErrNoObject
	}
	info, err := readInfo(file, stat.Size())
	if errors.Is(err, errNoTrailer) {
		return media.Info{Size: max(stat.Size()-trailerSize, 0)}, nil
	}
	return info, err
}

// isAbsent reports whether err says that there is no such name, or that a file is in the
// place of its folder.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// Delete implements [media.BlobStore]. It ends uploads of the object key that are
// running, removes what dead ones have left, and removes folders that become empty.
func (s *Store) Delete(ctx context.Context, key string) error {
	if checkKey(key) != nil {
		return ctx.Err() // there is no such object, and the path may lead anywhere
	}
	err := s.ready(ctx)
	if err == nil {
		err = s.delete(key)
	}
	if err != nil {
		return fail(ctx, "delete "+key, err)
	}
	return nil
}

// delete removes the temporary files first and the object last. An upload that was
// running when Delete began then either finds its temporary file gone, or has linked it
// in time for the object to be removed. delete syncs the folder that it opened in the
// beginning, so that these removals are on the disk even if another Delete removes the
// folder and an upload makes it anew.
func (s *Store) delete(key string) error {
	folder, err := s.disk.Open(path.Dir(key))
	if err == nil {
		defer folder.Close()
		err = s.removeTempsIn(folder, key)
	}
	if isAbsent(err) {
		return s.syncFolders(key) // the Delete that removed the folder may not have synced yet
	} else if err != nil {
		return err
	}
	// A folder of that name isn't the object, and Remove would take it if it is empty.
	if stat, err := s.disk.Lstat(key); err == nil && !stat.IsDir() {
		if err := s.remove(key); err != nil {
			return err
		}
	}
	if err := s.disk.Sync(folder); err != nil {
		return err
	}
	s.prune(key)
	return nil
}

// removeTemps removes the temporary files of an object key whose uploads have died. Its
// caller holds the lock, which stays.
func (s *Store) removeTemps(key string) error {
	folder, err := s.disk.Open(path.Dir(key))
	if err != nil {
		return err
	}
	defer folder.Close()
	return s.removeTempsIn(folder, key, lockName(key))
}

// removeTempsIn removes from the object key's folder all files that uploads have made,
// but for those named in keep.
func (s *Store) removeTempsIn(folder *os.File, key string, keep ...string) error {
	names, err := folder.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, name := range names {
		name = path.Join(path.Dir(key), name)
		if !strings.HasPrefix(name, tempPrefix(key)) || slices.Contains(keep, name) {
			continue
		}
		if err := s.remove(name); err != nil {
			return err
		}
	}
	return nil
}

// remove removes a file, if it is still there.
func (s *Store) remove(name string) error {
	if err := s.disk.Remove(name); !isAbsent(err) {
		return err
	}
	return nil
}

// prune removes the folders above an object, from the last one up to the first that
// isn't empty. A folder that it can't remove does no harm. An upload that had just made
// one of them makes it again.
func (s *Store) prune(key string) {
	for dir := path.Dir(key); dir != "."; dir = path.Dir(dir) {
		if s.disk.Remove(dir) != nil {
			return
		}
	}
}
