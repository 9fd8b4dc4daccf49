package blobtest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// walk returns the object keys of all pages that come after after.
func (h *Harness) walk(t *testing.T, prefix, after string) []string {
	t.Helper()
	var keys []string
	for {
		objects, next, err := h.Store.List(t.Context(), prefix, after)
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		for _, o := range objects {
			keys = append(keys, o.Key)
		}
		if next == "" {
			return keys
		}
		if next <= after {
			t.Fatalf("List after %q goes on from %q", after, next)
		}
		after = next
	}
}

func testList(t *testing.T, h *Harness) {
	if keys := h.walk(t, "", ""); len(keys) != 0 {
		t.Errorf("List of an empty store = %q", keys)
	}
	// In byte order '-' comes before '/', and digits, '_' and letters come after it. A
	// file system that lists folder by folder has another order.
	keys := []string{"media-2/a", "media/1-x/a", "media/1/a", "media/1/b", "media/10/a", "media/1_/a", "media/2/a", "mediax/a", "other/a"}
	for i, key := range keys {
		h.put(t, key, bytes.Repeat([]byte("x"), i+1))
	}
	for _, c := range []struct{ prefix, after string }{
		{"", ""}, {"media/", ""}, {"media", ""}, {"media/1", ""}, {"media/1/", ""}, {"nothing", ""},
		{"", "media/1/a"}, {"media/", "media/1/a"}, {"media/", "media/1/aa"}, {"media/", "a"}, {"media/", "z"}, {"", "other/a"},
	} {
		want := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !strings.HasPrefix(k, c.prefix) || k <= c.after })
		got := h.walk(t, c.prefix, c.after)
		if !slices.Equal(want, got) {
			t.Errorf("List(%q, %q) (-want +got):\n%s", c.prefix, c.after, cmp.Diff(want, got))
		}
	}
	objects, _, err := h.Store.List(t.Context(), "other/", "")
	if err != nil || len(objects) != 1 {
		t.Fatalf("List = %+v, %v, want one object", objects, err)
	}
	if o := objects[0]; o.Size != int64(len(keys)) || o.ModifiedAt.Before(h.Now().Add(-time.Minute)) || o.ModifiedAt.After(h.Now().Add(time.Minute)) {
		t.Errorf("List = %+v, want %d bytes, modified now", o, len(keys))
	}
}

// testListPages stores more objects than S3 lists at once.
func testListPages(t *testing.T, h *Harness) {
	const objects = 1001
	want := make([]string, objects)
	todo := make(chan string, objects)
	for i := range want {
		want[i] = fmt.Sprintf("media/%04d/a", i)
		todo <- want[i]
	}
	close(todo)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for key := range todo {
				if err := h.Store.Put(t.Context(), upload(key, content), bytes.NewReader(content)); err != nil {
					t.Errorf("Put: %v", err)
				}
			}
		})
	}
	all.Wait()
	if got := h.walk(t, "media/", ""); !slices.Equal(want, got) {
		t.Errorf("pages (-want +got):\n%s", cmp.Diff(want, got))
	}
	if got := h.walk(t, "media/", want[objects-3]); !slices.Equal(want[objects-2:], got) {
		t.Errorf("last page (-want +got):\n%s", cmp.Diff(want[objects-2:], got))
	}
}
