package contract_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// unasked lists promises that no test here asks for, by how they end, and the reason.
var unasked = map[string]string{
	" 503 overloaded": "httpapi.TestOverload holds a request in flight to get it",
}

// TestContract asks for every answer that the document promises.
func TestContract(t *testing.T) {
	w := newWorld(t)
	t.Run("tags", func(t *testing.T) { tagsFlow(t, w) })
	t.Run("media", func(t *testing.T) { mediaFlow(t, w) })
	t.Run("merge", func(t *testing.T) { merge(t, w) })
	t.Run("retag", func(t *testing.T) { retag(t, w) })
	t.Run("lists", func(t *testing.T) { lists(t, w) })
	t.Run("idempotency", func(t *testing.T) { idempotency(t, w) })
	t.Run("rejected", func(t *testing.T) { rejected(t, w) })
	t.Run("bad requests", func(t *testing.T) { badRequests(t, w) })
	t.Run("faults", func(t *testing.T) { faults(t, w) })
	t.Run("served", func(t *testing.T) { served(t, w) })
	t.Run("refusals", func(t *testing.T) { refusals(t, w) })
	if t.Failed() {
		return // not everything was asked for then
	}
	for _, op := range w.seen.doc.operations() {
		for _, promise := range w.seen.doc.promises(op) {
			excused := false
			for end := range unasked {
				excused = excused || strings.HasSuffix(promise, end)
			}
			if w.seen.seen[promise] == excused {
				t.Errorf("%s: asked for: %v, excused: %v", promise, w.seen.seen[promise], excused)
			}
		}
	}
}

func tagsFlow(t *testing.T, w *world) {
	created := w.do(t, call{method: "POST", path: "/tags", body: `{"name":" Ocean  view "}`, header: map[string]string{"X-Request-Id": "of-ours_1"}, status: 201})
	if id := created.header.Get("X-Request-Id"); id != "of-ours_1" {
		t.Errorf("the request id became %q", id)
	}
	path := "/tags/" + created.item(t).ID
	if location := created.header.Get("Location"); location != path {
		t.Errorf("Location: %q, not %q", location, path)
	}
	w.do(t, call{method: "POST", path: "/tags", body: `{"name":"OCEAN VIEW"}`, status: 409, code: "tag-exists"})
	w.do(t, call{method: "POST", path: "/tags", body: `{"name":"River"}`, status: 201})
	got := w.do(t, call{method: "GET", path: path, status: 200})
	w.do(t, call{method: "GET", path: path, header: map[string]string{"If-None-Match": got.header.Get("ETag")}, status: 304})
	w.do(t, call{method: "HEAD", path: path, status: 200})
	w.do(t, call{method: "PATCH", path: path, body: `{"name":"River"}`, status: 409, code: "tag-exists"})
	w.do(t, call{method: "PATCH", path: path, body: `{"name":"Lake 🏞️"}`, status: 200})
	w.do(t, call{method: "PATCH", path: "/tags/" + unknownID, body: `{"name":"Sea"}`, status: 404, code: "not-found"})
	w.do(t, call{method: "DELETE", path: path, status: 204})
	w.do(t, call{method: "DELETE", path: path, status: 404, code: "not-found"})
	w.do(t, call{method: "GET", path: path, status: 404, code: "not-found"})
}

func mediaFlow(t *testing.T, w *world) {
	f := newFile(t, 1, true)
	created := w.do(t, call{method: "POST", path: "/media", body: f.declaration, status: 201})
	m := created.item(t)
	path := "/media/" + m.ID
	if location := created.header.Get("Location"); location != path {
		t.Errorf("Location: %q, not %q", location, path)
	}
	w.do(t, call{method: "GET", path: path, status: 200})
	w.do(t, call{method: "POST", path: "/media/finalize", body: naming(m), status: 409, code: "upload-incomplete"})
	w.do(t, call{method: "POST", path: path + "/upload", status: 200})
	w.do(t, call{method: "POST", path: path + "/upload", body: "{}", status: 200})
	put(t, m, f.content)
	w.do(t, call{method: "POST", path: "/media/finalize", body: naming(m), status: 200})
	w.do(t, call{method: "POST", path: "/media/finalize", body: naming(m), status: 200})
	w.do(t, call{method: "POST", path: path + "/upload", status: 409, code: "media-not-pending"})

	got := w.do(t, call{method: "GET", path: path + "?disposition=attachment", status: 200})
	download(t, got.item(t), f.content)
	got = w.do(t, call{method: "GET", path: path, status: 200})
	download(t, got.item(t), f.content)
	match := map[string]string{"If-Match": got.header.Get("ETag")}
	w.do(t, call{method: "GET", path: path, header: map[string]string{"If-None-Match": got.header.Get("ETag")}, status: 304})
	w.do(t, call{method: "PATCH", path: path, body: `{"filename":"dune.png","tags":["Dune"]}`, header: match, status: 200})
	w.do(t, call{method: "PATCH", path: path, body: `{"filename":"late.png"}`, header: match, status: 412, code: "precondition-failed"})
	w.do(t, call{method: "PATCH", path: path, body: `{}`, status: 200})
	w.do(t, call{method: "PATCH", path: "/media/" + unknownID, body: `{}`, status: 404, code: "not-found"})
	w.do(t, call{method: "DELETE", path: path, header: match, status: 412, code: "precondition-failed"})
	w.do(t, call{method: "DELETE", path: path, status: 204})
	w.do(t, call{method: "DELETE", path: path, status: 404, code: "not-found"})
	w.do(t, call{method: "GET", path: path, status: 404, code: "not-found"})
	w.do(t, call{method: "POST", path: path + "/upload", status: 404, code: "not-found"})
	w.do(t, call{method: "POST", path: "/media/finalize", body: naming(m), status: 404, code: "not-found"})
}

func merge(t *testing.T, w *world) {
	var ids []string
	for _, name := range []string{"Sea", "Ocean"} {
		ids = append(ids, w.do(t, call{method: "POST", path: "/tags", body: fmt.Sprintf(`{"name":%q}`, name), status: 201}).item(t).ID)
	}
	path := "/tags/" + ids[0] + "/merge"
	into := func(id string) string { return fmt.Sprintf(`{"into":%q}`, id) }
	w.do(t, call{method: "POST", path: path, body: into(unknownID), status: 404, code: "not-found"})
	w.do(t, call{method: "POST", path: path, body: into(ids[0]), status: 422, code: "validation-error"})
	left := w.do(t, call{method: "POST", path: path, body: into(ids[1]), status: 200}).item(t)
	if left.ID != ids[1] || left.MediaCount == nil {
		t.Errorf("%+v is left, not %s with a count", left, ids[1])
	}
	w.do(t, call{method: "POST", path: path, body: into(ids[1]), status: 404, code: "not-found"})
	w.do(t, call{method: "GET", path: "/tags/" + ids[0], status: 404, code: "not-found"})
}

func retag(t *testing.T, w *world) {
	m := w.declare(t, newFile(t, 5, true))
	change := func(ids ...string) string {
		list, _ := json.Marshal(ids)
		return fmt.Sprintf(`{"ids":%s,"add":["Dune"],"remove":["Beach"]}`, list)
	}
	w.do(t, call{method: "POST", path: "/media/tags", body: change(m.ID), status: 200})
	w.do(t, call{method: "POST", path: "/media/tags", body: change(m.ID, unknownID), status: 404, code: "not-found"})
	w.do(t, call{method: "POST", path: "/media/tags", body: change(), bad: true, status: 422, code: "validation-error"})
}

func download(t *testing.T, m item, want []byte) {
	t.Helper()
	resp, err := http.Get(m.Download.URL) //nolint:noctx // the server is the test's own
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if have, err := io.ReadAll(resp.Body); err != nil || string(have) != string(want) {
		t.Errorf("the download is not what was uploaded: %v", err)
	}
}

// lists follows both lists page by page, and uses every parameter.
func lists(t *testing.T, w *world) {
	for n := range 3 {
		w.ready(t, newFile(t, 10+n, true))
	}
	for _, path := range []string{
		"/tags?limit=1", "/tags?limit=1&sort=-media_count", "/tags?prefix=be&sort=name", "/tags",
		"/media?limit=1", "/media?limit=2&sort=created_at", "/media", "/media?untagged=true&state=failed",
		"/media?tag=beach&tag=SUNSET&not_tag=dune&any_tag=Beach&any_tag=x&kind=image&state=ready&content_type=image/png&q=DOT&limit=1" +
			"&created_after=2001-01-01T00:00:00Z&created_before=2101-01-01T00:00:00.000001Z",
		"/media?sha256=" + strings.Repeat("Ab", 32),
	} {
		query, pages := path, 0
		for ; query != ""; pages++ {
			page := w.do(t, call{method: "GET", path: query, status: 200})
			cursor := page.item(t).NextCursor
			next := nextLink(page.header)
			if (cursor == "") != (next == "") || pages > 100 {
				t.Fatalf("%s: the cursor is %q, the link %q", query, cursor, next)
			}
			w.do(t, call{method: "GET", path: query, header: map[string]string{"If-None-Match": page.header.Get("ETag")}, status: 304})
			query = next
		}
		if strings.Contains(path, "limit=1") && pages < 3 {
			t.Errorf("%s: %d pages", path, pages)
		}
	}
}

var link = regexp.MustCompile(`^<([^>]+)>; rel="next"$`)

func nextLink(header http.Header) string {
	if found := link.FindStringSubmatch(header.Get("Link")); found != nil {
		return found[1]
	}
	return ""
}

func idempotency(t *testing.T, w *world) {
	f, key := newFile(t, 20, true), map[string]string{"Idempotency-Key": "a-key~1"}
	c := call{method: "POST", path: "/media", body: f.declaration, header: key, status: 201}
	m := w.do(t, c).item(t)
	if again := w.do(t, c).item(t); again.ID != m.ID {
		t.Error("the same key made another media")
	}
	put(t, m, f.content)
	w.do(t, call{method: "POST", path: "/media/finalize", body: naming(m), status: 200})
	w.do(t, c) // the answer has a download now
	other := c
	other.body, other.status, other.code = newFile(t, 21, true).declaration, 422, "idempotency-key-reused"
	w.do(t, other)
	w.do(t, call{method: "DELETE", path: "/media/" + m.ID, status: 204})
	c.status, c.code = 404, "not-found"
	w.do(t, c)
	c.status, c.code, c.fault = 409, "idempotency-in-progress", media.ErrIdempotencyKeyInProgress
	w.do(t, c)
}

// rejected makes media fail, and looks at them afterwards.
func rejected(t *testing.T, w *world) {
	var m item
	for _, wrong := range []file{newFile(t, 1, false), declared([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"))} {
		m = w.declare(t, wrong)
		put(t, m, wrong.content)
		for range 2 {
			w.do(t, call{method: "POST", path: "/media/finalize", body: naming(m), status: 422, code: "upload-rejected"})
		}
	}
	late := w.declare(t, newFile(t, 2, true))
	w.sleep(25 * time.Hour)
	for range 2 {
		w.do(t, call{method: "POST", path: "/media/finalize", body: naming(late), status: 409, code: "upload-expired"})
	}
	w.do(t, call{method: "GET", path: "/media/" + m.ID, status: 200})
	w.do(t, call{method: "GET", path: "/media/" + late.ID, status: 200})
	w.do(t, call{method: "GET", path: "/media?state=failed", status: 200})
}

func badRequests(t *testing.T, w *world) {
	tag := "/tags/" + w.do(t, call{method: "POST", path: "/tags", body: `{"name":"Bad"}`, status: 201}).item(t).ID
	m := w.declare(t, newFile(t, 30, true))
	path := "/media/" + m.ID
	for _, c := range []call{
		{method: "POST", path: "/tags"}, {method: "PATCH", path: tag}, {method: "POST", path: tag + "/merge"}, {method: "POST", path: "/media/tags"},
		{method: "POST", path: "/media"}, {method: "PATCH", path: path},
		{method: "POST", path: "/media/finalize"}, {method: "POST", path: path + "/upload"},
	} {
		c.bad = true
		for _, bad := range []struct {
			body, contentType string
			status            int
			code              string
		}{
			{`{"name":`, "application/json", 400, "malformed-json"},
			{`{"name":"a","name":"b"}`, "application/json", 400, "malformed-json"},
			{`{"nobody":"knows"}`, "application/json; charset=utf-8", 422, "validation-error"},
			{`[]`, "application/json", 422, "validation-error"},
			{`{"name":"a"}`, "text/plain", 415, "unsupported-media-type"},
			{`{"name":"` + strings.Repeat("a", 1<<20) + `"}`, "application/json", 413, "payload-too-large"},
		} {
			c.body, c.header = bad.body, map[string]string{"Content-Type": bad.contentType}
			c.status, c.code = bad.status, bad.code
			w.do(t, c)
		}
	}
	declaration := newFile(t, 31, true).declaration
	for _, c := range []call{
		{method: "POST", path: "/media", body: declaration, header: map[string]string{"Idempotency-Key": "a b"}, status: 400, code: "invalid-parameter"},
		{method: "PATCH", path: path, body: `{"filename":null}`, status: 422, code: "validation-error"},
		{method: "POST", path: "/media/finalize", body: `{"id":7}`, status: 422, code: "validation-error"},
		{method: "POST", path: "/media/finalize", body: `{"id":"7"}`, status: 404, code: "not-found"},
		{method: "POST", path: "/media/tags", body: `{"ids":["7"]}`, status: 404, code: "not-found"},
		{method: "POST", path: tag + "/merge", body: `{"into":"7"}`, status: 404, code: "not-found"},
		{method: "GET", path: "/media/" + strings.ToUpper(m.ID), status: 404, code: "not-found"},
		{method: "GET", path: path + "?disposition=upside-down", status: 400, code: "invalid-parameter"},
		{method: "GET", path: "/tags?limit=0", status: 400, code: "invalid-parameter"},
		{method: "GET", path: "/tags?cursor=none", status: 400, code: "invalid-cursor"},
		{method: "GET", path: "/media?limit=101", status: 400, code: "invalid-parameter"},
		{method: "GET", path: "/media?kind=sound", status: 400, code: "invalid-parameter"},
		{method: "GET", path: "/media?created_after=yesterday", status: 400, code: "invalid-parameter"},
		{method: "GET", path: "/media?cursor=none", status: 400, code: "invalid-cursor"},
		{method: "GET", path: "/media?sha256=7", status: 400, code: "invalid-parameter"},
	} {
		c.bad = true
		w.do(t, c)
	}
}

// faults calls every operation while the stores fail.
func faults(t *testing.T, w *world) {
	tag := "/tags/" + w.do(t, call{method: "POST", path: "/tags", body: `{"name":"Fault"}`, status: 201}).item(t).ID
	f := newFile(t, 40, true)
	m := w.declare(t, f)
	path := "/media/" + m.ID
	for _, c := range []call{
		{method: "POST", path: "/tags", body: `{"name":"More"}`}, {method: "GET", path: "/tags"},
		{method: "GET", path: tag}, {method: "PATCH", path: tag, body: `{"name":"Most"}`}, {method: "DELETE", path: tag},
		{method: "POST", path: "/media", body: f.declaration}, {method: "GET", path: "/media"},
		{method: "POST", path: "/media/finalize", body: naming(m)},
		{method: "GET", path: path}, {method: "PATCH", path: path, body: `{"filename":"a"}`}, {method: "DELETE", path: path},
		{method: "POST", path: path + "/upload"},
		{method: "POST", path: tag + "/merge", body: fmt.Sprintf(`{"into":%q}`, unknownID)},
		{method: "POST", path: "/media/tags", body: fmt.Sprintf(`{"ids":[%q],"add":["Dune"]}`, m.ID)},
	} {
		const secret = "postgres://secret@host"
		c.status, c.code, c.fault = 500, "internal", errors.New(secret)
		if body := w.do(t, c).body; strings.Contains(string(body), secret) {
			t.Errorf("%s %s tells what is internal: %s", c.method, c.path, body)
		}
		c.status, c.code, c.fault = 503, "store-unavailable", fmt.Errorf("%s: %w", secret, media.ErrUnavailable)
		if body := w.do(t, c).body; strings.Contains(string(body), secret) {
			t.Errorf("%s %s tells what is internal: %s", c.method, c.path, body)
		}
	}
	w.do(t, call{method: "POST", path: "/media/finalize", body: naming(m), fault: media.ErrStoreMisconfigured, status: 500, code: "store-misconfigured"})
}

// served asks for what the API tells about itself.
func served(t *testing.T, w *world) {
	limits := w.do(t, call{method: "GET", path: "/limits", status: 200})
	w.do(t, call{method: "GET", path: "/limits", header: map[string]string{"If-None-Match": limits.header.Get("ETag")}, status: 304})
	got := w.do(t, call{method: "GET", path: "/openapi.json", status: 200})
	if string(got.body) != string(readDocument(t)) {
		t.Error("what is served is not the document")
	}
	w.do(t, call{method: "GET", path: "/openapi.json", header: map[string]string{"If-None-Match": got.header.Get("ETag")}, status: 304})
}

// refusals calls the methods that paths don't have.
func refusals(t *testing.T, w *world) {
	w.do(t, call{method: "GET", path: "/nowhere", status: 404, code: "not-found"})
	operations := w.seen.doc.operations()
	for template := range w.seen.doc.object("paths") {
		path := strings.ReplaceAll(template, "{id}", unknownID)
		var have []string
		for _, op := range operations {
			if pathMatches(op.path, path) {
				have = append(have, strings.ToUpper(op.method))
				if op.method == "get" {
					have = append(have, "HEAD")
				}
			}
		}
		slices.Sort(have)
		have = slices.Compact(have)
		for _, method := range methods {
			if method = strings.ToUpper(method); slices.Contains(have, method) {
				continue
			}
			allow := strings.Split(w.do(t, call{method: method, path: path, bad: true, status: 405, code: "method-not-allowed"}).header.Get("Allow"), ", ")
			if slices.Sort(allow); !slices.Equal(allow, have) {
				t.Errorf("%s %s: Allow is %v, not %v", method, path, allow, have)
			}
		}
	}
}

// TestRoutes compares the patterns in the handler's source with the document.
func TestRoutes(t *testing.T) {
	pattern := regexp.MustCompile(`"(GET|POST|PUT|PATCH|DELETE) (/[^"]*)"`)
	files, err := filepath.Glob("../../httpapi/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var served []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, found := range pattern.FindAllStringSubmatch(string(text), -1) {
			served = append(served, found[1]+" "+found[2])
		}
	}
	var documented []string
	for _, op := range parseDocument(t).operations() {
		documented = append(documented, strings.ToUpper(op.method)+" "+op.path)
	}
	slices.Sort(served)
	slices.Sort(documented)
	if !slices.Equal(slices.Compact(served), documented) {
		t.Errorf("served:     %v\ndocumented: %v", served, documented)
	}
}
