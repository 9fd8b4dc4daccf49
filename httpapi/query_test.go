package httpapi_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/httpapi"
)

func TestInvalidParameters(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	for query, parameter := range map[string]string{
		"/media?limit=1;x=2": "limit", "/media?limit=0": "limit", "/media?limit=101": "limit", "/media?limit=": "limit",
		"/media?limit=%2B5": "limit", "/media?limit=1e1": "limit", "/media?limit=99999999999999999999": "limit",
		"/media?limit=1&limit=1": "limit", "/media?cursor=a&cursor=a": "cursor",
		"/media?Limit=1": "Limit", "/media?x=%zz": "x", "/media?=1": "(empty)",
		"/media?q=%00": "q", "/media?q=%ff": "q", "/media?%ff=1": "%ff", "/media?q=a%2Fb": "q",
		"/media?tag=": "tag", "/media?tag=a%00": "tag", "/media?any_tag=%E2%80%AE": "any_tag",
		"/media?" + strings.Repeat("not_tag=a&", 11): "tag",
		"/media?untagged=1":                          "untagged", "/media?untagged=true&tag=a": "untagged",
		"/media?kind=": "kind", "/media?kind=sound": "kind", "/media?state=deleted": "state",
		"/media?content_type=": "content_type", "/media?content_type=a%20b": "content_type",
		"/media?created_after=yesterday": "created_after", "/media?created_before=2026-01-01": "created_before",
		"/media?created_before=9999-12-31T23:59:59-12:00": "created_before",
		"/media?sort=size":                            "sort",
		"/tags?prefix=%00":                            "prefix",
		"/tags?prefix=%E2%80%AE":                      "prefix",
		"/tags?sort=media_count":                      "sort",
		"/tags?limit=-1":                              "limit",
		"/tags?tag=a":                                 "tag",
		"/media/" + unknown + "?disposition=sideways": "disposition",
		"/media/" + unknown + "?x":                    "x",
	} {
		if p := b.do("GET", query, "").refused(t, 400, "invalid-parameter"); p.Parameter != parameter {
			t.Errorf("%s: parameter %q; want %q", query, p.Parameter, parameter)
		}
	}
}

// A page holds 1 to 100 items, and a filter names 10 tags at most.
func TestLimitsOfAQuery(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	for range 101 {
		b.pending(t, png)
	}
	for limit, n := range map[string]int{"": 50, "&limit=1": 1, "&limit=99": 99, "&limit=100": 100} {
		if got := len(b.do("GET", "/media?state=pending"+limit, "").want(t, 200).Items); got != n {
			t.Errorf("%q: %d items", limit, got)
		}
	}
	b.do("GET", "/media?"+strings.Repeat("tag=a&", 10), "").want(t, 200)
	b.do("GET", "/media?"+strings.Repeat("tag=a&", 5)+strings.Repeat("not_tag=b&", 6), "").refused(t, 400, "invalid-parameter")
}

func TestTooManyParametersAreNotDropped(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	b.do("GET", "/media?limit=1"+strings.Repeat("&tag=a", 20000), "").refused(t, 400, "invalid-parameter")
}

func TestWalks(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	var newest []string
	for i := range 5 {
		newest = append([]string{b.ready(t, fmt.Sprint("t", i), "all").ID}, newest...)
	}
	walk := func(path string) (ids []string) {
		for path != "" {
			a := b.do("GET", path, "")
			page := a.want(t, 200)
			for _, item := range page.Items {
				ids = append(ids, item.ID+item.Name)
			}
			link := a.header.Get("Link")
			if (link == "") != (page.NextCursor == "") {
				t.Fatalf("cursor %q beside link %q", page.NextCursor, link)
			}
			path = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
		}
		return ids
	}
	if diff := cmp.Diff(newest, walk("/media?limit=2&tag=ALL&kind=image&content_type=IMAGE/png&q=A.P")); diff != "" {
		t.Error(diff)
	}
	if n := len(walk("/media?limit=2&sort=created_at&any_tag=t1&any_tag=t3")); n != 2 {
		t.Errorf("any_tag: %d", n)
	}
	if n := len(walk("/tags?limit=2&prefix=T")); n != 5 {
		t.Errorf("prefix: %d", n)
	}
	if n := len(walk("/tags?limit=1&sort=-media_count")); n != 6 {
		t.Errorf("by count: %d", n)
	}
	if a := b.do("GET", "/media?tag=nowhere", ""); a.body != `{"items":[]}` {
		t.Errorf("an empty page: %s", a.body)
	}
}

// Bounds are exclusive, even if they are more precise than the times of media.
func TestCreatedBounds(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	b.pending(t, png) // at 12:00:00.001
	for bounds, n := range map[string]int{
		"created_after=2026-11-24T12:00:00.001Z":         0,
		"created_after=2026-11-24T12:00:00.000999Z":      1,
		"created_before=2026-11-24T12:00:00.001Z":        0,
		"created_before=2026-11-24T12:00:00.0010001Z":    1,
		"created_before=2026-11-24T13:00:00.002%2B01:00": 1,
		"created_before=0001-01-01T00:00:00Z":            0,
		"created_after=0001-01-01T00:00:00Z":             1,
		"created_before=9999-12-31T23:59:59.9999999Z":    1,
	} {
		if got := len(b.do("GET", "/media?state=pending&"+bounds, "").want(t, 200).Items); got != n {
			t.Errorf("%s: %d; want %d", bounds, got, n)
		}
	}
}

// A cursor is good for the list that it came from alone, with any limit.
func TestCursorsAreBound(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	for range 2 {
		b.ready(t, "a", "b")
	}
	mediaCursor := url.QueryEscape(b.do("GET", "/media?limit=1&tag=a", "").want(t, 200).NextCursor)
	tagCursor := url.QueryEscape(b.do("GET", "/tags?limit=1", "").want(t, 200).NextCursor)
	for _, good := range []string{"/media?limit=7&state=ready&tag=a&cursor=" + mediaCursor, "/tags?sort=name&prefix=&cursor=" + tagCursor} {
		if n := len(b.do("GET", good, "").want(t, 200).Items); n != 1 {
			t.Errorf("%s: %d items", good, n)
		}
	}
	text, _ := base64.RawURLEncoding.DecodeString(mediaCursor)
	short := base64.RawURLEncoding.EncodeToString(text[:len(text)-1])
	for _, bad := range []string{
		"/media?cursor=" + mediaCursor, "/media?tag=b&cursor=" + mediaCursor, "/media?tag=a&sort=created_at&cursor=" + mediaCursor,
		"/media?tag=a&state=failed&cursor=" + mediaCursor, "/media?tag=a&cursor=" + tagCursor, "/tags?cursor=" + mediaCursor,
		"/tags?prefix=a&cursor=" + tagCursor, "/tags?sort=-media_count&cursor=" + tagCursor,
		"/media?tag=a&cursor=" + short, "/media?tag=a&cursor=", "/media?cursor=none", "/media?tag=a&cursor=" + mediaCursor + "%0A",
		"/media?tag=a&cursor=" + mediaCursor + "%3D", "/media?cursor=" + strings.Repeat("a", 600),
	} {
		b.do("GET", bad, "").refused(t, 400, "invalid-cursor")
	}
}
