package contract_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/tags"
)

// unknownID has the right form, but nothing has it.
const unknownID = "019313a4-6d20-7c5e-9a55-0f2b8d1c4e77"

// world is the API over the stores in memory, with a clock that a test sets and faults that
// it makes.
type world struct {
	client *http.Client
	api    string // the URL of the handler
	seen   *sightings

	mu    sync.Mutex
	now   time.Time
	fault error // what both stores answer, if it is set
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{now: time.Now().UTC()}
	blobs := memblob.New(&memblob.Options{Now: w.clock})
	blobServer := httptest.NewServer(blobs)
	t.Cleanup(blobServer.Close)
	blobs.SetBaseURL(blobServer.URL)

	store := memory.New()
	mediaService, err := media.NewService(faultyMedia{store.Media(), w}, faultyBlobs{blobs, w}, &media.Options{Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	tagService, err := tags.NewService(faultyTags{store.Tags(), w}, &tags.Options{Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := httpapi.New(httpapi.Config{
		Media:  mediaService,
		Tags:   tagService,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	w.api = server.URL
	w.seen = newSightings(t)
	w.client = &http.Client{Transport: w.seen}
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) sleep(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) broken() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fault
}

func (w *world) setFault(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = err
}

// call is a request and the answer that it should get.
type call struct {
	method, path string
	body         string
	header       map[string]string
	bad          bool  // the document refuses the request too
	fault        error // what the stores answer meanwhile

	status int
	code   string // of a problem
}

type answer struct {
	header http.Header
	body   []byte
}

// do makes a call and returns its answer.
func (w *world) do(t *testing.T, c call) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), c.method, w.api+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	if c.body == "" {
		req.Body, req.ContentLength = http.NoBody, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.header {
		req.Header.Set(name, value)
	}
	if c.bad {
		req = req.WithContext(context.WithValue(req.Context(), badRequest{}, true))
	}
	w.setFault(c.fault)
	defer w.setFault(nil)
	resp, err := w.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var problem struct{ Code string }
	if resp.StatusCode >= 400 {
		_ = json.Unmarshal(body, &problem) // the transport has reported what isn't JSON
	}
	if resp.StatusCode != c.status || problem.Code != c.code {
		t.Errorf("%s %s: %d %s, not %d %s\n%s", c.method, c.path, resp.StatusCode, problem.Code, c.status, c.code, body)
	}
	return answer{resp.Header, body}
}

// item has the members of a media, a tag or a page that the tests look at.
type item struct {
	ID         string
	Items      []item
	NextCursor string `json:"next_cursor"`
	MediaCount *int   `json:"media_count"`
	Upload     struct {
		Requests []struct {
			Method, URL string
			Headers     map[string]string
		}
	}
	Download struct{ URL string }
}

func (a answer) item(t *testing.T) item {
	t.Helper()
	var i item
	if err := json.Unmarshal(a.body, &i); err != nil {
		t.Errorf("%v: %s", err, a.body)
	}
	return i
}

// file is the content of a file and its declaration.
type file struct {
	content     []byte
	declaration string
}

// newFile returns a picture of n pixels, or a text in the place of one.
func newFile(t *testing.T, n int, isPicture bool) file {
	t.Helper()
	var content bytes.Buffer
	if isPicture {
		if err := png.Encode(&content, image.NewGray(image.Rect(0, 0, n, 1))); err != nil {
			t.Fatal(err)
		}
	} else {
		fmt.Fprintf(&content, "no picture, %d", n)
	}
	return declared(content.Bytes())
}

// declared returns a file that is declared as a picture, whatever it is.
func declared(content []byte) file {
	sum := sha256.Sum256(content)
	return file{content, fmt.Sprintf(`{"filename":"dot.png","content_type":"image/png","size":%d,"sha256":"%s","tags":["Beach","Sunset"]}`,
		len(content), hex.EncodeToString(sum[:]))}
}

// declare creates a media for f.
func (w *world) declare(t *testing.T, f file) item {
	t.Helper()
	return w.do(t, call{method: "POST", path: "/media", body: f.declaration, status: 201}).item(t)
}

// put uploads content with the request that was signed for it.
func put(t *testing.T, upload item, content []byte) {
	t.Helper()
	if len(upload.Upload.Requests) != 1 {
		t.Fatalf("%d upload requests, not one", len(upload.Upload.Requests))
	}
	signed := upload.Upload.Requests[0]
	req, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range signed.Headers {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("upload: %s", resp.Status)
	}
}

// ready makes a media and brings it to be ready.
func (w *world) ready(t *testing.T, f file) item {
	t.Helper()
	m := w.declare(t, f)
	put(t, m, f.content)
	return w.do(t, call{method: "POST", path: "/media/finalize", body: naming(m), status: 200}).item(t)
}

func naming(m item) string { return fmt.Sprintf(`{"id":%q}`, m.ID) }

// The stores with the world's faults, in the methods that the API calls.

type faultyMedia struct {
	media.Repository
	w *world
}

func (r faultyMedia) Create(ctx context.Context, d media.Draft) (media.Media, bool, error) {
	m, replayed, err := r.Repository.Create(ctx, d)
	return m, replayed, cmp.Or(r.w.broken(), err)
}

func (r faultyMedia) Get(ctx context.Context, id uuid.UUID) (media.Media, error) {
	m, err := r.Repository.Get(ctx, id)
	if fault := r.w.broken(); fault != media.ErrStoreMisconfigured {
		err = cmp.Or(fault, err)
	}
	return m, err
}

func (r faultyMedia) List(ctx context.Context, q media.Query) ([]media.Media, uuid.UUID, error) {
	items, next, err := r.Repository.List(ctx, q)
	return items, next, cmp.Or(r.w.broken(), err)
}

func (r faultyMedia) Update(ctx context.Context, id uuid.UUID, p media.Patch, version int) (media.Media, error) {
	if err := r.w.broken(); err != nil {
		return media.Media{}, err
	}
	return r.Repository.Update(ctx, id, p, version)
}

func (r faultyMedia) Retag(ctx context.Context, ids []uuid.UUID, add []tags.Tag, remove []string, at time.Time) (int, error) {
	if err := r.w.broken(); err != nil {
		return 0, err
	}
	return r.Repository.Retag(ctx, ids, add, remove, at)
}

func (r faultyMedia) Move(ctx context.Context, id uuid.UUID, when media.When, c media.Change) (media.Media, bool, error) {
	if err := r.w.broken(); err != nil {
		return media.Media{}, false, err
	}
	return r.Repository.Move(ctx, id, when, c)
}

type faultyTags struct {
	tags.Repository
	w *world
}

func (r faultyTags) Create(ctx context.Context, tag tags.Tag) error {
	return cmp.Or(r.w.broken(), r.Repository.Create(ctx, tag))
}

func (r faultyTags) Get(ctx context.Context, id uuid.UUID) (tags.Tag, error) {
	tag, err := r.Repository.Get(ctx, id)
	return tag, cmp.Or(r.w.broken(), err)
}

func (r faultyTags) List(ctx context.Context, q tags.Query) ([]tags.Tag, *tags.Position, error) {
	items, next, err := r.Repository.List(ctx, q)
	return items, next, cmp.Or(r.w.broken(), err)
}

func (r faultyTags) Rename(ctx context.Context, id uuid.UUID, name tags.Name, at time.Time) (tags.Tag, error) {
	if err := r.w.broken(); err != nil {
		return tags.Tag{}, err
	}
	return r.Repository.Rename(ctx, id, name, at)
}

func (r faultyTags) Merge(ctx context.Context, from, into uuid.UUID, at time.Time) (tags.Tag, error) {
	if err := r.w.broken(); err != nil {
		return tags.Tag{}, err
	}
	return r.Repository.Merge(ctx, from, into, at)
}

func (r faultyTags) Delete(ctx context.Context, id uuid.UUID) error {
	if err := r.w.broken(); err != nil {
		return err
	}
	return r.Repository.Delete(ctx, id)
}

type faultyBlobs struct {
	media.BlobStore
	w *world
}

func (b faultyBlobs) Stat(ctx context.Context, key string) (media.Info, error) {
	info, err := b.BlobStore.Stat(ctx, key)
	return info, cmp.Or(b.w.broken(), err)
}
