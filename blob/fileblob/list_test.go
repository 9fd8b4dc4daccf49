package fileblob

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/blobtest"
)

// keysOf lists all pages.
func keysOf(t *testing.T, s *Store, prefix, after string) []string {
	t.Helper()
	keys := []string{}
	for {
		objects, next, err := s.List(t.Context(), prefix, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			keys = append(keys, o.Key)
		}
		if after = next; next == "" {
			return keys
		}
	}
}

// TestListOrder holds List to a sorted list of keys of few letters, so that all those
// around the slash meet one another as a folder's name and beside one.
func TestListOrder(t *testing.T) {
	store, dir := open(t)
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		word := make([]byte, 1+random.IntN(3))
		for i := range word {
			word[i] = "-0_a"[random.IntN(4)]
		}
		return string(word)
	}
	var keys []string
	for range 300 {
		key := strings.Join([]string{word(), word(), word()}[random.IntN(3):], "/")
		if stat, err := os.Stat(filepath.Join(dir, key)); err == nil && stat.IsDir() || slices.ContainsFunc(keys, func(k string) bool {
			return k == key || strings.HasPrefix(key, k+"/")
		}) {
			continue // another's folder
		}
		plant(t, dir, blobtest.Stray{Key: key, Content: content, ContentType: "image/png"})
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for range 300 {
		prefix, after := "", ""
		if k := keys[random.IntN(len(keys))]; random.IntN(4) > 0 {
			prefix = k[:random.IntN(len(k)+1)]
		}
		if k := keys[random.IntN(len(keys))]; random.IntN(4) > 0 {
			after = k[:random.IntN(len(k)+1)] + []string{"", "/", "a"}[random.IntN(3)]
		}
		want := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !strings.HasPrefix(k, prefix) || k <= after })
		if diff := cmp.Diff(want, keysOf(t, store, prefix, after)); diff != "" {
			t.Fatalf("List(%q, %q) (-want +got):\n%s", prefix, after, diff)
		}
	}
}

// TestListReadsLittle: no folder is read that can't hold what is asked for.
func TestListReadsLittle(t *testing.T) {
	store, dir := open(t)
	for i := range 20 {
		plant(t, dir, blobtest.Stray{Key: fmt.Sprintf("media/%02d/a", i), Content: content, ContentType: "image/png"})
	}
	d := &stepped{disk: store.disk}
	store.disk = d
	for _, c := range []struct {
		prefix, after string
		want          []string
	}{
		{"media/07/", "", []string{"open media/07", "lstat media/07/a"}},
		{"media/07", "", []string{"open media", "open media/07", "lstat media/07/a"}},
		{"", "media/18/a", []string{"open .", "open media", "open media/18", "open media/19", "lstat media/19/a"}},
		{"media/", "media/18/b", []string{"open media", "open media/18", "open media/19", "lstat media/19/a"}},
		{"other", "", []string{"open ."}},
		{"media/07/a", "media/07/a", []string{"open media/07"}},
		{"../media/", "", nil},
		{"/", "", nil},
		{"media//", "", nil},
	} {
		d.steps = nil
		keysOf(t, store, c.prefix, c.after)
		if diff := cmp.Diff(c.want, d.steps); diff != "" {
			t.Errorf("List(%q, %q) (-want +got):\n%s", c.prefix, c.after, diff)
		}
	}
}

// TestListObjectsOnly: what lies about in the folder and is no object isn't listed.
func TestListObjectsOnly(t *testing.T) {
	store, dir := open(t)
	plant(t, dir, blobtest.Stray{Key: key, Content: content, ContentType: "image/png"})
	write(t, filepath.Join(dir, key+".TEMP"), make([]byte, 1000))
	write(t, filepath.Join(dir, "lost+found", "a"), make([]byte, 1000))
	write(t, filepath.Join(dir, "README"), make([]byte, 1000))
	write(t, filepath.Join(dir, "short"), make([]byte, trailerSize))
	if err := os.Symlink("short", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if got := keysOf(t, store, "", ""); !slices.Equal(got, []string{key}) {
		t.Errorf("List = %q", got)
	}
}

// TestListDates: an object is dated by the disk, in UTC and whole microseconds.
func TestListDates(t *testing.T) {
	store, dir := open(t)
	if err := put(t.Context(), store, key, content); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 24, 12, 0, 0, 123456789, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, key), at, at); err != nil {
		t.Fatal(err)
	}
	objects, _, err := store.List(t.Context(), "", "")
	if err != nil || len(objects) != 1 || objects[0].ModifiedAt != at.Truncate(time.Microsecond) {
		t.Errorf("List = %+v, %v, want the time %v", objects, err, at.Truncate(time.Microsecond))
	}
}

// TestListEnds: a walk ends with its context.
func TestListEnds(t *testing.T) {
	store, dir := open(t)
	for i := range 20 {
		plant(t, dir, blobtest.Stray{Key: fmt.Sprintf("media/%02d/a", i), Content: content, ContentType: "image/png"})
	}
	ctx, cancel := context.WithCancel(t.Context())
	d := &stepped{disk: store.disk, fail: func(step int) error {
		if step == 5 {
			cancel()
		}
		return nil
	}}
	store.disk = d
	if _, _, err := store.List(ctx, "", ""); !errors.Is(err, context.Canceled) || len(d.steps) > 6 {
		t.Errorf("List = %v after %d steps, want it to end after the fifth", err, len(d.steps))
	}
}
