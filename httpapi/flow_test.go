package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/media"
)

func TestMediaFromCreateToDelete(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	created := b.do("POST", "/media", declaration(png, "Beach"))
	m := created.want(t, 201)
	path := "/media/" + m.ID
	if created.header.Get("Location") != path || created.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", created.header)
	}
	put(t, m.Upload.Requests[0], png)
	finalized := b.do("POST", "/media/finalize", naming(m.ID))
	if v := finalized.want(t, 200); v.State != "ready" || v.Download == nil || finalized.header.Get("Cache-Control") != "no-store" {
		t.Errorf("finalized: %s", finalized.body)
	}
	resp, err := http.Get(b.do("GET", path+"?disposition=attachment", "").want(t, 200).Download.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if content, err := io.ReadAll(resp.Body); err != nil || string(content) != string(png) {
		t.Errorf("the download is not what was uploaded: %v", err)
	}
	if disposition := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(disposition, "attachment") {
		t.Errorf("Content-Disposition: %q", disposition)
	}
	if v := b.do("PATCH", path, `{"filename":"<b>&.png","tags":["Sunset","sea"]}`).want(t, 200); v.Filename != "<b>&.png" || len(v.Tags) != 2 {
		t.Errorf("patched: %+v", v)
	}
	if page := b.do("GET", "/media?tag=SUNSET&not_tag=beach", "").want(t, 200); len(page.Items) != 1 || page.Items[0].Download == nil {
		t.Errorf("listed: %+v", page)
	}
	if a := b.do("DELETE", path, ""); a.status != 204 || a.body != "" {
		t.Errorf("deleted: %d %s", a.status, a.body)
	}
	b.do("DELETE", path, "").refused(t, 404, "not-found")
	b.do("GET", path, "").refused(t, 404, "not-found")
}

func TestTagFromCreateToDelete(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	created := b.do("POST", "/tags", `{"name":" Sun  set "}`)
	tag := created.want(t, 201)
	path := "/tags/" + tag.ID
	if created.header.Get("Location") != path || tag.Name != "Sun set" {
		t.Errorf("created: %v %s", created.header, created.body)
	}
	if again := b.do("POST", "/tags", `{"name":"SUN SET"}`).refused(t, 409, "tag-exists"); again.Existing == nil || again.Existing.ID != tag.ID {
		t.Errorf("existing: %+v", again.Existing)
	}
	if renamed := b.do("PATCH", path, `{"name":"Dawn"}`).want(t, 200); renamed.ID != tag.ID || renamed.Name != "Dawn" {
		t.Errorf("renamed: %+v", renamed)
	}
	b.do("DELETE", path, "").want(t, 204)
	b.do("DELETE", path, "").refused(t, 404, "not-found")
}

// A member whose value isn't known, or no longer true, is left out. Times have six decimals.
func TestAnswerMembers(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	members := func(a answer) (names []string) {
		var all map[string]any
		if err := json.Unmarshal([]byte(a.body), &all); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"sha256_status", "expires_at", "ready_at", "failure", "download", "upload", "width", "height", "duration_ms"} {
			if _, ok := all[name]; ok {
				names = append(names, name)
			}
		}
		return names
	}
	m, other := b.pending(t, png), b.pending(t, []byte("no picture"))
	pending := b.do("GET", "/media/"+m.ID, "")
	put(t, m.Upload.Requests[0], png)
	put(t, other.Upload.Requests[0], []byte("no picture"))
	b.do("POST", "/media/finalize", naming(m.ID)).want(t, 200)
	b.do("POST", "/media/finalize", naming(other.ID)).refused(t, 422, "upload-rejected")
	got := [][]string{members(pending), members(b.do("GET", "/media/"+m.ID, "")), members(b.do("GET", "/media/"+other.ID, ""))}
	want := [][]string{{"expires_at"}, {"sha256_status", "ready_at", "download", "width", "height"}, {"failure"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !regexp.MustCompile(`"created_at":"2026-11-24T12:00:00\.001000Z"`).MatchString(pending.body) || !strings.Contains(pending.body, `"tags":[]`) {
		t.Error(pending.body)
	}
}

func TestIdempotencyKey(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	const key = "Idempotency-Key: k~1"
	first := b.do("POST", "/media", declaration(png), key).want(t, 201)
	again := b.do("POST", "/media", declaration(png), key).want(t, 201)
	if again.ID != first.ID || again.Upload == nil {
		t.Errorf("replayed: %+v", again)
	}
	b.do("POST", "/media", declaration(png, "other"), key).refused(t, 422, "idempotency-key-reused")
	b.set(func(context.Context) error { return media.ErrIdempotencyKeyInProgress })
	b.do("POST", "/media", declaration(png), key).refused(t, 409, "idempotency-in-progress")
	b.set(nil)
	b.do("DELETE", "/media/"+first.ID, "").want(t, 204)
	b.do("POST", "/media", declaration(png), key).refused(t, 404, "not-found")
	for _, good := range []string{strings.Repeat("k", 255), "!", "~", `"quoted"`} {
		b.do("POST", "/media", declaration(png), "Idempotency-Key: "+good).want(t, 201)
	}
	for _, bad := range [][]string{
		{"Idempotency-Key: "}, {"Idempotency-Key: a\x7f"}, {"Idempotency-Key: a b"}, {"Idempotency-Key: ä"},
		{"Idempotency-Key: " + strings.Repeat("k", 256)}, {key, key},
	} {
		if p := b.do("POST", "/media", declaration(png), bad...).refused(t, 400, "invalid-parameter"); p.Parameter != "Idempotency-Key" {
			t.Errorf("parameter: %q", p.Parameter)
		}
	}
}

func TestUploadSignedAfresh(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.pending(t, png)
	for _, body := range []string{"", "{}"} {
		a := b.do("POST", "/media/"+m.ID+"/upload", body)
		var plan signed
		if err := json.Unmarshal([]byte(a.body), &plan); err != nil || len(plan.Requests) != 1 || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("body %q: %v %d %s", body, err, a.status, a.body)
		}
	}
	if diff := cmp.Diff([]string{"/parts unknown_member"}, b.do("POST", "/media/"+m.ID+"/upload", `{"parts":[]}`).faults(t)); diff != "" {
		t.Error(diff)
	}
	b.do("POST", "/media/"+b.ready(t).ID+"/upload", "").refused(t, 409, "media-not-pending")
}

// A media is deleted whether or not its bytes can be removed at once.
func TestDeleteOutlivesItsPurge(t *testing.T) {
	logged := &strings.Builder{}
	b := newBench(t, httpapi.Config{Logger: slog.New(slog.NewTextHandler(logged, nil))})
	m := b.ready(t)
	b.set(func(context.Context) error { return media.ErrUnavailable })
	b.do("DELETE", "/media/"+m.ID, "").want(t, 204)
	if !strings.Contains(logged.String(), "level=WARN") {
		t.Errorf("the failed purge isn't logged: %s", logged)
	}
}

// Behind a base path, every Location and Link leads to something.
func TestBasePath(t *testing.T) {
	b := newBench(t, httpapi.Config{BasePath: "/api/v1"})
	for i := range 3 {
		for path, body := range map[string]string{
			"/api/v1/media": declaration(png, "all"), "/api/v1/tags": fmt.Sprintf(`{"name":"tag %d"}`, i),
		} {
			a := b.do("POST", path, body)
			created := a.want(t, 201)
			location := a.header.Get("Location")
			if location != path+"/"+created.ID || b.do("GET", location, "").want(t, 200).ID != created.ID {
				t.Errorf("Location: %q", location)
			}
		}
	}
	for path, more := range map[string]string{
		"/api/v1/media?limit=1&state=pending&q=A": "limit=1&q=A&state=pending",
		"/api/v1/tags?limit=1&prefix=TAG+":        "limit=1&prefix=TAG+",
	} {
		pages := 0
		for next := path; next != ""; pages++ {
			a := b.do("GET", next, "")
			if a.want(t, 200); a.header.Get("Link") == "" {
				break
			}
			target, ok := strings.CutSuffix(strings.TrimPrefix(a.header.Get("Link"), "<"), `>; rel="next"`)
			if next = target; !ok || !strings.HasSuffix(next, more) {
				t.Fatalf("Link: %q", a.header.Get("Link"))
			}
		}
		if pages != 2 {
			t.Errorf("%s: %d pages follow, not 2", path, pages)
		}
	}
	b.do("GET", "/media", "").refused(t, 404, "not-found")
	b.do("GET", "/api/v1/limits", "").want(t, 200)
}
