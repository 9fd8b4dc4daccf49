package httpapi_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/httpapi"
)

func TestMalformedJSON(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	for name, body := range map[string]string{
		"empty":              "",
		"only spaces":        "  ",
		"broken off":         `{"name":`,
		"duplicate":          `{"name":"a","name":"b"}`,
		"duplicate, escaped": `{"name":"a","n\u0061me":"b"}`,
		"duplicate within":   `{"name":{"a":1,"a":2}}`,
		"trailing data":      `{"name":"a"} {}`,
		"trailing garbage":   `{"name":"a"}x`,
		"invalid UTF-8":      "{\"name\":\"a\xff\"}",
		"lone surrogate":     `{"name":"\ud800"}`,
		"raw NUL":            "{\"name\":\"a\x00\"}",
		"10,000 brackets":    strings.Repeat("[", 10000) + strings.Repeat("]", 10000),
		"brackets inside":    `{"name":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`,
		"a byte order mark":  "\uFEFF{}",
		"a comment":          `{"name":"a"/*b*/}`,
	} {
		t.Run(name, func(t *testing.T) { b.do("POST", "/tags", body).refused(t, 400, "malformed-json") })
	}
}

func TestContentTypes(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	for i, header := range []string{"application/json", "application/json; charset=UTF-8", "Application/JSON"} {
		b.do("POST", "/tags", fmt.Sprintf(`{"name":"n%d"}`, i), "Content-Type: "+header).want(t, 201)
	}
	for _, headers := range [][]string{
		{"Content-Type: "}, {"Content-Type: text/plain"}, {"Content-Type: application/json; charset=latin1"},
		{"Content-Type: application/merge-patch+json"}, {"Content-Encoding: gzip"},
		{"Content-Type: application/json", "Content-Type: application/json"},
	} {
		b.do("POST", "/tags", `{"name":"a"}`, headers...).refused(t, 415, "unsupported-media-type")
	}
}

func TestBodyLimit(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	padded := func(n int) string { return `{"name":"a"}` + strings.Repeat(" ", n-len(`{"name":"a"}`)) }
	b.do("POST", "/tags", padded(64<<10)).want(t, 201)
	b.do("POST", "/tags", padded(64<<10+1)).refused(t, 413, "payload-too-large")
}

// One answer names every bad member, each once.
func TestInvalidBodies(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.pending(t, png)
	sum := strings.Repeat("a", 64)
	base := func(size string) string {
		return `{"filename":"a","content_type":"image/png","sha256":"` + sum + `","size":` + size + `}`
	}
	many := `["` + strings.Repeat(`a","`, 50) + `a"]`
	for _, c := range []struct {
		method, path, body string
		want               []string
	}{
		{"POST", "/tags", `[]`, []string{" wrong_type"}},
		{"POST", "/tags", `null`, []string{" wrong_type"}},
		{"POST", "/tags", `{}`, []string{"/name required"}},
		{"POST", "/tags", `{"name":null}`, []string{"/name wrong_type"}},
		{"POST", "/tags", `{"name":7,"a/b~c":1}`, []string{"/name wrong_type", "/a~1b~0c unknown_member"}},
		{"POST", "/tags", `{"NAME":"a"}`, []string{"/NAME unknown_member", "/name required"}},
		{"POST", "/tags", `{"name":"","x":1}`, []string{"/x unknown_member", "/name required"}},
		{"POST", "/tags", `{"name":"a\u0000"}`, []string{"/name not_allowed"}},
		{"POST", "/tags", `{"name":"` + strings.Repeat("a", 65) + `"}`, []string{"/name too_long"}},
		{"POST", "/media", `{}`, []string{"/filename required", "/content_type required", "/size required", "/sha256 required"}},
		{"POST", "/media", base(`1`)[:len(base(`1`))-1] + `,"SIZE":2}`, []string{"/SIZE unknown_member"}},
		{"POST", "/media", base(`70.5`), []string{"/size wrong_type"}},
		{"POST", "/media", base(`1e999`), []string{"/size wrong_type"}},
		{"POST", "/media", base(`"1"`), []string{"/size wrong_type"}},
		{"POST", "/media", base(`9223372036854775808`), []string{"/size too_large"}},
		{"POST", "/media", base(`-9223372036854775809`), []string{"/size too_small"}},
		{"POST", "/media", base(`0`), []string{"/size too_small"}},
		{"POST", "/media", base(`209715201`), []string{"/size too_large"}},
		{"POST", "/media", `{"filename":"a\r\nb","content_type":"image/svg+xml","size":0,"sha256":"0x` + sum[2:] + `","tags":["ok",7,"",null]}`,
			[]string{"/tags/1 wrong_type", "/tags/3 wrong_type", "/sha256 invalid", "/filename invalid", "/content_type not_allowed", "/size too_small", "/tags/2 required"}},
		{"POST", "/media", base(`1,"tags":"a"`), []string{"/tags wrong_type"}},
		{"POST", "/media", base(`1,"tags":` + many), []string{"/tags too_many"}},
		{"POST", "/media", strings.Replace(base(`1`), sum, strings.Repeat("0", 64), 1), []string{"/sha256 invalid"}},
		{"PATCH", "/media/" + m.ID, `{"filename":null,"tags":null}`, []string{"/filename wrong_type", "/tags wrong_type"}},
		{"PATCH", "/media/" + m.ID, `{"filename":"..","tags":[{}]}`, []string{"/tags/0 wrong_type", "/filename invalid"}},
		{"POST", "/media/finalize", `{"id":7}`, []string{"/id wrong_type"}},
		{"POST", "/media/finalize", `{}`, []string{"/id required"}},
		{"POST", "/media/" + m.ID + "/upload", `[]`, []string{" wrong_type"}},
	} {
		if diff := cmp.Diff(c.want, b.do(c.method, c.path, c.body).faults(t)); diff != "" {
			t.Errorf("%s %s %.80s: %s", c.method, c.path, c.body, diff)
		}
	}
}

func TestSHA256OfEitherCase(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	m := b.pending(t, png)
	upper := strings.Replace(declaration(png), m.SHA256, strings.ToUpper(m.SHA256), 1)
	if got := b.do("POST", "/media", upper).want(t, 201).SHA256; got != m.SHA256 {
		t.Errorf("sha256 %q; want %q", got, m.SHA256)
	}
}

// An id in another spelling names nothing, neither in a path nor in a body.
func TestIDs(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	for _, id := range []string{
		"7", strings.ToUpper(unknown), "{" + unknown + "}", "urn:uuid:" + unknown, strings.ReplaceAll(unknown, "-", ""),
		"019313a4-6d20-4c5e-9a55-0f2b8d1c4e77", "019313a4-6d20-7c5e-1a55-0f2b8d1c4e77", "00000000-0000-0000-0000-000000000000", unknown,
	} {
		for _, path := range []string{"/media/", "/tags/"} {
			req := httptest.NewRequest("GET", "/", nil)
			req.URL.Path = path + id
			b.send(req).refused(t, 404, "not-found")
		}
		b.do("POST", "/media/finalize", naming(id)).refused(t, 404, "not-found")
	}
}

// An answer tells a hundred faults, and no more.
func TestFaultsAreBounded(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	for n, want := range map[int]int{99: 99, 100: 100, 101: 100, 5000: 100} {
		body := numbered(13*n-1, `"%08x":1`, "{", "}") // each member is 13 bytes long, with what is before it
		if got := len(b.do("POST", "/media/"+unknown+"/upload", body).faults(t)); got != want {
			t.Errorf("%d faults of %d", got, n)
		}
	}
	last := b.do("POST", "/media", `{"tags":[`+strings.Repeat("1,", 60)+`1]}`).faults(t)
	if want := []string{"/tags/49 wrong_type", "/tags/50 wrong_type", "/filename required"}; len(last) != 56 || !slices.Equal(last[49:52], want) {
		t.Errorf("%d faults of a list that is too long: %v", len(last), last)
	}
}

// A body may be nested sixteen deep, and a name is told up to its 64th byte.
func TestDepthsAndLengths(t *testing.T) {
	b := newBench(t, httpapi.Config{})
	nested := func(n int) string {
		return `{"name":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + "}"
	}
	b.do("POST", "/tags", nested(16)).refused(t, 422, "validation-error")
	b.do("POST", "/tags", nested(17)).refused(t, 400, "malformed-json")
	for n, want := range map[int]int{63: 63, 64: 64, 65: 64} {
		name := strings.Repeat("a", n)
		if got := b.do("POST", "/tags", `{"name":"a","`+name+`":1}`).faults(t)[0]; got != "/"+name[:want]+" unknown_member" {
			t.Errorf("%d bytes: %s", n, got)
		}
		if got := b.do("GET", "/tags?"+name+"=1", "").refused(t, 400, "invalid-parameter").Parameter; got != name[:want] {
			t.Errorf("%d bytes: %s", n, got)
		}
	}
	cut := strings.Repeat("a", 63) + "ä" // its last character is cut in two
	if got := b.do("GET", "/tags?"+cut+"=1", "").refused(t, 400, "invalid-parameter").Parameter; got != strings.Repeat("a", 63)+"\uFFFD" {
		t.Errorf("cut in two: %q", got)
	}
}
