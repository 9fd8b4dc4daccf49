package fileblob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	folderMode fs.FileMode = 0o700
	fileMode   fs.FileMode = 0o600
)

// disk is the folder with all that is in it. Each method is one step, so that a test can
// make any step fail, or end the process there. Names are those of [os.Root], which
// can't lead out of the folder.
type disk interface {
	Close() error
	// InPlace returns an error if the folder isn't at its path any more.
	InPlace() error
	Link(oldname, newname string) error
	Lstat(name string) (fs.FileInfo, error)
	MkdirAll(name string, perm fs.FileMode) error
	Open(name string) (*os.File, error)
	OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error)
	Remove(name string) error
	// Sync returns when a loss of power can't take f's bytes any more, or the entries
	// of a folder.
	Sync(f *os.File) error
}

// rootDisk is the disk itself.
type rootDisk struct{ *os.Root }

// errMoved is returned if another folder has taken the place of ours.
var errMoved = errors.New("the folder was moved, or another mounted over it")

// ready returns an error if the caller waits no longer, or if the folder isn't at its path
// any more: what is done then would be done to a folder that the next process won't find.
func (s *Store) ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.disk.InPlace()
}

// InPlace implements disk. The root stays open, whatever becomes of its path: if it was
// removed, it only looks empty.
func (d rootDisk) InPlace() error {
	now, err := os.Stat(d.Name())
	if err != nil {
		return err
	}
	ours, err := d.Stat(".")
	if err == nil && !os.SameFile(now, ours) {
		err = errMoved
	}
	return err
}

// Sync implements disk.
func (rootDisk) Sync(f *os.File) error {
	if runtime.GOOS == "windows" {
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil // Windows has no such call for folders
		}
	}
	return f.Sync()
}

// openDisk opens the folder dir. If there is none it makes one, and the entries for it
// in other folders outlast a loss of power, which would otherwise take with it all that
// is stored.
func openDisk(dir string) (disk, error) {
	dir, err := filepath.Abs(dir) // so that it holds if the process changes its own folder
	if err != nil {
		return nil, err
	}
	parents := parentsOfMissing(dir)
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return nil, err
	}
	for _, parent := range parents {
		if err := syncParent(parent); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if err := narrow(root); err != nil {
		root.Close()
		return nil, err
	}
	return rootDisk{root}, nil
}

// narrow takes from other users the rights that they have to a folder.
func narrow(root *os.Root) error {
	stat, err := root.Stat(".")
	if err != nil {
		return err
	}
	mode := stat.Mode()
	if mode.Perm()&^folderMode == 0 {
		return nil
	}
	if err := root.Chmod(".", mode&^(fs.ModePerm&^folderMode)); err != nil {
		return fmt.Errorf("other users may use the folder (%v), and that can't be changed; a folder below it can be used instead: %w", mode, err)
	}
	return nil
}

// parentsOfMissing returns the folders that get a new entry when dir is made.
func parentsOfMissing(dir string) []string {
	var parents []string
	for dir = filepath.Clean(dir); ; {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			return parents
		}
		dir = filepath.Dir(dir)
		parents = append(parents, dir)
	}
}

func syncParent(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	return rootDisk{}.Sync(folder)
}
