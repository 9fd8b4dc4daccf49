package contract_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	ordered "github.com/pb33f/libopenapi/json"
)

const (
	source    = "../../httpapi/openapi.yaml"
	generated = "../../httpapi/openapi.json"
)

var update = flag.Bool("update", false, "generate openapi.json from openapi.yaml")

// methods lists the methods of operations, as the document spells them. HEAD is not among
// them: it comes with GET.
var methods = []string{"get", "post", "put", "patch", "delete"}

func TestDocumentIsGenerated(t *testing.T) {
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		t.Fatal(err)
	}
	want, err := ordered.YAMLNodeToJSON(&node, "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(bytes.TrimRight(want, "\n"), '\n')
	if *update {
		if err := os.WriteFile(generated, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have := readDocument(t); !bytes.Equal(have, want) {
		t.Error("openapi.json is not what openapi.yaml says: go generate ./httpapi")
	}
}

func TestDocumentIsOpenAPI(t *testing.T) {
	if ok, errs := newValidator(t, readDocument(t)).ValidateDocument(); !ok {
		for _, err := range errs {
			t.Error(err)
		}
	}
}

func TestDocumentIsComplete(t *testing.T) {
	doc := parseDocument(t)
	used := make(map[string]bool)
	eachRef(doc, func(ref string) { used[ref] = true })
	// This is the answer to methods that a path doesn't have.
	used["#/components/responses/MethodNotAllowed"] = true
	for section, entries := range doc.object("components") {
		for name := range entries.(map[string]any) {
			if ref := "#/components/" + section + "/" + name; !used[ref] {
				t.Errorf("%s is used nowhere", ref)
			}
		}
	}
	for _, op := range doc.operations() {
		for status, response := range op.responses {
			headers, _ := doc.resolve(response)["headers"].(map[string]any)
			if headers["X-Request-Id"] == nil {
				t.Errorf("%s %s: no X-Request-Id", op.id, status)
			}
			if (headers["Retry-After"] != nil) != (status == "503") {
				t.Errorf("%s %s: Retry-After stands with 503 and nothing else", op.id, status)
			}
			if cached := op.method == "get" && (status == "200" || status == "304"); (headers["ETag"] != nil) != cached {
				t.Errorf("%s %s: ETag stands with what GET answers and nothing else", op.id, status)
			}
		}
	}
}

// TestDocumentIsStrict makes sure that no schema lets members through that it doesn't name.
func TestDocumentIsStrict(t *testing.T) {
	doc := parseDocument(t)
	for name, schema := range doc.object("components", "schemas") {
		s := schema.(map[string]any)
		_, composed := s["allOf"]
		open := s["additionalProperties"] == nil && s["unevaluatedProperties"] == nil
		if (s["type"] == "object" || composed) && open && !strings.HasSuffix(name, "Fields") {
			t.Errorf("%s takes members that it doesn't name", name)
		}
	}
}

func readDocument(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(generated)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func newValidator(t *testing.T, text []byte) validator.Validator {
	t.Helper()
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc, config.WithFormatAssertions())
	for _, err := range errs {
		t.Fatal(err)
	}
	return v
}

// document is the OpenAPI document as plain JSON.
type document map[string]any

func parseDocument(t *testing.T) document {
	t.Helper()
	var doc document
	if err := json.Unmarshal(readDocument(t), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func (d document) object(path ...string) map[string]any {
	at := map[string]any(d)
	for _, name := range path {
		at, _ = at[name].(map[string]any)
	}
	return at
}

// resolve follows value if it is a reference.
func (d document) resolve(value any) map[string]any {
	object, _ := value.(map[string]any)
	if ref, ok := object["$ref"].(string); ok {
		return d.object(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return object
}

type operation struct {
	id, method, path string
	responses        map[string]any
}

// operations returns all operations, sorted by path and method.
func (d document) operations() []operation {
	var all []operation
	paths := d.object("paths")
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for _, method := range methods {
			if op := d.object("paths", path, method); op != nil {
				all = append(all, operation{op["operationId"].(string), method, path, op["responses"].(map[string]any)})
			}
		}
	}
	return all
}

// promises lists the answers that an operation may give, such as "listTags 200". Those that
// are problems have their code too: "listTags 400 invalid-cursor".
func (d document) promises(op operation) []string {
	var all []string
	for status, response := range op.responses {
		content, _ := d.resolve(response)["content"].(map[string]any)
		problem, ok := content["application/problem+json"].(map[string]any)
		if !ok {
			all = append(all, op.id+" "+status)
			continue
		}
		schema := problem["schema"].(map[string]any)
		alternatives, ok := schema["oneOf"].([]any)
		if !ok {
			alternatives = []any{schema}
		}
		for _, alternative := range alternatives {
			code := document(d.resolve(alternative)).object("properties", "code")["const"]
			all = append(all, fmt.Sprintf("%s %s %s", op.id, status, code))
		}
	}
	slices.Sort(all)
	return all
}

// eachRef visits every reference below value.
func eachRef(value any, visit func(ref string)) {
	switch v := value.(type) {
	case document:
		eachRef(map[string]any(v), visit)
	case map[string]any:
		for name, member := range v {
			if ref, ok := member.(string); ok && name == "$ref" {
				visit(ref)
			}
			eachRef(member, visit)
		}
	case []any:
		for _, element := range v {
			eachRef(element, visit)
		}
	}
}
