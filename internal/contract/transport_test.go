package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	validator "github.com/pb33f/libopenapi-validator"
)

// badRequest is the context key that marks a request that the document refuses.
type badRequest struct{}

// sightings is a transport that validates requests and answers against the document, and
// remembers which answers it has seen.
type sightings struct {
	t         *testing.T
	doc       document
	validator validator.Validator

	mu   sync.Mutex
	seen map[string]bool // as in document.promises
}

func newSightings(t *testing.T) *sightings {
	t.Helper()
	text, err := json.Marshal(withRefusals(parseDocument(t)))
	if err != nil {
		t.Fatal(err)
	}
	return &sightings{t: t, doc: parseDocument(t), validator: newValidator(t, text), seen: make(map[string]bool)}
}

// withRefusals adds operations for the methods that paths don't have, and a path that
// doesn't exist, so that the answers to these are validated too.
func withRefusals(doc document) document {
	for _, path := range doc.object("paths") {
		for _, method := range methods {
			if item := path.(map[string]any); item[method] == nil {
				item[method] = refusal("405", "MethodNotAllowed")
			}
		}
	}
	doc.object("paths")["/nowhere"] = map[string]any{"get": refusal("404", "NotFound")}
	return doc
}

func refusal(status, response string) map[string]any {
	return map[string]any{"responses": map[string]any{status: map[string]any{"$ref": "#/components/responses/" + response}}}
}

// RoundTrip validates a request, unless it is marked as bad, and its answer.
func (s *sightings) RoundTrip(req *http.Request) (*http.Response, error) {
	sent, err := drain(&req.Body)
	if err != nil {
		return nil, err
	}
	if req.Context().Value(badRequest{}) == nil {
		s.check(req, nil)
		req.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	received, err := drain(&resp.Body)
	if err != nil {
		return nil, err
	}
	if req.Method != http.MethodHead { // its answer is that of a GET, but has no body
		req.Body = io.NopCloser(bytes.NewReader(sent))
		s.check(req, resp)
		s.note(req, resp, received)
	}
	resp.Body = io.NopCloser(bytes.NewReader(received))
	return resp, nil
}

// drain reads a body and replaces it by one that can be read again.
func drain(body *io.ReadCloser) ([]byte, error) {
	if *body == nil || *body == http.NoBody {
		return nil, nil
	}
	content, err := io.ReadAll(*body)
	if err == nil {
		err = (*body).Close()
	}
	*body = io.NopCloser(bytes.NewReader(content))
	return content, err
}

// check validates a request, or its answer if there is one.
func (s *sightings) check(req *http.Request, resp *http.Response) {
	ok, errs := true, []error(nil)
	if resp == nil {
		valid, found := s.validator.ValidateHttpRequest(req)
		ok = valid
		for _, err := range found {
			errs = append(errs, fmt.Errorf("request: %w %v", err, err.SchemaValidationErrors))
		}
	} else {
		valid, found := s.validator.ValidateHttpResponse(req, resp)
		ok = valid
		for _, err := range found {
			errs = append(errs, fmt.Errorf("%d: %w %v", resp.StatusCode, err, err.SchemaValidationErrors))
		}
	}
	if !ok {
		s.t.Errorf("%s %s: %v", req.Method, req.URL.RequestURI(), errs)
	}
}

// note remembers an answer and looks for headers that the document doesn't name.
func (s *sightings) note(req *http.Request, resp *http.Response, body []byte) {
	op, ok := s.find(req)
	if !ok {
		return
	}
	promise := fmt.Sprintf("%s %d", op.id, resp.StatusCode)
	if resp.StatusCode >= 400 {
		var problem struct{ Code string }
		_ = json.Unmarshal(body, &problem)
		promise += " " + problem.Code
	}
	s.mu.Lock()
	s.seen[promise] = true
	s.mu.Unlock()

	response := s.doc.resolve(op.responses[fmt.Sprint(resp.StatusCode)])
	if response == nil {
		return // check has reported it
	}
	headers, _ := response["headers"].(map[string]any)
	// Any HTTP answer may have these.
	plain := []string{"Content-Type", "Content-Length", "Date", "Connection", "X-Content-Type-Options"}
	for name := range resp.Header {
		named := slices.Contains(plain, name)
		for documented := range headers {
			named = named || http.CanonicalHeaderKey(documented) == name
		}
		if !named {
			s.t.Errorf("%s: the document doesn't name the header %s", promise, name)
		}
	}
}

// find returns the operation of a request. A path without parameters is preferred.
func (s *sightings) find(req *http.Request) (operation, bool) {
	var found operation
	for _, op := range s.doc.operations() {
		if strings.EqualFold(op.method, req.Method) && pathMatches(op.path, req.URL.Path) {
			if found.id == "" || op.path == req.URL.Path {
				found = op
			}
		}
	}
	return found, found.id != ""
}

func pathMatches(template, path string) bool {
	want, have := strings.Split(template, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, have, func(w, h string) bool { return w == h || strings.HasPrefix(w, "{") })
}
