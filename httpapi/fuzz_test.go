package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/tags"
)

// anyBody has a member of each type that our bodies have.
type anyBody struct {
	Name *string   `json:"name"`
	Size *int64    `json:"size"`
	Tags *[]string `json:"tags"`
}

// FuzzDecodeObject: a body that is accepted means the same to another decoder. One that is
// refused has a reason at each pointer.
func FuzzDecodeObject(f *testing.F) {
	for _, seed := range []string{
		``, ` `, `null`, `[]`, `{}`, `{"name":"Sea","size":1,"tags":["a","b"]}`, `{"name":null,"size":"1","tags":{}}`,
		`{"name":"a","name":"b"}`, `{"name":"a","n\u0061me":"b"}`, `{"NAME":"a","a/b~c":1,"":2}`, `{"size":1e999}`, `{"size":70.5}`,
		`{"size":9223372036854775808}`, `{"size":-9223372036854775809}`, `{"size":-0}`, `{"tags":["ok",7,"",null,[[]]]}`,
		`{"name":"\ud800"}`, `{"name":"\ud83d\ude00"}`, "{\"name\":\"\xff\"}", "\uFEFF{}", `{} {}`, `{}x`,
		`{"x":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got anyBody
		var bad faults
		members := map[string]member{"name": text(&got.Name), "size": integer(&got.Size), "tags": texts(&got.Tags, len(body))}
		err := decodeObject(body, members, &bad)
		if err != nil && !errors.Is(err, errMalformed) && !errors.Is(err, errInvalid) {
			t.Fatalf("neither malformed nor invalid: %v", err)
		}
		checkFaults(t, bad)
		if err != nil {
			return
		}
		if !utf8.Valid(body) {
			t.Fatal("let in without being UTF-8")
		}
		if len(bad) > 0 {
			return
		}
		var want anyBody
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&want); err != nil || dec.More() {
			t.Fatalf("let in, but not by encoding/json: %v", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// checkFaults fails the test unless each fault is complete and has a pointer of its own.
func checkFaults(t *testing.T, list faults) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range list {
		if f.Code == "" || f.Detail == "" || !strings.HasPrefix(f.Pointer, "/") || seen[f.Pointer] {
			t.Errorf("fault %+v; seen: %v", f, seen)
		}
		seen[f.Pointer] = true
	}
	encode(wire.Problem{Errors: list}) // panics if a pointer can't be encoded
}

func TestCursorsOfNoPosition(t *testing.T) {
	ours := bind("tags")
	longest := make([]byte, maxCursor*3/4-len(ours)) // base64 makes four characters of three bytes
	if _, err := ours.position(ours.cursor(longest)); err != nil {
		t.Errorf("%d characters: %v", maxCursor, err)
	}
	if _, err := ours.position(ours.cursor(append(longest, 0))); !errors.Is(err, errCursor) {
		t.Errorf("more than %d characters: %v", maxCursor, err)
	}
	for _, position := range []string{"", "\x00", "\x00a", "a\x00", "\xff"} {
		if _, err := ours.tagCursor(tags.SortName, ours.cursor([]byte(position))); !errors.Is(err, errCursor) {
			t.Errorf("position %q: %v", position, err)
		}
	}
}

// FuzzCursor: a cursor that is accepted is, to the byte, the one that would be made for its
// position, and no other list accepts it.
func FuzzCursor(f *testing.F) {
	ours, other := bind("media", false, media.Filter{}), bind("media", true, media.Filter{})
	id := uuid.MustParse("019313a4-6d20-7c5e-9a55-0f2b8d1c4e77")
	for _, cursor := range []string{
		"", "a", "!", ours.cursor(nil), ours.cursor(id[:]), ours.cursor(uuid.Nil[:]), other.cursor(id[:]),
		ours.cursor(id[:]) + "\n", ours.cursor(id[:]) + "=", ours.cursor([]byte("sea")), ours.cursor([]byte("\xff")), ours.cursor([]byte("a\x00")),
		ours.cursor(tagPosition(tags.SortMediaCount, tags.Position{Count: 7, ID: id})), strings.Repeat("a", maxCursor+1),
	} {
		f.Add(cursor)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		check := func(again []byte, err error) {
			if err != nil {
				if !errors.Is(err, errCursor) {
					t.Errorf("refused with %v", err)
				}
				return
			}
			if got := ours.cursor(again); got != cursor {
				t.Errorf("let in as %q", got)
			}
			if _, err := other.position(cursor); err == nil {
				t.Error("good for two lists")
			}
		}
		at, err := ours.mediaCursor(cursor)
		check(at[:], err)
		for _, sort := range []tags.Sort{tags.SortName, tags.SortMediaCount} {
			var again []byte
			position, err := ours.tagCursor(sort, cursor)
			if err == nil {
				again = tagPosition(sort, *position)
			}
			check(again, err)
		}
	})
}

// FuzzQuery: a query that is accepted means the same in the link to the next page. If it is
// refused, the answer can name the parameter.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "limit=1", "limit=1;x=2", "limit=%2B5", "limit=1&limit=2", "x=%zz", "=1", "q=%00", "q=%ff", "%ff=1", "q=Beach+house", "tag=",
		"tag=a&tag=B&any_tag=c&not_tag=d", "untagged=true", "untagged=true&tag=a", "kind=image&state=pending", "content_type=IMAGE/png",
		"created_after=2026-11-24T12:00:00.0000001Z&created_before=2026-11-24T13:00:00%2B01:00", "created_after=0001-01-01T00:00:00Z",
		"created_before=9999-12-31T23:59:59.9999999Z", "sort=created_at&limit=100", "cursor=AAAA", "&&&", "any_tag=%E2%80%AE",
	} {
		f.Add(seed)
	}
	service, err := media.NewService(memory.New().Media(), memblob.New(nil), nil)
	if err != nil {
		f.Fatal(err)
	}
	read := func(raw string) (*query, media.ListInput, binding, error) {
		q, err := readQuery(raw, mediaSingle, mediaRepeatable)
		if err != nil {
			return nil, media.ListInput{}, binding{}, err
		}
		in, bound, err := readMediaInput(q)
		if err == nil {
			_, _, err = service.List(context.Background(), in)
			err = parameterFault(err, filterParameters)
		}
		return q, in, bound, err
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, in, bound, err := read(raw)
		var bad *parameterError
		switch {
		case errors.As(err, &bad):
			if bad.name == "" || bad.detail == "" || !utf8.ValidString(bad.name) {
				t.Errorf("refused as %q: %q", bad.name, bad.detail)
			}
			return
		case errors.Is(err, errCursor):
			return
		case err != nil:
			t.Fatalf("neither a parameter nor the cursor: %v", err)
		}
		h := http.Header{}
		next := uuid.MustParse("019313a4-6d20-7c5e-9a55-0f2b8d1c4e77")
		q.linkNext(h, "/media", bound.cursor(next[:]))
		link, _ := strings.CutSuffix(h.Get("Link"), `>; rel="next"`)
		_, after, again, err := read(strings.TrimPrefix(link, "</media?"))
		if err != nil || again != bound {
			t.Fatalf("the link %s: %v", link, err)
		}
		in.After = next
		if diff := cmp.Diff(in, after); diff != "" {
			t.Errorf("the link %s: %s", link, diff)
		}
	})
}
