package integration_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/blob/fileblob"
	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/httpapi/expvarmetrics"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage/sqlite"
	"github.com/seed-f0df946f/mediakit/tags"
)

// mount puts media at a path of an app's mux and keeps all of them in a folder. The README
// shows the same code without the errors.
func mount(ctx context.Context, mux *http.ServeMux, url, path, dir string, secret []byte, metrics *expvarmetrics.Metrics) error {
	store, err := sqlite.Open(ctx, filepath.Join(dir, "media.db"), nil)
	if err != nil {
		return err
	}
	err = migrations.Up(ctx, store.DB())
	if err != nil {
		return err
	}
	blobs, err := fileblob.New(filepath.Join(dir, "blobs"), &fileblob.Options{BaseURL: url + path + "/blobs", Secret: secret})
	if err != nil {
		return err
	}
	service, err := media.NewService(store.Media(), blobs, nil)
	if err != nil {
		return err
	}
	tagService, err := tags.NewService(store.Tags(), nil)
	if err != nil {
		return err
	}
	api, err := httpapi.New(httpapi.Config{
		Media: service, Tags: tagService, BasePath: path, Observe: metrics.Observe,
	})
	if err != nil {
		return err
	}
	mux.Handle(path+"/", api)
	mux.Handle(path+"/blobs/", blobs)
	return nil
}

// TestReadmeEmbeds compares the Go code in the README with the code above, which other
// tests run.
func TestReadmeEmbeds(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("host_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(source), "metrics *expvarmetrics.Metrics) error {\n")
	body, _, _ = strings.Cut(body, "\treturn nil\n}\n")
	body = strings.ReplaceAll(body, "\tif err != nil {\n\t\treturn err\n\t}\n", "")
	body = regexp.MustCompile(`(?m)^\t`).ReplaceAllString(body, "")
	blocks := codeBlocks(t, "README.md", "go")
	if len(blocks) != 1 || blocks[0] != body {
		t.Errorf("the README shows %q; want\n%s", blocks, body)
	}
}

// TestTwoInOneProcess mounts two services, which share nothing.
func TestTwoInOneProcess(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	process := httptest.NewServer(mux)
	t.Cleanup(process.Close)
	var services [2]*server
	var metrics [2]expvarmetrics.Metrics
	for i, path := range []string{"/first", "/second/api"} {
		secret := make([]byte, 32)
		rand.Read(secret) // never fails
		if err := mount(t.Context(), mux, process.URL, path, t.TempDir(), secret, &metrics[i]); err != nil {
			t.Fatal(err)
		}
		services[i] = &server{base: process.URL + path}
	}
	first, second := services[0], services[1]
	content := sample(t, "sample.png")
	created := first.do(t, "POST", "/media", declare("a.png", "image/png", content, "Beach")).want(t, 201).json
	id := created["id"].(string)

	astray := uploadRequest(t, created["upload"], bytes.NewReader(content))
	astray.URL.Path = strings.Replace(astray.URL.Path, "/first/", "/second/api/", 1)
	roundTrip(t, astray).want(t, 403)
	send(t, created["upload"], content).want(t, 200)
	second.do(t, "POST", "/media/finalize", map[string]any{"id": id}).want(t, 404)
	first.do(t, "POST", "/media/finalize", map[string]any{"id": id}).want(t, 200)
	second.do(t, "GET", "/media/"+id, nil).want(t, 404)
	for i, want := range []int{1, 0} {
		if items := services[i].do(t, "GET", "/media", nil).want(t, 200).json["items"].([]any); len(items) != want {
			t.Errorf("service %d lists %d media; want %d", i, len(items), want)
		}
		if items := services[i].do(t, "GET", "/tags", nil).want(t, 200).json["items"].([]any); len(items) != want {
			t.Errorf("service %d lists %d tags; want %d", i, len(items), want)
		}
	}
	if shown := metrics[0].String(); !strings.Contains(shown, `"201"`) {
		t.Errorf("the first's metrics: %s", shown)
	}
	if shown := metrics[1].String(); strings.Contains(shown, `"201"`) {
		t.Errorf("the second's metrics count what the first answered: %s", shown)
	}
}
