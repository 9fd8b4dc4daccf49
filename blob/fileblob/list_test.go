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

// keysOf returns the object keys of all pages.
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

// TestListOrder compares List with a sorted list of object keys. They have few letters,
// all of them near the slash, so that each is often followed by a slash and by another.
// Pages have many lengths.
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
		store.pageSize = 1 + random.IntN(20)
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

// TestListReadsLittle: a folder that can't hold a wanted object isn't read.
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
		if diff := cmp.Diff(append([]string{"in place"}, c.want...), d.steps); diff != "" {
			t.Errorf("List(%q, %q) (-want +got):\n%s", c.prefix, c.after, diff)
		}
	}
}

// TestListObjectsOnly: other things in the folder aren't listed.
func TestListObjectsOnly(t *testing.T) {
	store, dir := open(t)
	plant(t, dir, blobtest.Stray{Key: key, Content: content, ContentType: "image/png"})
	write(t, filepath.Join(dir, key+".TEMP"), make([]byte, 1000))
	write(t, filepath.Join(dir, key+".lock"), make([]byte, 1000))
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

// TestListEnds: a List ends with its context.
func TestListEnds(t *testing.T) {
	store, dir := open(t)
	for i := range 20 {
		plant(t, dir, blobtest.Stray{Key: fmt.Sprintf("media/%02d/a", i), Content: content, ContentType: "image/png"})
	}
	ctx, cancel := context.WithCancel(t.Context())
	d := &stepped{disk: store.disk, fail: func(step int) error {
		if step == 6 {
			cancel()
		}
		return nil
	}}
	store.disk = d
	if _, _, err := store.List(ctx, "", ""); !errors.Is(err, context.Canceled) || len(d.steps) > 7 {
		t.Errorf("List = %v after %d steps, want it to end after the sixth", err, len(d.steps))
	}
}

// countFolders returns how often each folder was opened.
func countFolders(steps []string) map[string]int {
	counts := make(map[string]int)
	for _, step := range steps {
		if name, ok := strings.CutPrefix(step, "open "); ok {
			counts[name]++
		}
	}
	return counts
}

// TestListReadsFoldersOnce: a walk over several pages reads no folder twice, even if
// others walk at the same time, but one that was left too long ago does.
func TestListReadsFoldersOnce(t *testing.T) {
	now := time.Now()
	store, err := New(t.TempDir(), &Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	const size = 3
	store.pageSize = size
	for i := range 2*size + 1 {
		plant(t, store.disk.(rootDisk).Name(), blobtest.Stray{Key: fmt.Sprintf("media/%04d/a", i), Content: content, ContentType: "image/png"})
	}
	d := &stepped{disk: store.disk}
	store.disk = d
	page := func(prefix, after string, want int) string {
		t.Helper()
		listed, next, err := store.List(t.Context(), prefix, after)
		if err != nil || len(listed) != want || (next == "") != (want < size) {
			t.Fatalf("List(%q, %q) = %d objects, %q, %v, want %d", prefix, after, len(listed), next, err, want)
		}
		return next
	}
	first := page("media/", "", size)
	other := page("", "", size)
	page("media/", page("media/", first, size), 1)
	page("", page("", other, size), 1)
	for name, n := range countFolders(d.steps) {
		if n > 2 {
			t.Errorf("two walks open %s %d times", name, n)
		}
	}
	for waited, want := range map[time.Duration]int{walkLife: 1, walkLife + time.Nanosecond: 2} {
		d.steps = nil
		after := page("media/", "", size)
		now = now.Add(waited)
		page("media/", after, size)
		if got := countFolders(d.steps)["media"]; got != want {
			t.Errorf("a walk that was left for %v opens its folder %d times, want %d", waited, got, want)
		}
	}
}

// TestListForgetsWalks: the store keeps few walks. One that it has forgotten begins
// anew, and one is never taken twice.
func TestListForgetsWalks(t *testing.T) {
	store, dir := open(t)
	store.pageSize = 10
	for i := range 11 {
		plant(t, dir, blobtest.Stray{Key: fmt.Sprintf("media/%04d/a", i), Content: content, ContentType: "image/png"})
	}
	prefixes := []string{"", "m", "me", "med", "medi", "media"}
	for _, prefix := range prefixes {
		if _, next, err := store.List(t.Context(), prefix, ""); err != nil || next == "" {
			t.Fatalf("List(%q) goes on from %q, %v", prefix, next, err)
		}
	}
	if len(store.walks.left) != 4 {
		t.Errorf("the store keeps %d walks, want 4", len(store.walks.left))
	}
	for _, prefix := range prefixes {
		for range 2 {
			if got := keysOf(t, store, prefix, "media/0009/a"); !slices.Equal(got, []string{"media/0010/a"}) {
				t.Errorf("List(%q) ends with %q", prefix, got)
			}
		}
	}
	if len(store.walks.left) != 0 {
		t.Errorf("the store keeps %d walks, want those forgotten that have ended", len(store.walks.left))
	}
}

// TestListAmidDeletes: an object that is deleted between two pages isn't listed.
func TestListAmidDeletes(t *testing.T) {
	store, dir := open(t)
	store.pageSize = 10
	for i := range 13 {
		plant(t, dir, blobtest.Stray{Key: fmt.Sprintf("media/%04d/a", i), Content: content, ContentType: "image/png"})
	}
	_, next, err := store.List(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"media/0010/a", "media/0012/a"} {
		if err := store.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if got := keysOf(t, store, "", next); !slices.Equal(got, []string{"media/0011/a"}) {
		t.Errorf("the second page is %q, want what is left", got)
	}
}
