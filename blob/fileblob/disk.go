package fileblob

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	folderMode fs.FileMode = 0o700
	fileMode   fs.FileMode = 0o600
)

// disk is the folder with all that is in it: what the store does to it, step by
// step, so that a test can fail, or end the process, at any of them. Names are
// those of [os.Root], which lets none out of the folder.
type disk interface {
	Close() error
	// InPlace returns an error where the folder isn't at its path any more.
	InPlace() error
	Link(oldname, newname string) error
	Lstat(name string) (fs.FileInfo, error)
	MkdirAll(name string, perm fs.FileMode) error
	Open(name string) (*os.File, error)
	OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error)
	Remove(name string) error
	// Sync returns once f's bytes or, where f is a folder, its entries outlast a
	// loss of power.
	Sync(f *os.File) error
}

// rootDisk is the disk itself.
type rootDisk struct{ *os.Root }

// errMoved is returned where another folder has taken the place of ours.
var errMoved = errors.New("the folder was moved, or another mounted over it")

// InPlace implements disk. The root stays open whatever becomes of its path, and a
// removed one only looks empty.
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

// openDisk opens the folder dir, which it makes where there is none, so that it
// outlasts a loss of power: what is stored in it would go with it.
func openDisk(dir string) (disk, error) {
	dir, err := filepath.Abs(dir) // a path that holds wherever the process goes
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
	return rootDisk{root}, nil
}

// parentsOfMissing returns the folders that get a new entry where dir is made.
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
