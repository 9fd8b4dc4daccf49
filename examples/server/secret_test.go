package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var silent = slog.New(slog.DiscardHandler)

// TestFirstStartsAtOnce has sixteen processes start on an empty directory: all of them
// have to sign with one secret.
func TestFirstStartsAtOnce(t *testing.T) {
	t.Parallel()
	for range 20 {
		dir := t.TempDir()
		secrets := make([][]byte, 16)
		var all sync.WaitGroup
		for i := range secrets {
			all.Go(func() {
				var err error
				if secrets[i], err = keepSecret(dir, silent); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, secret := range secrets {
			if len(secret) != secretSize || !bytes.Equal(secret, secrets[0]) {
				t.Fatalf("secrets %x", secrets)
			}
		}
		if left := glob(t, dir); len(left) != 1 {
			t.Errorf("left behind: %q", left)
		}
		again, err := keepSecret(dir, silent)
		if err != nil || !bytes.Equal(again, secrets[0]) {
			t.Errorf("a later start has %x, %v; want %x", again, err, secrets[0])
		}
	}
}

func TestSecretsDiffer(t *testing.T) {
	t.Parallel()
	one, err := keepSecret(t.TempDir(), silent)
	if err != nil {
		t.Fatal(err)
	}
	other, err := keepSecret(t.TempDir(), silent)
	if err != nil || bytes.Equal(one, other) || bytes.Equal(one, make([]byte, secretSize)) {
		t.Errorf("secrets %x and %x, %v", one, other, err)
	}
}

// TestDamagedSecret starts on a file that holds no secret. A new one in its place would
// make URLs die that clients hold, so a person has to decide.
func TestDamagedSecret(t *testing.T) {
	t.Parallel()
	whole := strings.Repeat("ab", secretSize)
	for name, text := range map[string]string{
		"empty": "", "short": whole[2:], "long": whole + "ab", "odd": whole[1:], "no hex digits": strings.Repeat("zz", secretSize),
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if secret, err := keepSecret(dir, silent); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: secret %x, %v; want an error with its path", name, secret, err)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != text {
			t.Errorf("%s: it was changed to %q, %v", name, left, err)
		}
	}
}

func TestSecretWithoutADirectory(t *testing.T) {
	t.Parallel()
	if secret, err := keepSecret(filepath.Join(t.TempDir(), "none"), silent); !os.IsNotExist(err) {
		t.Errorf("secret %x, %v", secret, err)
	}
}
