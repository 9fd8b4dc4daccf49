package fileblob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/seed-f0df946f/mediakit/media"
)

// maxTries bounds how often Put tries again because a Delete has removed its folder, as
// empty, before there was a file in it.
const maxTries = 100

// errDeleted ends an upload if a Delete of the object key has removed its temporary file.
var errDeleted = errors.New("the object key was deleted during the upload")

// bodyError is an error of the caller's reader, not of the disk.
type bodyError struct{ error }

// Unwrap returns the reader's own error.
func (e *bodyError) Unwrap() error { return e.error }

// Put implements [media.BlobStore]. It stores nothing and returns ErrUnavailable if
// another Put of the object key is running, or if a Delete of it comes in between.
func (s *Store) Put(ctx context.Context, u media.Upload, body io.Reader) error {
	if err := s.put(ctx, u, body); err != nil {
		return fail(ctx, "put "+u.Key, err)
	}
	return nil
}

func (s *Store) put(ctx context.Context, u media.Upload, body io.Reader) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	trailer, err := checkUpload(u)
	if err != nil {
		return err
	}
	if _, err := s.disk.Lstat(u.Key); err == nil { // before the body is read in vain
		s.tidy(u.Key)
		return s.exists(u.Key)
	}
	err = s.putAlone(ctx, u, body, trailer)
	switch {
	case err == nil:
		return s.syncFolders(u.Key)
	case errors.Is(err, media.ErrObjectExists):
		return s.exists(u.Key)
	default:
		s.prune(u.Key)
		return err
	}
}

// putAlone stores the object while no other Put of its object key is running.
func (s *Store) putAlone(ctx context.Context, u media.Upload, body io.Reader, trailer []byte) error {
	lock, err := s.lock(u.Key)
	if err != nil {
		return err
	}
	defer lock.release()
	if lock.leftBehind {
		if err := s.removeTemps(u.Key); err != nil {
			return err
		}
	}
	return s.store(ctx, u, body, trailer)
}

// store writes a temporary file beside the object's own name. Once that file is complete
// and on the disk, store links it to the object's name, which fails if there is an
// object. The link is the moment at which the object exists, with its trailer: a crash
// before it leaves a temporary file, which is no object.
func (s *Store) store(ctx context.Context, u media.Upload, body io.Reader, trailer []byte) error {
	name := tempPrefix(u.Key) + rand.Text()
	temp, err := s.create(name)
	if err != nil {
		return err
	}
	if err = s.fill(ctx, temp, u, body, trailer); err == nil {
		err = s.ready(ctx) // the folder may have been moved while the body came
	}
	if err == nil {
		err = s.link(name, u.Key)
	}
	_ = s.disk.Remove(name) // if it stays it is no object, and the object key's next Put or Delete takes it
	return err
}

func (s *Store) link(temp, key string) error {
	err := s.disk.Link(temp, key)
	switch {
	case errors.Is(err, fs.ErrExist):
		return media.ErrObjectExists
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", media.ErrUnavailable, errDeleted)
	default:
		return err
	}
}

// create opens a new file, whose folder it makes. A Delete may remove the folder again
// at any moment before the file is in it; MkdirAll then fails as if the folder both
// existed and didn't.
func (s *Store) create(name string) (file *os.File, err error) {
	for range maxTries {
		if err = s.disk.MkdirAll(path.Dir(name), folderMode); err == nil {
			file, err = s.disk.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
			if !errors.Is(err, fs.ErrNotExist) {
				return file, err
			}
		} else if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	return nil, err
}

// tempPrefix is what the names of all files begin with that uploads of an object key
// make. No object key has a dot.
func tempPrefix(key string) string { return key + "." }

// fill writes the object and its trailer to the temporary file, and closes it.
func (s *Store) fill(ctx context.Context, temp *os.File, u media.Upload, body io.Reader, trailer []byte) error {
	defer temp.Close()
	source := &source{ctx: ctx, body: body, hash: sha256.New()}
	n, err := io.Copy(temp, io.LimitReader(source, u.Size+1))
	switch {
	case source.err != nil:
		return &bodyError{fmt.Errorf("reading the body: %w", source.err)}
	case err != nil:
		return err
	case n != u.Size || media.Digest(source.hash.Sum(nil)) != u.SHA256:
		return media.ErrObjectMismatch
	}
	if _, err := temp.Write(trailer); err != nil {
		return err
	}
	return s.disk.Sync(temp)
}

// source reads a body until its context ends, and hashes it.
type source struct {
	ctx  context.Context // of the Put that reads
	body io.Reader
	hash hash.Hash
	err  error // that ended the body early
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if s.err = s.ctx.Err(); s.err != nil {
		return 0, s.err
	}
	n, err := s.body.Read(p)
	s.hash.Write(p[:n]) // never fails
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// exists returns ErrObjectExists, once a loss of power can't make it untrue: the upload
// that stored the object may not have synced its folders yet.
func (s *Store) exists(key string) error {
	if err := s.syncFolders(key); err != nil {
		return err
	}
	return media.ErrObjectExists
}

// syncFolders writes to the disk the folder of an object key and all folders above it:
// another upload may have made some of them and not synced them yet.
func (s *Store) syncFolders(key string) error {
	for dir := path.Dir(key); ; dir = path.Dir(dir) {
		err := s.syncFolder(dir)
		if err != nil && !isAbsent(err) { // an absent folder was deleted meanwhile
			return err
		}
		if dir == "." {
			return nil
		}
	}
}

func (s *Store) syncFolder(dir string) error {
	folder, err := s.disk.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	return s.disk.Sync(folder)
}
