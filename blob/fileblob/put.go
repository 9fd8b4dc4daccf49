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

// maxTries is how often Put makes its folder anew where a Delete, each time, removes
// it as empty before there is a file in it.
const maxTries = 100

// errDeleted ends an upload whose temporary file a Delete of the key removed.
var errDeleted = errors.New("the key was deleted during the upload")

// bodyError is an error of the caller's reader: it isn't the disk's.
type bodyError struct{ error }

// Unwrap returns the reader's own error.
func (e *bodyError) Unwrap() error { return e.error }

// Put implements [media.BlobStore]. Where a Delete of the key comes in between, it
// stores nothing and returns ErrUnavailable.
func (s *Store) Put(ctx context.Context, u media.Upload, body io.Reader) error {
	if err := s.put(ctx, u, body); err != nil {
		return fail(ctx, "put "+u.Key, err)
	}
	return nil
}

// put writes a temporary file beside the object's own name and, once it is whole and
// on the disk, links it there, which fails where there is an object. The link is the
// moment the object comes to be, with all its facts: whatever ends the process
// before leaves a temporary file, which is no object, and whatever ends it after,
// the object.
func (s *Store) put(ctx context.Context, u media.Upload, body io.Reader) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	trailer, err := checkUpload(u)
	if err != nil {
		return err
	}
	if _, err := s.disk.Lstat(u.Key); err == nil { // before the body is read in vain
		return s.exists(u.Key)
	}
	err = s.store(ctx, u, body, trailer)
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

func (s *Store) store(ctx context.Context, u media.Upload, body io.Reader, trailer []byte) error {
	temp, name, err := s.create(u.Key)
	if err != nil {
		return err
	}
	if err = s.fill(ctx, temp, u, body, trailer); err == nil {
		err = s.link(name, u.Key)
	}
	_ = s.disk.Remove(name) // one that stays is no object, and goes with the key's Delete
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

// create opens a new temporary file for the key, in its folder, which it makes. Where
// that is removed meanwhile, MkdirAll may have found it there and not there.
func (s *Store) create(key string) (file *os.File, name string, err error) {
	for range maxTries {
		if err = s.disk.MkdirAll(path.Dir(key), folderMode); err == nil {
			name = tempPrefix(key) + rand.Text()
			file, err = s.disk.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return file, name, err
}

// tempPrefix is what the names of a key's temporary files begin with.
func tempPrefix(key string) string { return key + "." }

// fill writes the object and its facts to the temporary file, which it closes.
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

// source reads a body, as long as ctx lasts, and hashes it.
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

// exists returns ErrObjectExists once that will be true after a loss of power too:
// the upload that stored the object may not have come so far yet.
func (s *Store) exists(key string) error {
	if err := s.syncFolders(key); err != nil {
		return err
	}
	return media.ErrObjectExists
}

// syncFolders makes the entry of the key outlast a loss of power, and those of all
// folders above it: whoever made one may not have come so far yet.
func (s *Store) syncFolders(key string) error {
	for dir := path.Dir(key); ; dir = path.Dir(dir) {
		err := s.syncFolder(dir)
		if err != nil && !isAbsent(err) { // else deleted meanwhile
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
