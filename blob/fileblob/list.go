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

// List implements [media.BlobStore], up to 1,000 objects at once. It reads only folders
// that may hold wanted objects.
func (s *Store) List(ctx context.Context, prefix, after string) ([]media.Object, string, error) {
	objects, next, err := s.list(ctx, prefix, after)
	if err != nil {
		return nil, "", fail(ctx, "list", err)
	}
	return objects, next, nil
}

func (s *Store) list(ctx context.Context, prefix, after string) (objects []media.Object, next string, err error) {
	if err := s.ready(ctx); err != nil {
		return nil, "", err
	}
	w := s.walks.take(prefix, after)
	if w == nil {
		if w, err = begin(s.disk, prefix, after); err != nil {
			return nil, "", err
		}
	}
	objects, more, err := w.page(ctx, s.pageSize)
	if err != nil || !more {
		return objects, "", err
	}
	w.after = objects[len(objects)-1].Key
	s.walks.keep(w)
	return objects, w.after, nil
}

// walk visits the objects whose keys begin with prefix and come after after, in order.
type walk struct {
	disk          disk
	prefix, after string
	folders       []folder // that it is in, each within the one before
}

// folder is what a walk has still to visit in a folder.
type folder struct {
	dir   string   // with a slash at its end, or ""
	names []string // sorted; those of folders end in a slash
}

func begin(disk disk, prefix, after string) (*walk, error) {
	w := &walk{disk: disk, prefix: prefix, after: after}
	slash := strings.LastIndex(prefix, "/")
	if slash >= 0 && checkKey(prefix[:slash]) != nil {
		return w, nil // no object key begins with prefix
	}
	return w, w.enter(prefix[:slash+1])
}

// page returns the next objects, size of them at most, and whether there are more. The
// first of those stays to be visited.
func (w *walk) page(ctx context.Context, size int) (objects []media.Object, more bool, err error) {
	for len(w.folders) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		last := &w.folders[len(w.folders)-1]
		if len(last.names) == 0 {
			w.folders = w.folders[:len(w.folders)-1]
			continue
		}
		name := last.dir + last.names[0]
		if strings.HasSuffix(name, "/") {
			last.names = last.names[1:]
			if err := w.enter(name); err != nil {
				return nil, false, err
			}
			continue
		}
		object, found, err := w.object(name)
		switch {
		case err != nil:
			return nil, false, err
		case found && len(objects) == size:
			return objects, true, nil
		case found:
			objects = append(objects, object)
		}
		last.names = last.names[1:]
	}
	return objects, false, nil
}

// enter reads a folder and sorts the names that may be wanted as the object keys are
// sorted that they are or hold. That is why the name of a folder has its slash: object
// keys that begin with a/ come after a-b, which comes after a.
func (w *walk) enter(dir string) error {
	opened, err := w.disk.Open(path.Clean(dir)) // "" is "."
	var entries []fs.DirEntry
	if err == nil {
		defer opened.Close()
		entries, err = opened.ReadDir(-1)
	}
	if isAbsent(err) { // deleted meanwhile
		return nil
	} else if err != nil {
		return err
	}
	var names []string
	for _, entry := range entries {
		name := dir + entry.Name()
		if checkKey(name) != nil {
			continue // a temporary file, or not the store's
		}
		switch {
		case entry.IsDir() && w.mayHold(name+"/"):
			names = append(names, entry.Name()+"/")
		case entry.Type().IsRegular() && strings.HasPrefix(name, w.prefix) && name > w.after:
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	w.folders = append(w.folders, folder{dir, names})
	return nil
}

// mayHold reports whether a folder may hold wanted objects.
func (w *walk) mayHold(dir string) bool {
	return (strings.HasPrefix(dir, w.prefix) || strings.HasPrefix(w.prefix, dir)) &&
		(dir > w.after || strings.HasPrefix(w.after, dir))
}

// object returns one object, unless it was deleted meanwhile.
func (w *walk) object(key string) (o media.Object, found bool, err error) {
	stat, err := w.disk.Lstat(key)
	if isAbsent(err) {
		return media.Object{}, false, nil
	} else if err != nil {
		return media.Object{}, false, err
	}
	return media.Object{
		Key: key, Size: stat.Size() - trailerSize, ModifiedAt: stat.ModTime().UTC().Truncate(time.Microsecond),
	}, stat.Mode().IsRegular() && stat.Size() > trailerSize, nil
}
