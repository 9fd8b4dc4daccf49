package s3blob

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media"
)

// inParts is an S3 that takes one upload in parts. Each field but the last makes it do
// one thing wrong.
type inParts struct {
	refuses  []string // steps that are answered with 403
	away     string   // a step that is answered with 503
	lax      bool     // takes a part that has another sha256
	noSHA256 bool     // lists the part without its sha256
	noPart   bool     // lists no part
	whole    bool     // has a sha256 over the object, not over its parts

	steps []string // what it was asked for
}

// stepOf names what a request asks for.
func stepOf(r *http.Request, body []byte) string {
	q := r.URL.Query()
	switch {
	case r.Method == http.MethodPost && q.Has("uploads"):
		return "create"
	case r.Method == http.MethodPut && q.Get("partNumber") == "1" && r.Header.Get("X-Amz-Checksum-Sha256") != sumOf(body):
		return "wrong part"
	case r.Method == http.MethodPut && q.Get("partNumber") == "1":
		return "part"
	case r.Method == http.MethodGet && q.Get("uploadId") == "id":
		return "list"
	case r.Method == http.MethodPost && q.Get("uploadId") == "id" && r.Header.Get("If-None-Match") == "*":
		return "complete"
	case r.Method == http.MethodDelete && q.Get("uploadId") == "id":
		return "abort"
	case r.Method == http.MethodHead && r.URL.Path == "/my-bucket/k":
		return "head"
	}
	return "something else"
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// The sha256 of the part that a trial sends, and that over the sha256s of all parts.
var (
	sumOfPart  = sumOf([]byte("a part"))
	sumOfParts = func() string {
		part := sha256.Sum256([]byte("a part"))
		return sumOf(part[:]) + "-1"
	}()
)

// ServeHTTP implements [http.Handler].
func (p *inParts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	step := stepOf(r, body)
	p.steps = append(p.steps, step)
	switch {
	case slices.Contains(p.refuses, step):
		answerError(w, http.StatusForbidden, "AccessDenied")
	case step == p.away:
		answerError(w, http.StatusServiceUnavailable, "SlowDown")
	case step == "create":
		answerXML(w, "InitiateMultipartUploadResult", element("UploadId", "id"))
	case step == "wrong part" && !p.lax:
		answerError(w, http.StatusBadRequest, "BadDigest")
	case step == "part" || step == "wrong part":
		w.Header().Set("ETag", `"part"`)
	case step == "list" && p.noPart:
		answerXML(w, "ListPartsResult")
	case step == "list" && p.noSHA256:
		answerXML(w, "ListPartsResult", element("Part", element("PartNumber", "1")))
	case step == "list":
		answerXML(w, "ListPartsResult", element("Part", element("PartNumber", "1")+element("ChecksumSHA256", sumOfPart)))
	case step == "complete" && strings.Contains(string(body), sumOfPart) && strings.Contains(string(body), "part&#34;"):
		answerXML(w, "CompleteMultipartUploadResult")
	case step == "head" && p.whole:
		w.Header().Set("X-Amz-Checksum-Sha256", sumOfPart)
	case step == "head":
		w.Header().Set("X-Amz-Checksum-Sha256", sumOfParts)
		w.Header().Set("X-Amz-Checksum-Type", "COMPOSITE")
	case step == "abort":
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusTeapot)
	}
}

func answerError(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
}

// TestTryParts: everything that a store may do wrong with parts is found, and the upload
// is dropped.
func TestTryParts(t *testing.T) {
	upToList := []string{"create", "wrong part", "part", "list"}
	for what, c := range map[string]struct {
		s3    inParts
		want  error
		steps []string
	}{
		"nothing":                  {inParts{}, nil, append(upToList, "complete", "head")},
		"no right to create":       {inParts{refuses: []string{"create"}}, media.ErrStoreMisconfigured, []string{"create"}},
		"a wrong part is taken":    {inParts{lax: true}, media.ErrStoreMisconfigured, []string{"create", "wrong part", "abort"}},
		"away at the wrong part":   {inParts{away: "wrong part"}, media.ErrUnavailable, []string{"create", "wrong part", "abort"}},
		"no right to send a part":  {inParts{refuses: []string{"wrong part", "part"}}, media.ErrStoreMisconfigured, []string{"create", "wrong part", "part", "abort"}},
		"away at the part":         {inParts{away: "part"}, media.ErrUnavailable, []string{"create", "wrong part", "part", "abort"}},
		"no right to list":         {inParts{refuses: []string{"list"}}, media.ErrStoreMisconfigured, append(upToList, "abort")},
		"no part in the list":      {inParts{noPart: true}, media.ErrStoreMisconfigured, append(upToList, "abort")},
		"no sha256 in the list":    {inParts{noSHA256: true}, media.ErrStoreMisconfigured, append(upToList, "abort")},
		"no right to complete":     {inParts{refuses: []string{"complete"}}, media.ErrStoreMisconfigured, append(upToList, "complete", "abort")},
		"away at the head":         {inParts{away: "head"}, media.ErrUnavailable, append(upToList, "complete", "head", "abort")},
		"a sha256 over the object": {inParts{whole: true}, media.ErrStoreMisconfigured, append(upToList, "complete", "head", "abort")},
		"no right to abort":        {inParts{noPart: true, refuses: []string{"abort"}}, media.ErrStoreMisconfigured, append(upToList, "abort")},
	} {
		t.Run(what, func(t *testing.T) {
			err := serve(t, c.s3.ServeHTTP).tryParts(t.Context(), "k")
			if !errors.Is(err, c.want) {
				t.Errorf("tryParts = %v, want %v", err, c.want)
			}
			if diff := cmp.Diff(c.steps, c.s3.steps); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			left := slices.Contains(c.s3.refuses, "abort")
			if err != nil && strings.Contains(err.Error(), "the upload id of k may be left behind") != left {
				t.Errorf("tryParts = %v, want it to name an upload that is left behind: %t", err, left)
			}
		})
	}
}
