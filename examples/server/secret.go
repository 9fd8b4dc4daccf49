package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

// secretSize is in bytes: HMAC-SHA-256 needs no more and wants no less (RFC 2104, section 3).
const secretSize = 32

// keepSecret returns the secret that signs the local disk's URLs. The first start makes it,
// for its owner alone to read, and all later ones use it: URLs outlive a restart.
func keepSecret(dir string, logger *slog.Logger) ([]byte, error) {
	path := filepath.Join(dir, "secret")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeSecret(dir, path); err != nil {
			return nil, err
		}
		text, err = os.ReadFile(path)
	}
	if err := errors.Join(err, narrow(path, logger)); err != nil {
		return nil, err
	}
	secret, err := hex.DecodeString(string(text))
	if err != nil || len(secret) != secretSize {
		return nil, fmt.Errorf("%s doesn't hold a secret; delete it to have a new one made", path)
	}
	return secret, nil
}

// makeSecret makes the file, whole from the first moment on. If another process was
// faster, its file stays.
func makeSecret(dir, path string) error {
	file, err := os.CreateTemp(dir, "secret-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	secret := make([]byte, secretSize)
	rand.Read(secret) // never fails
	_, err = file.WriteString(hex.EncodeToString(secret))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
