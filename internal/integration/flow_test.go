package integration_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// samples are files that real encoders wrote, with the type that a client declares.
var samples = map[string]string{
	"sample.jpg": "image/jpeg", "sample.png": "image/png", "sample.gif": "image/gif", "sample.webp": "image/webp",
	"sample.avif": "image/avif", "sample.heic": "image/heic", "sample.bmp": "image/bmp",
	"sample.mp4": "video/mp4", "sample-msnv.mp4": "video/mp4", "sample.mov": "video/quicktime", "sample.m4v": "video/x-m4v",
	"sample.webm": "video/webm", "sample.mkv": "video/x-matroska", "sample.mpeg": "video/mpeg", "sample.ogv": "video/ogg",
	"sample.3gp": "video/3gpp", "sample.avi": "video/x-msvideo",
}

// sizeOf returns what JSON tells of a sample's size.
func sizeOf(name string) (width, height any) {
	if filepath.Ext(name) == ".3gp" { // of H.263 there are few sizes
		return 128.0, 96.0
	}
	return 64.0, 48.0
}

func TestFlow(t *testing.T) { onEachSetup(t, flow) }

func flow(t *testing.T, environ map[string]string) {
	s := startServer(t, environ)
	s.do(t, "GET", "/livez", nil).want(t, 200)
	for name, contentType := range samples {
		t.Run(name, func(t *testing.T) { wholeLife(t, s, name, contentType) })
	}
	refused, err := os.ReadDir("testdata/media/refused")
	if err != nil || len(refused) < 3 {
		t.Fatalf("%d files to refuse, %v; want HTML, SVG and ZIP", len(refused), err)
	}
	for _, file := range refused {
		t.Run("refused "+file.Name(), func(t *testing.T) { refuse(t, s, filepath.Join("refused", file.Name())) })
	}
}

// wholeLife does with one file all that a client can do.
func wholeLife(t *testing.T, s *server, name, contentType string) {
	content := sample(t, name)
	created := s.do(t, "POST", "/media", declare(name, contentType, content, "All", name)).want(t, 201)
	id := created.json["id"].(string)
	if location := created.header.Get("Location"); location != "/media/"+id {
		t.Errorf("Location %q", location)
	}
	if code := s.do(t, "POST", "/media/finalize", map[string]any{"id": id}).want(t, 409).json["code"]; code != "upload-incomplete" {
		t.Errorf("finalize before the upload: %v", code)
	}
	if status := send(t, created.json["upload"], append(bytes.Clone(content[:len(content)-1]), content[len(content)-1]^1)).status; status/100 != 4 {
		t.Errorf("other bytes: status %d; want 4xx", status)
	}
	upload := s.do(t, "POST", "/media/"+id+"/upload", nil).want(t, 200).json
	if status := send(t, upload, content).status; status/100 != 2 {
		t.Fatalf("upload: status %d", status)
	}
	if status := send(t, upload, content).status; status != http.StatusPreconditionFailed {
		t.Errorf("second upload: status %d; want 412", status)
	}
	ready := s.do(t, "POST", "/media/finalize", map[string]any{"id": id}).want(t, 200).json
	if ready["state"] != "ready" || ready["sha256_status"] != "verified" {
		t.Errorf("finalized: %v", ready)
	}
	if width, height := sizeOf(name); ready["width"] != width || ready["height"] != height {
		t.Errorf("%v by %v; want %v by %v", ready["width"], ready["height"], width, height)
	}
	got := s.do(t, "GET", "/media/"+id+"?disposition=attachment", nil).want(t, 200).json
	file := download(t, got)
	if !bytes.Equal(file.body, content) || file.header.Get("Content-Type") != contentType {
		t.Errorf("downloaded %d bytes of %s; want %d of %s", len(file.body), file.header.Get("Content-Type"), len(content), contentType)
	}
	if d := file.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || !strings.Contains(d, name) {
		t.Errorf("Content-Disposition %q", d)
	}
	listed := s.do(t, "GET", "/media?tag=ALL&tag="+url.QueryEscape(strings.ToUpper(name)), nil).want(t, 200).json["items"].([]any)
	if len(listed) != 1 || listed[0].(map[string]any)["id"] != id {
		t.Errorf("listed by tags: %v", listed)
	}
	s.do(t, "PATCH", "/media/"+id, map[string]any{"tags": []string{"Kept " + name}}).want(t, 200)
	if items := s.do(t, "GET", "/media?tag="+url.QueryEscape(name), nil).want(t, 200).json["items"].([]any); len(items) != 0 {
		t.Errorf("listed by a tag that it carries no more: %v", items)
	}
	s.do(t, "DELETE", "/media/"+id, nil).want(t, 204)
	s.do(t, "GET", "/media/"+id, nil).want(t, 404)
	if status := download(t, got).status; status != http.StatusNotFound {
		t.Errorf("download after the delete: status %d; want 404: its bytes are there", status)
	}
}

// refuse uploads a file that is no picture as if it were one.
func refuse(t *testing.T, s *server, name string) {
	content := sample(t, name)
	created := s.do(t, "POST", "/media", declare("picture.png", "image/png", content)).want(t, 201).json
	if status := send(t, created["upload"], content).status; status/100 != 2 {
		t.Fatalf("upload: status %d", status)
	}
	rejected := s.do(t, "POST", "/media/finalize", map[string]any{"id": created["id"]}).want(t, 422).json
	if rejected["code"] != "upload-rejected" || rejected["reason"] != "content-mismatch" {
		t.Errorf("finalized: %v", rejected)
	}
	// The object is gone, or else "only if nothing is there" would refuse this.
	if status := send(t, created["upload"], content).status; status/100 != 2 {
		t.Errorf("its object is still there: status %d", status)
	}
	failed := s.do(t, "GET", "/media/"+created["id"].(string), nil).want(t, 200).json
	if failed["state"] != "failed" || failed["download"] != nil {
		t.Errorf("rejected: %v", failed)
	}
}
