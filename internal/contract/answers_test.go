package contract_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

const (
	pendingMedia = `{"id":"019313a4-6d20-7c5e-9a55-0f2b8d1c4e77","filename":"a.png","content_type":"image/png","kind":"image","size":1,
		"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","state":"pending","tags":[],
		"created_at":"2026-01-31T12:00:00.123456Z","updated_at":"2026-01-31T12:00:00Z","expires_at":"2026-02-01T12:00:00Z"`
	uploadPlan = `,"upload":{"part_size":1,"part_count":1,"expires_at":"2026-01-31T12:15:00Z","requests":[
		{"part":1,"offset":0,"length":1,"method":"PUT","url":"https://store.example/a?b=c","headers":{"Content-Type":"image/png"}}]}`
	rejectedUpload = `{"type":"urn:mediakit:problem:upload-rejected","code":"upload-rejected","title":"Upload rejected","status":422,"detail":"This is not it."`
	notFound       = `{"type":"urn:mediakit:problem:not-found","code":"not-found","title":"Not found","status":404,"detail":"There is none."`
)

// TestDocumentRefuses makes sure that the document accepts a good answer and refuses one
// that is a little off. Otherwise the tests of the handler would show nothing.
func TestDocumentRefuses(t *testing.T) {
	v := newValidator(t, readDocument(t))
	media, problem := "application/json", "application/problem+json"
	for name, test := range map[string]struct {
		path        string
		status      int
		contentType string
		body        string
		good        bool
	}{
		"pending":            {"/media", 201, media, pendingMedia + uploadPlan + "}", true},
		"no upload":          {"/media", 201, media, pendingMedia + "}", false},
		"unknown member":     {"/media", 201, media, pendingMedia + uploadPlan + `,"object_key":"k"}`, false},
		"ready_at":           {"/media", 201, media, pendingMedia + uploadPlan + `,"ready_at":"2026-01-31T12:00:00Z"}`, false},
		"null":               {"/media", 201, media, pendingMedia + uploadPlan + `,"width":null}`, false},
		"upload too many":    {"/media/finalize", 200, media, pendingMedia + uploadPlan + "}", false},
		"problem":            {"/media", 404, problem, notFound + "}", true},
		"rejected":           {"/media/finalize", 422, problem, rejectedUpload + `,"reason":"content-mismatch","found":"image/heic"}`, true},
		"rejected for none":  {"/media/finalize", 422, problem, rejectedUpload + `,"found":"image/heic"}`, false},
		"found is no type":   {"/media/finalize", 422, problem, rejectedUpload + `,"reason":"content-mismatch","found":"HEIC"}`, false},
		"missing":            {"/media/tags", 404, problem, notFound + `,"missing":["7"]}`, true},
		"missing none":       {"/media/tags", 404, problem, notFound + `,"missing":[]}`, false},
		"missing of one":     {"/media/finalize", 404, problem, notFound + `,"missing":["7"]}`, false},
		"problem's member":   {"/media", 404, problem, notFound + `,"cause":"SQL"}`, false},
		"another problem":    {"/media", 409, problem, notFound + "}", false},
		"problem as JSON":    {"/media", 404, media, notFound + "}", false},
		"status that is not": {"/media", 418, problem, notFound + "}", false},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, test.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			answer := &http.Response{StatusCode: test.status, Body: io.NopCloser(strings.NewReader(test.body)), Header: http.Header{
				"Content-Type": {test.contentType}, "X-Request-Id": {"a"}, "Cache-Control": {"no-store"}, "Location": {"/media/1"},
			}}
			if good, errs := v.ValidateHttpResponse(request, answer); good != test.good {
				t.Errorf("good: %v, not %v: %v", good, test.good, errs)
			}
		})
	}
}
