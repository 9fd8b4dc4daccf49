package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/httpapi"
)

// legalSize is how many bytes a body may have. Servers accept shorter queries and headers.
const legalSize = 64 << 10

// refusalBudget is what a request of legal size may cost before it is refused: 5 ms, as the
// contract says, without the race detector.
const refusalBudget = 5 * time.Millisecond * slowdown

// hostileTexts are repeated until they are as long as possible. Each is expensive for
// something that is done with texts: unescaping, folding, normal forms, rules about
// neighbors.
var hostileTexts = map[string]string{
	"letters": "a", "capitals": "A", "spaces": " ", "names": "a b", "slashes": "/", "tildes": "~1", "dots": ".",
	"wide": "Ａ", "expanding": "ΐ", "sharp s": "ß", "ligatures": "ﷺ", "kana and mark": "ﾊﾟ", "jamo": "\u1100\u1161\u11a8",
	"marks": "\u0301", "a letter and marks": "a\u0323\u0301", "marks out of order": "\u0301\u0323", "marks that split": "\u0344",
	"flag and tags": "\U0001F3F4\U000E0067\U000E0062", "tags": "\U000E0067", "flags": "\U0001F1E9\U0001F1EA",
	"emoji joined": "\U0001F469\U0001F3FD\u200D", "skin tones": "\U0001F3FD", "selectors": "\uFE0F", "joiners": "\u200D",
	"non-joiners": "\u200C", "viramas": "\u09CD\u200D", "vowel separators": "\u180E", "grapheme joiners": "\u034F",
	"pasted": "\u200B\u200E", "overrides": "\u202E", "lost": "\uFFFD", "NUL": "\x00", "line ends": "\r\n", "quotes": `"`, "backslashes": `\`,
}

// long returns a text of about n bytes.
func long(text string, n int) string { return strings.Repeat(text, max(1, n/len(text))) }

// hostileValues are JSON values of about legalSize, for any member of a body.
func hostileValues() map[string]string {
	const n = legalSize - 1<<10 // the rest is for what stands around it
	values := map[string]string{
		"numbers":        "[" + long("1,", n) + "1]",
		"nulls":          "[" + long("null,", n) + "null]",
		"empty texts":    "[" + long(`"",`, n) + `""]`,
		"objects":        "[" + long("{},", n) + "{}]",
		"lists":          "[" + long("[],", n) + "[]]",
		"nested":         long("[", 14) + "[" + long("[1],", n) + "[1]]" + long("]", 14),
		"digits":         long("1", n),
		"negative":       "-" + long("1", n),
		"fraction":       "0." + long("1", n),
		"exponent":       "1e" + long("1", n),
		"members":        numbered(n, `"%x":1`, "{", "}"),
		"members within": "[" + numbered(n, `"%x":1`, "{", "}") + "]",
		"members deep":   long(`[{"a":`, 7*6) + numbered(n, `"%03x":1`, "{", "}") + long("}]", 7*2),
		"objects within": "[" + long(`{"a":1},`, n) + `{"a":1}]`,
		"ids":            numbered(n, `"019313a4-6d20-7c5e-9a55-%012x"`, "[", "]"),
		"escapes":        `"` + long(`\u0061`, n) + `"`,
		"pairs":          `"` + long(`\ud83d\ude00`, n) + `"`,
		"lone surrogate": `"` + long(`a`, n) + `\ud83d"`,
		"broken off":     "[" + long(`"a",`, n),
	}
	for name, text := range hostileTexts {
		values[name] = quote(long(text, n/2))
		values["list of "+name] = "[" + long(quote(long(text, n/60))+",", n/2) + `"a"]`
	}
	return values
}

// numbered returns a list of elements that differ, of about n bytes.
func numbered(n int, element, begin, end string) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(begin + fmt.Sprintf(element, i))
		begin = ","
	}
	return b.String() + end
}

func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}

// hostileBodies are bodies for a route whose body has these members.
func hostileBodies(members []string) map[string]string {
	const n = legalSize - 64
	bodies := map[string]string{
		"spaces":            long(" ", n),
		"brackets":          long("[", n),
		"unknown members":   numbered(n, `"%x":1`, "{", "}"),
		"escaped names":     numbered(n, `"~/~/\u0061%x":1`, "{", "}"),
		"a long name":       `{"` + long("~/", n) + `":1}`,
		"a duplicate":       numbered(n, `"%x":1`, "{", `,"0":1}`),
		"members broken":    numbered(n, `"%x":1`, "{", ""),
		"data that follows": "{}" + long("{}", n),
	}
	for name, value := range hostileValues() {
		bodies[name] = value
		bodies["unknown: "+name] = `{"unknown":` + value + "}"
		for _, member := range members {
			bodies[member+": "+name] = fmt.Sprintf("{%q:%s}", member, value)
		}
	}
	return bodies
}

// hostileQueries are queries for a route that has these parameters.
func hostileQueries(parameters []string) map[string]string {
	const n = legalSize
	queries := map[string]string{
		"unknown":        "x=" + long("a", n),
		"many":           numbered(n, "%x=", "", ""),
		"separators":     long("&", n),
		"equals":         long("=", n),
		"semicolons":     long("a;", n),
		"bad at the end": long("a&", n) + "%zz",
		"bad escapes":    long("%zz", n),
		"a long name":    long("%61", n) + "=1",
		"not UTF-8":      long("%ff", n),
	}
	for _, parameter := range parameters {
		queries[parameter+" repeated"] = long(parameter+"=a&", n) + parameter + "=a"
		for name, text := range hostileTexts {
			queries[parameter+" of "+name] = parameter + "=" + url.QueryEscape(long(text, n/3))
			queries[parameter+" repeated, of "+name] = long(parameter+"="+url.QueryEscape(long(text, n/3/20))+"&", n)
		}
	}
	return queries
}

// hostileHeaders are values for a header of a request.
func hostileHeaders() map[string]string {
	const n = legalSize
	headers := map[string]string{
		"letters": long("a", n), "commas": long(",", n), "spaces": "a" + long(" ", n), "quotes": long(`"`, n),
		"tags": long(`"1.a",`, n), "weak tags": long(`W/"",`, n), "versions": numbered(n, `"%d.a"`, "", ""),
		"type":       "application/json" + long("; charset=utf-8", n),
		"parameters": numbered(n, "a%x=b", "application/json;", ""),
		"continued":  numbered(n, "a*%d=b", "application/json;", ""),
		"encoded":    "application/json; charset*=utf-8''" + long("%61", n),
		"quoted":     `application/json; charset="` + long(`\u`, n) + `"`,
	}
	headers["versions"] = strings.ReplaceAll(headers["versions"], `""`, `","`)
	headers["parameters"] = strings.ReplaceAll(headers["parameters"], ",", ";")
	headers["continued"] = strings.ReplaceAll(headers["continued"], ",", ";")
	return headers
}

// operation is what the document says about the requests of a route.
type operation struct {
	method, path string
	queries      []string
	headers      []string
	members      []string // of the body
	hasBody      bool
}

// operations reads the document that the API serves.
func operations(t testing.TB, b *bench) []operation {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(b.do("GET", "/openapi.json", "").body), &doc); err != nil {
		t.Fatal(err)
	}
	var resolve func(value any) map[string]any
	resolve = func(value any) map[string]any {
		object, _ := value.(map[string]any)
		ref, ok := object["$ref"].(string)
		if !ok {
			return object
		}
		at := any(doc)
		for name := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
			at = at.(map[string]any)[name]
		}
		return resolve(at)
	}
	var all []operation
	for path, item := range doc["paths"].(map[string]any) {
		for method, value := range item.(map[string]any) {
			described, ok := value.(map[string]any)
			if !ok {
				continue // these are the parameters that all methods share
			}
			op := operation{method: strings.ToUpper(method), path: path, headers: []string{"Content-Type"}}
			parameters, _ := described["parameters"].([]any)
			for _, value := range parameters {
				switch p := resolve(value); p["in"] {
				case "query":
					op.queries = append(op.queries, p["name"].(string))
				case "header":
					op.headers = append(op.headers, p["name"].(string))
				}
			}
			if request := resolve(described["requestBody"]); request != nil {
				content := request["content"].(map[string]any)["application/json"].(map[string]any)
				members, _ := resolve(content["schema"])["properties"].(map[string]any)
				op.members, op.hasBody = slices.Sorted(maps.Keys(members)), true
			}
			all = append(all, op)
		}
	}
	return all
}

// hostileRequest is a request that tries to cost more than it should.
type hostileRequest struct {
	name         string
	method, path string // the path with its query
	body         string
	header       map[string]string
}

func (r hostileRequest) request() *http.Request {
	req := httptest.NewRequest(r.method, "/", strings.NewReader(r.body))
	req.URL.Path, req.URL.RawQuery, _ = strings.Cut(r.path, "?")
	req.Header.Set("Content-Type", "application/json")
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	return req
}

// hostileRequests returns all of them for an operation.
func hostileRequests(op operation, path string) []hostileRequest {
	route := op.method + " " + op.path
	var all []hostileRequest
	for name, query := range hostileQueries(op.queries) {
		all = append(all, hostileRequest{name: route + " query " + name, method: op.method, path: path + "?" + query})
	}
	for _, header := range op.headers {
		for name, value := range hostileHeaders() {
			all = append(all, hostileRequest{name: route + " " + header + " " + name, method: op.method, path: path, body: "{}", header: map[string]string{header: value}})
		}
	}
	if op.hasBody {
		for name, body := range hostileBodies(op.members) {
			all = append(all, hostileRequest{name: route + " body " + name, method: op.method, path: path, body: body})
		}
	}
	return all
}

// hostileBench returns an API that has a media and a tag, and a function that puts their ids
// into the path of an operation.
func hostileBench(t testing.TB) (*bench, func(operation) string) {
	b := newBench(t, httpapi.Config{})
	m := b.pending(t, png, "Sea")
	return b, func(op operation) string {
		id := m.ID
		if strings.HasPrefix(op.path, "/tags") {
			id = m.Tags[0].ID
		}
		return strings.ReplaceAll(op.path, "{id}", id)
	}
}

// checkHostile fails the test unless the request is cheap, and its answer small and complete.
func checkHostile(t testing.TB, b *bench, r hostileRequest) {
	t.Helper()
	const largest = 32 << 10
	a, took := cost(t, b, r)
	switch {
	case took > refusalBudget:
		t.Errorf("%s costs %v", r.name, took)
	case a.status >= 500:
		t.Errorf("%s: %d", r.name, a.status)
	case a.status >= 400 && len(a.body) > largest:
		t.Errorf("%s: %d, %d bytes", r.name, a.status, len(a.body))
	case a.status == 422:
		var problem thing
		if err := json.Unmarshal([]byte(a.body), &problem); err != nil || len(problem.Errors) > 100 {
			t.Errorf("%s: %d errors, %v", r.name, len(problem.Errors), err)
		}
	}
}

// No request of legal size costs more than the budget, and its answer stays small. This is
// tried on every route, with every member of its body, every parameter and every header that
// the document names.
func TestHostileRequests(t *testing.T) {
	b, path := hostileBench(t)
	for _, op := range operations(t, b) {
		for i, r := range hostileRequests(op, path(op)) {
			if i%slowdown == 0 { // the order differs from run to run
				checkHostile(t, b, r)
			}
		}
	}
}

// FuzzRequests: no request breaks the API.
func FuzzRequests(f *testing.F) {
	b, path := hostileBench(f)
	all := operations(f, b)
	for i, op := range all {
		f.Add(i, strings.Join(op.queries, "=a&"), `"1.a"`, `{"`+strings.Join(op.members, `":["a",1],"`)+`":"a"}`)
	}
	f.Fuzz(func(t *testing.T, i int, query, header, body string) {
		if len(query) > legalSize || len(header) > legalSize || i < 0 {
			return
		}
		op := all[i%len(all)]
		r := hostileRequest{name: op.method + " " + op.path, method: op.method, path: path(op) + "?" + query, body: body, header: map[string]string{}}
		for _, name := range op.headers[1:] { // but Content-Type
			r.header[name] = header
		}
		checkHostile(t, b, r)
	})
}
