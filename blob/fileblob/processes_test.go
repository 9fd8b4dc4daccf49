package fileblob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/blob/internal/signedurl"
	"github.com/seed-f0df946f/mediakit/media"
)

const (
	raceRounds = 300 // of each process
	raceKeys   = 3   // object keys that they all write
)

// race is a child that uploads and deletes the same few objects as its siblings, each
// with bytes and a type of its own, and looks at whatever is there.
func race(args []string) error {
	dir, name := args[0], args[1]
	store, err := New(dir, nil)
	if err != nil {
		return err
	}
	defer store.Close()
	ctx := context.Background()
	random := rand.New(rand.NewPCG(uint64(name[0]), 1))
	for round := range raceRounds {
		key := fmt.Sprintf("media/%d/a", round%raceKeys)
		content := bytes.Repeat([]byte(name), 1+random.IntN(2000))
		err := store.Put(ctx, upload(key, "image/"+name, content), bytes.NewReader(content))
		if err != nil && !errors.Is(err, media.ErrObjectExists) && !errors.Is(err, errDeleted) && !errors.Is(err, signedurl.ErrUploading) {
			return err
		}
		if err := checkType(ctx, store, key); err != nil {
			return err
		}
		if _, _, err := store.List(ctx, "", ""); err != nil {
			return err
		}
		if random.IntN(2) == 0 {
			if err := store.Delete(ctx, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkType compares an object's type with its bytes: the type is image/ and the letter
// that all bytes are.
func checkType(ctx context.Context, s *Store, key string) error {
	info, exists, err := checkWhole(ctx, s, key)
	if err != nil || !exists {
		return err
	}
	r, err := s.ReadAt(ctx, key, info.Pin, 0, 1)
	if err != nil {
		return nil // another's by now, or nobody's
	}
	defer r.Close()
	letter, err := io.ReadAll(r)
	if err == nil && info.ContentType != "image/"+string(letter) {
		err = fmt.Errorf("%s: type %s, bytes of %q", key, info.ContentType, letter)
	}
	return err
}

// TestProcesses: several processes on one folder don't disturb each other, and none says
// about an object what another has declared.
func TestProcesses(t *testing.T) {
	store, dir := open(t)
	processes := []*process{start(t, "race", dir, "a"), start(t, "race", dir, "b"), start(t, "race", dir, "c")}
	for _, p := range processes {
		p.wait(t)
	}
	for i := range raceKeys {
		key := fmt.Sprintf("media/%d/a", i)
		if _, _, err := checkWhole(t.Context(), store, key); err != nil {
			t.Error(err)
		}
		if err := store.Delete(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("what is left: %q", left)
	}
}

// uploads is a child that stores one object after the other, and prints the object key
// of each, until it is killed.
func uploads(args []string) error {
	store, err := New(args[0], nil)
	if err != nil {
		return err
	}
	done := make(chan error)
	for worker := range 4 {
		go func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("media/%s-%d-%d/a", args[1], worker, i)
				content := bytes.Repeat([]byte(strconv.Itoa(i)), 100_000)
				if err := put(context.Background(), store, key, content); err != nil {
					done <- err
					return
				}
				fmt.Println(key)
			}
		}()
	}
	return <-done
}

// TestKill kills processes during their uploads: every object that is listed is
// complete, and all whose object keys were printed are there.
func TestKill(t *testing.T) {
	store, dir := open(t)
	stored := make(map[string]bool)
	for round := range 8 {
		a, b := start(t, "uploads", dir, fmt.Sprint("a", round)), start(t, "uploads", dir, fmt.Sprint("b", round))
		for range 10 {
			for _, p := range []*process{a, b} {
				if !p.stdout.Scan() {
					t.Fatalf("child: %v\n%s", p.stdout.Err(), p.stderr)
				}
				stored[p.stdout.Text()] = true
			}
		}
		for _, p := range []*process{a, b} {
			if err := p.Process.Signal(os.Kill); err != nil {
				t.Fatal(err)
			}
			for p.stdout.Scan() { // what it printed before it died; the last line may be incomplete
				if line := p.stdout.Text(); strings.HasSuffix(line, "/a") {
					stored[line] = true
				}
			}
			_ = p.Wait()
		}
	}
	for after := ""; ; {
		objects, next, err := store.List(t.Context(), "", after)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			info, exists, err := checkWhole(t.Context(), store, o.Key)
			if err != nil || !exists || info.Size != o.Size {
				t.Errorf("%+v: there: %t, %+v, %v", o, exists, info, err)
			}
			delete(stored, o.Key)
		}
		if after = next; after == "" {
			break
		}
	}
	if len(stored) > 0 {
		t.Errorf("%d objects were stored and are gone: %v", len(stored), stored)
	}
	temps := 0
	for _, name := range files(t, dir) {
		if strings.Contains(name, ".") {
			temps++
		}
	}
	t.Logf("%d uploads were cut off", temps)
}
