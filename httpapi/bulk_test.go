package httpapi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/httpapi"
)

// tag makes a tag.
func (b *bench) tag(t *testing.T, name string) thing {
	t.Helper()
	return b.do("POST", "/tags", fmt.Sprintf(`{"name":%q}`, name)).want(t, 201)
}

// tagNames returns the names of a media's tags.
func (b *bench) tagNames(t *testing.T, id string) (names []string) {
	t.Helper()
	for _, tag := range b.do("GET", "/media/"+id, "").want(t, 200).Tags {
		names = append(names, tag.Name)
	}
	return names
}

func TestMerge(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	sea, ocean := b.tag(t, "Sea"), b.tag(t, "Ocean")
	m := b.pending(t, png, "Sea")
	path, into := "/tags/"+sea.ID+"/merge", fmt.Sprintf(`{"into":%q}`, ocean.ID)
	left := b.do("POST", path, into).want(t, 200)
	if left.ID != ocean.ID || left.Name != "Ocean" || left.MediaCount == nil || *left.MediaCount != 1 {
		t.Errorf("left: %+v; want Ocean with a count of 1", left)
	}
	if diff := cmp.Diff([]string{"Ocean"}, b.tagNames(t, m.ID)); diff != "" {
		t.Error(diff)
	}
	b.do("GET", "/tags/"+sea.ID, "").refused(t, 404, "not-found")
	b.do("POST", path, into).refused(t, 404, "not-found")
	for _, nobody := range []string{unknown, "7", "", strings.ToUpper(ocean.ID)} {
		b.do("POST", "/tags/"+ocean.ID+"/merge", fmt.Sprintf(`{"into":%q}`, nobody)).refused(t, 404, "not-found")
	}
	b.do("POST", "/tags/7/merge", into).refused(t, 404, "not-found")
	for body, want := range map[string][]string{
		fmt.Sprintf(`{"into":%q}`, ocean.ID): {"/into conflict"},
		`{}`:                                 {"/into required"},
		`{"into":7,"from":"a"}`:              {"/into wrong_type", "/from unknown_member"},
	} {
		if diff := cmp.Diff(want, b.do("POST", "/tags/"+ocean.ID+"/merge", body).faults(t)); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

// retag returns a body of POST /media/tags.
func retag(ids, add, remove []string) string {
	body, err := json.Marshal(map[string][]string{"ids": ids, "add": add, "remove": remove})
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(body), "null", "[]")
}

func TestRetag(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	first, second := b.pending(t, png, "Sea", "Sand"), b.pending(t, png, "Sky")
	body := retag([]string{second.ID, first.ID, second.ID}, []string{"Beach"}, []string{"SEA", "nowhere"})
	if a := b.do("POST", "/media/tags", body); a.status != 200 || a.body != `{"updated":2}` {
		t.Errorf("%d %s", a.status, a.body)
	}
	for id, want := range map[string][]string{first.ID: {"Beach", "Sand"}, second.ID: {"Beach", "Sky"}} {
		if diff := cmp.Diff(want, b.tagNames(t, id)); diff != "" {
			t.Error(diff)
		}
	}
	b.do("PATCH", "/media/"+first.ID, `{}`, `If-Match: "1.x"`).refused(t, 412, "precondition-failed")
	b.do("PATCH", "/media/"+first.ID, `{}`, `If-Match: "2.x"`).want(t, 200)
}

// Ids that don't exist are named as they were sent, each once. The other media don't change.
func TestRetagOfWhatIsMissing(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.pending(t, png, "Sea")
	gone := b.pending(t, png)
	b.do("DELETE", "/media/"+gone.ID, "").want(t, 204)
	upper, long := strings.ToUpper(m.ID), strings.Repeat("7", 1000)
	body := retag([]string{upper, m.ID, unknown, "", gone.ID, unknown, long}, []string{"Beach"}, nil)
	p := b.do("POST", "/media/tags", body).refused(t, 404, "not-found")
	if diff := cmp.Diff([]string{upper, unknown, "(empty)", gone.ID, long[:64]}, p.Missing); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Sea"}, b.tagNames(t, m.ID)); diff != "" {
		t.Error(diff)
	}
	if p := b.do("GET", "/media/"+unknown, "").refused(t, 404, "not-found"); p.Missing != nil {
		t.Errorf("missing: %v", p.Missing)
	}
}

func TestRetagRefuses(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	full := b.pending(t, png, numberedNames("a", 50)...)
	b.pending(t, png)
	many := make([]string, 101)
	for i := range many {
		many[i] = full.ID
	}
	one := []string{full.ID}
	for body, want := range map[string][]string{
		`{}`:                                                               {"/ids required"},
		`{"ids":[],"add":["a"]}`:                                           {"/ids required"},
		`{"ids":"a","add":7,"Remove":[]}`:                                  {"/ids wrong_type", "/add wrong_type", "/Remove unknown_member"},
		`{"ids":[7],"add":["a\n"]}`:                                        {"/ids/0 wrong_type", "/add/0 not_allowed"},
		retag(many, []string{"b"}, nil):                                    {"/ids too_many"},
		retag(one, numberedNames("b", 51), nil):                            {"/add too_many"},
		retag(one, nil, numberedNames("b", 51)):                            {"/remove too_many"},
		retag(one, []string{""}, []string{"ok", "\u202E"}):                 {"/add/0 required", "/remove/1 not_allowed"},
		retag(one, []string{"Sea"}, []string{"SEA"}):                       {"/remove conflict"},
		retag([]string{"7"}, []string{""}, nil):                            {"/add/0 required"},
		retag(one, []string{"one more"}, nil):                              {"/add too_many"},
		`{"ids":[` + strings.Repeat(`"7",`, 200) + `7],"add":["a"],"x":1}`: {"/x unknown_member", "/ids too_many"},
	} {
		if diff := cmp.Diff(want, b.do("POST", "/media/tags", body).faults(t)); diff != "" {
			t.Errorf("%.100s: %s", body, diff)
		}
	}
	if a := b.do("POST", "/media/tags", retag(many[:100], numberedNames("a", 50), nil)); a.body != `{"updated":1}` {
		t.Errorf("at the limits: %s", a.body)
	}
	if n := len(b.tagNames(t, full.ID)); n != 50 {
		t.Errorf("%d tags", n)
	}
}

// numberedNames returns n names that differ.
func numberedNames(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(prefix, i)
	}
	return names
}

func TestLimits(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	a := b.do("GET", "/limits", "")
	a.want(t, 200)
	if got := a.header.Get("Cache-Control"); got != "max-age=60" {
		t.Errorf("Cache-Control: %q", got)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatal(err)
	}
	types := got["types"].(map[string]any)
	delete(got, "types")
	want := map[string]any{
		"max_size":            map[string]any{"image": 209715200., "video": 5368709120.},
		"max_pixels":          300e6,
		"single_upload_limit": 5368709120.,
		"max_filename":        map[string]any{"characters": 255., "bytes": 1020.},
		"max_tags":            50.,
		"max_tag_length":      64.,
		"page":                map[string]any{"default": 50., "max": 100.},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for kind, list := range types {
		for _, name := range list.([]any) {
			if !strings.HasPrefix(name.(string), kind+"/") {
				t.Errorf("%s is among those of %s", name, kind)
			}
		}
		if n := len(list.([]any)); n < 8 {
			t.Errorf("%d types of %s", n, kind)
		}
	}
}

func TestListBySHA256(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.ready(t)
	b.pending(t, []byte("another one"))
	for query, n := range map[string]int{
		"sha256=" + m.SHA256: 1, "sha256=" + strings.ToUpper(m.SHA256): 1, "sha256=" + strings.Repeat("a", 64): 0,
		"state=pending&sha256=" + m.SHA256: 0,
	} {
		if got := len(b.do("GET", "/media?"+query, "").want(t, 200).Items); got != n {
			t.Errorf("%s: %d media; want %d", query, got, n)
		}
	}
	for _, bad := range []string{"", "a", m.SHA256 + "a", m.SHA256[1:], strings.Repeat("g", 64), strings.Repeat("0", 64)} {
		if p := b.do("GET", "/media?sha256="+bad, "").refused(t, 400, "invalid-parameter"); p.Parameter != "sha256" {
			t.Errorf("%q: parameter %q", bad, p.Parameter)
		}
	}
}

// A rejection says what was found, in a sentence for the person who chose the file.
func TestRejectionNamesWhatWasFound(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	for content, want := range map[string]struct{ found, detail string }{
		"GIF89a\x01\x00\x01\x00\x00\x00\x00;": {"image/gif", "This is a GIF image, not a PNG."},
	} {
		m := b.pending(t, []byte(content))
		put(t, m.Upload.Requests[0], []byte(content))
		for range 2 {
			p := b.do("POST", "/media/finalize", naming(m.ID)).refused(t, 422, "upload-rejected")
			if p.Reason != "content-mismatch" || p.Found != want.found || p.Detail != want.detail {
				t.Errorf("%q: %+v", content, p)
			}
		}
	}
}
