package fileblob

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// pageSize is the most objects that List returns at once, as in S3.
const pageSize = 1000

// List implements [media.BlobStore], up to 1,000 objects at once. It reads the
// folders that can hold some of them, no others, and each as a whole.
func (s *Store) List(ctx context.Context, prefix, after string) ([]media.Object, string, error) {
	w := walk{ctx: ctx, disk: s.disk, prefix: prefix, after: after}
	start := strings.LastIndex(prefix, "/")
	var err error
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case start < 0:
		err = w.folder("")
	case checkKey(prefix[:start]) == nil: // else no key begins with prefix
		err = w.folder(prefix[:start+1])
	}
	if err != nil {
		return nil, "", fail(ctx, "list", err)
	}
	if len(w.found) <= pageSize {
		return w.found, "", nil
	}
	return w.found[:pageSize], w.found[pageSize-1].Key, nil
}

// walk collects one object more than a page holds, which tells that there are more.
type walk struct {
	ctx           context.Context // of the List that walks
	disk          disk
	prefix, after string
	found         []media.Object
}

// folder collects from a folder, named with a slash at its end, or "".
func (w *walk) folder(dir string) error {
	names, err := w.names(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if len(w.found) > pageSize {
			return nil
		}
		if err := w.ctx.Err(); err != nil {
			return err
		}
		visit := w.file
		if strings.HasSuffix(name, "/") {
			visit = w.folder
		}
		if err := visit(name); err != nil {
			return err
		}
	}
	return nil
}

// names returns the paths of those entries of a folder that may be wanted, in the
// order of the keys that they are or hold: a folder's name has its slash, since all
// keys in a/ come after a-b, which comes after a.
func (w *walk) names(dir string) ([]string, error) {
	folder, err := w.disk.Open(path.Clean(dir)) // "" is "."
	var entries []fs.DirEntry
	if err == nil {
		defer folder.Close()
		entries, err = folder.ReadDir(-1)
	}
	if isAbsent(err) { // by now
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		name := dir + entry.Name()
		if checkKey(name) != nil {
			continue // a temporary file, or not the store's
		}
		switch {
		case entry.IsDir() && w.mayHold(name+"/"):
			names = append(names, name+"/")
		case entry.Type().IsRegular() && strings.HasPrefix(name, w.prefix) && name > w.after:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// mayHold reports whether a folder may hold keys that are wanted.
func (w *walk) mayHold(dir string) bool {
	return (strings.HasPrefix(dir, w.prefix) || strings.HasPrefix(w.prefix, dir)) &&
		(dir > w.after || strings.HasPrefix(w.after, dir))
}

// file collects one object, unless it was deleted meanwhile.
func (w *walk) file(key string) error {
	stat, err := w.disk.Lstat(key)
	if isAbsent(err) {
		return nil
	} else if err != nil {
		return err
	}
	if isObject(stat) {
		w.found = append(w.found, media.Object{
			Key: key, Size: stat.Size() - trailerSize, ModifiedAt: stat.ModTime().UTC().Truncate(time.Microsecond),
		})
	}
	return nil
}

func isObject(stat fs.FileInfo) bool { return stat.Mode().IsRegular() && stat.Size() > trailerSize }
