package fileblob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/internal/signedurl"
	"github.com/seed-f0df946f/mediakit/media"
)

func init() { children["hang"] = hang }

// hang is a child that begins an upload of key, says so, and goes on when it is told to.
func hang(args []string) error {
	store, err := New(args[0], nil)
	if err != nil {
		return err
	}
	defer store.Close()
	body := io.MultiReader(bytes.NewReader(content[:4]), reads(func(p []byte) (int, error) {
		fmt.Println("half")
		if _, err := os.Stdin.Read(make([]byte, 1)); err != nil {
			return 0, err
		}
		return copy(p, content[4:]), io.EOF
	}))
	return store.Put(context.Background(), upload(key, "image/png", content), body)
}

// expectUploading tries to upload while another upload of key is running.
func expectUploading(t *testing.T, s *Store, dir string) {
	t.Helper()
	before := files(t, dir)
	read := reads(func([]byte) (int, error) {
		t.Error("the body is read in vain")
		return 0, io.EOF
	})
	err := s.Put(t.Context(), upload(key, "image/png", content), read)
	if !errors.Is(err, signedurl.ErrUploading) || !errors.Is(err, media.ErrUnavailable) {
		t.Errorf("a second Put = %v, want ErrUploading and ErrUnavailable", err)
	}
	if diff := cmp.Diff(before, files(t, dir)); diff != "" {
		t.Errorf("a second Put changes the files (-before +after):\n%s", diff)
	}
	other := key + "2"
	if err := put(t.Context(), s, other, content); err != nil {
		t.Errorf("a Put of another object = %v", err)
	}
	if err := s.Delete(t.Context(), other); err != nil {
		t.Error(err)
	}
}

// TestOnePut: one upload of an object key is running at most, and its end lets others in.
func TestOnePut(t *testing.T) {
	store, dir := open(t)
	another := openAt(t, dir)
	body := io.MultiReader(bytes.NewReader(content[:4]), reads(func([]byte) (int, error) {
		expectUploading(t, store, dir)
		expectUploading(t, another, dir)
		return 0, io.ErrUnexpectedEOF
	}))
	if err := store.Put(t.Context(), upload(key, "image/png", content), body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("Put = %v", err)
	}
	if err := put(t.Context(), another, key, content); err != nil {
		t.Errorf("the Put after it = %v", err)
	}
}

// TestOnePutAmongProcesses: the same, if the other upload is another process's.
func TestOnePutAmongProcesses(t *testing.T) {
	store, dir := open(t)
	p := start(t, "hang", dir)
	if !p.stdout.Scan() {
		t.Fatalf("child: %v\n%s", p.stdout.Err(), p.stderr)
	}
	expectUploading(t, store, dir)
	if _, err := p.stdin.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	p.wait(t)
	if err := put(t.Context(), store, key, content); !errors.Is(err, media.ErrObjectExists) {
		t.Errorf("Put after the child's = %v, want ErrObjectExists", err)
	}
	if got := files(t, dir); !slices.Equal(got, []string{"media", "media/1", key}) {
		t.Errorf("files %q, want the object alone", got)
	}
}

// TestPutAfterKill: an upload that was killed keeps no other away, and the next one
// removes what it has left.
func TestPutAfterKill(t *testing.T) {
	store, dir := open(t)
	p := start(t, "hang", dir)
	if !p.stdout.Scan() {
		t.Fatalf("child: %v\n%s", p.stdout.Err(), p.stderr)
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait()
	if left := files(t, dir); len(left) != 4 {
		t.Fatalf("the child left %q, want a lock and a temporary file", left)
	}
	body := io.MultiReader(bytes.NewReader(content[:4]), reads(func(p []byte) (int, error) {
		if got := files(t, dir); len(got) != 4 {
			t.Errorf("during the next upload there is %q, want its own lock and temporary file", got)
		}
		return copy(p, content[4:]), io.EOF
	}))
	if err := store.Put(t.Context(), upload(key, "image/png", content), body); err != nil {
		t.Errorf("Put after the child was killed = %v", err)
	}
	if got := files(t, dir); !slices.Equal(got, []string{"media", "media/1", key}) {
		t.Errorf("files %q, want the object alone", got)
	}
}

// TestLeftBehind: what dead uploads of an object key have left doesn't outlast the next
// upload; what other object keys have does.
func TestLeftBehind(t *testing.T) {
	store, dir := open(t)
	for _, name := range []string{key + ".lock", key + ".DEAD", key + ".BEEF", key + "2.DEAD", key + "2.lock"} {
		write(t, filepath.Join(dir, name), content)
	}
	if err := put(t.Context(), store, key, content); err != nil {
		t.Fatal(err)
	}
	want := []string{"media", "media/1", key, key + "2.DEAD", key + "2.lock"}
	if diff := cmp.Diff(want, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestLeftBesideObject: what an upload has left that died when its object was there goes
// with the next upload of the object key, which is refused.
func TestLeftBesideObject(t *testing.T) {
	store, dir := open(t)
	if err := put(t.Context(), store, key, content); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{key + ".lock", key + ".DEAD", key + "2.lock"} {
		write(t, filepath.Join(dir, name), nil)
	}
	if err := put(t.Context(), store, key, content); !errors.Is(err, media.ErrObjectExists) {
		t.Fatalf("Put = %v, want ErrObjectExists", err)
	}
	want := []string{"media", "media/1", key, key + "2.lock"}
	if diff := cmp.Diff(want, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if _, exists, err := checkWhole(t.Context(), store, key); !exists || err != nil {
		t.Errorf("object: %t, %v", exists, err)
	}
}

// TestLockRemoved: a Delete may remove a lock before it is taken, or while it is held by
// another upload.
func TestLockRemoved(t *testing.T) {
	store, dir := open(t)
	d := &stepped{disk: store.disk}
	removed := 0
	d.fail = func(n int) error {
		if d.steps[n-1] == "create "+key+".temp" && removed < 3 {
			t.Errorf("the upload begins with a lock that was removed, or is another's, after %d removals", removed)
		}
		if d.steps[n-1] == "lstat "+key+".lock" && removed < 3 {
			removed++
			if err := os.Remove(filepath.Join(dir, key+".lock")); err != nil {
				t.Error(err)
			}
			if removed == 2 {
				write(t, filepath.Join(dir, key+".lock"), nil) // another upload's
			}
		}
		return nil
	}
	store.disk = d
	if err := put(t.Context(), store, key, content); err != nil || removed != 3 {
		t.Errorf("Put = %v, after its lock was removed %d times", err, removed)
	}
	if _, exists, err := checkWhole(t.Context(), store, key); !exists || err != nil {
		t.Errorf("object: %t, %v", exists, err)
	}
}
