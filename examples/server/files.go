package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
)

// makeDataDir makes the data directory, for its owner alone.
func (s *settings) makeDataDir(logger *slog.Logger) error {
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return err
	}
	return narrow(s.DataDir, logger)
}

// makeDatabaseFile makes SQLite's file if it isn't there: SQLite itself would let
// everybody read it. The files beside it get its rights.
func (s *settings) makeDatabaseFile(logger *slog.Logger) error {
	path := s.databaseFile()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := narrow(name, logger); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// narrow takes all rights to a file or directory from everybody but its owner. It
// warns if there were any, since somebody may have used them.
func narrow(path string, logger *slog.Logger) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	logger = logger.With("path", path, "mode", info.Mode().String())
	if err := os.Chmod(path, info.Mode()&^0o077); err != nil {
		// It belongs to another user, and our rights may be the group's.
		logger.Warn("others have rights to this, which can't be taken from them", "error", err.Error())
		return nil
	}
	logger.Warn("others had rights to this, which were taken from them")
	return nil
}
