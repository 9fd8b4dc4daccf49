package blobprobe_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/blobprobe"
	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
)

const origin = "https://app.example"

// serve returns a store with a server, and front between it and its clients.
func serve(t *testing.T, front func(store *memblob.Store, next http.Handler) http.Handler) *memblob.Store {
	t.Helper()
	store := memblob.New(nil)
	var handler http.Handler = allowOrigin(store)
	if front != nil {
		handler = front(store, handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	store.SetBaseURL(server.URL)
	return store
}

// allowOrigin answers as a bucket with a CORS rule.
func allowOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") == origin {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Allow-Methods", "GET, PUT")
			w.Header().Set("Access-Control-Allow-Headers", "content-type, if-none-match")
		}
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
		}
	})
}

// bad returns the lines that aren't ok, by name.
func bad(report blobprobe.Report) map[string]blobprobe.Status {
	lines := make(map[string]blobprobe.Status)
	for _, line := range report {
		if line.Status != blobprobe.OK {
			lines[line.Name] = line.Status
		}
	}
	return lines
}

// leavesNothing runs a probe, and checks that the store is empty afterwards.
func leavesNothing(t *testing.T, store *memblob.Store, probed media.BlobStore, opts *blobprobe.Options) blobprobe.Report {
	t.Helper()
	report, err := blobprobe.Run(t.Context(), probed, opts)
	if err != nil {
		t.Errorf("Run: %v", err)
	}
	isEmpty(t, store)
	return report
}

func isEmpty(t *testing.T, store *memblob.Store) {
	t.Helper()
	if left, _, err := store.List(context.Background(), "", ""); err != nil || len(left) > 0 {
		t.Errorf("the probe left %v behind, %v", left, err)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	store := serve(t, nil)
	report := leavesNothing(t, store, store, &blobprobe.Options{Origins: []string{origin}})
	if diff := cmp.Diff(map[string]blobprobe.Status{"multipart": blobprobe.No}, bad(report)); diff != "" {
		t.Errorf("not ok (-want +got):\n%s\n%+v", diff, report)
	}
	if missing := report.Missing(); len(missing) > 0 {
		t.Errorf("missing: %+v", missing)
	}
	for _, line := range report {
		// Nobody can give this store uploads in parts, so there is no advice on them.
		if line.Promise == "" || (line.Advice == "") != (line.Name == "multipart") {
			t.Errorf("%s: %+v", line.Name, line)
		}
	}
}

// lax stores uploads that the store would refuse, if takes says so.
func lax(takes func(store *memblob.Store, r *http.Request, body []byte) bool) func(*memblob.Store, http.Handler) http.Handler {
	return func(store *memblob.Store, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			if r.Method != http.MethodPut || !takes(store, r, body) {
				next.ServeHTTP(w, r)
				return
			}
			store.Plant(strings.TrimPrefix(r.URL.Path, "/"), media.Info{
				ContentType: r.Header.Get("Content-Type"), SHA256: sha256.Sum256(body),
			}, body)
		})
	}
}

// TestRunTellsWhatIsTaken breaks one thing at a time. Some break more than one line.
func TestRunTellsWhatIsTaken(t *testing.T) {
	t.Parallel()
	const size = 64
	for name, test := range map[string]struct {
		takes func(store *memblob.Store, r *http.Request, body []byte) bool
		no    []string
	}{
		"another length": {func(_ *memblob.Store, _ *http.Request, body []byte) bool { return len(body) != size }, []string{"length"}},
		"another type": {func(_ *memblob.Store, r *http.Request, _ []byte) bool {
			return r.Header.Get("Content-Type") == "text/html"
		}, []string{"type"}},
		"other bytes": {func(_ *memblob.Store, _ *http.Request, body []byte) bool {
			return len(body) == size && body[size-1] != '\n'
		}, []string{"sha256"}},
		"a second upload": {func(store *memblob.Store, r *http.Request, _ []byte) bool {
			_, err := store.Stat(r.Context(), strings.TrimPrefix(r.URL.Path, "/"))
			return err == nil
		}, []string{"create-only"}},
		"no If-None-Match": {func(_ *memblob.Store, r *http.Request, _ []byte) bool {
			return r.Header.Get("If-None-Match") == ""
		}, []string{"signed-headers"}},
		"an old URL": {func(_ *memblob.Store, r *http.Request, _ []byte) bool {
			return strings.HasSuffix(r.URL.Path, "/expired")
		}, []string{"expiry"}},
		"another key": {func(_ *memblob.Store, r *http.Request, _ []byte) bool {
			return strings.HasSuffix(r.URL.Path, "0")
		}, []string{"tampering"}},
		"no signature": {func(_ *memblob.Store, r *http.Request, _ []byte) bool {
			return r.URL.Query().Get("signature") == ""
		}, []string{"tampering"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := serve(t, lax(test.takes))
			want := map[string]blobprobe.Status{"multipart": blobprobe.No}
			for _, line := range test.no {
				want[line] = blobprobe.No
			}
			report := leavesNothing(t, store, store, &blobprobe.Options{Origins: []string{origin}})
			if diff := cmp.Diff(want, bad(report)); diff != "" {
				t.Errorf("not ok (-want +got):\n%s", diff)
			}
		})
	}
}

// answering lets instead answer a request, if it wants to.
func answering(instead func(store *memblob.Store, w http.ResponseWriter, r *http.Request) bool) func(*memblob.Store, http.Handler) http.Handler {
	return func(store *memblob.Store, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !instead(store, w, r) {
				next.ServeHTTP(w, r)
			}
		})
	}
}

func TestRunTellsWhatElseIsWrong(t *testing.T) {
	t.Parallel()
	later := func() time.Time { return time.Now().Add(10 * time.Second) }
	earlier := func() time.Time { return time.Now().Add(-10 * time.Second) }
	for name, test := range map[string]struct {
		front func(*memblob.Store, http.Handler) http.Handler
		now   func() time.Time
		want  map[string]blobprobe.Status
	}{
		"an open door": {front: answering(func(_ *memblob.Store, w http.ResponseWriter, r *http.Request) bool {
			return r.Method == http.MethodGet && r.URL.RawQuery == "" // 200
		}), want: map[string]blobprobe.Status{"private": blobprobe.No, "added-headers": blobprobe.No}},
		"metadata": {front: func(_ *memblob.Store, next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "x-amz-meta-probe") && r.Method == http.MethodGet {
					w.Header().Set("X-Amz-Meta-Probe", "probe")
				}
				next.ServeHTTP(w, r)
			})
		}, want: map[string]blobprobe.Status{"added-headers": blobprobe.No}},
		"no rule": {front: func(store *memblob.Store, _ http.Handler) http.Handler { return store },
			want: map[string]blobprobe.Status{"cors": blobprobe.No}},
		"DELETE with a PUT's URL": {front: answering(func(_ *memblob.Store, _ http.ResponseWriter, r *http.Request) bool {
			return r.Method == http.MethodDelete
		}), want: map[string]blobprobe.Status{"tampering": blobprobe.No}},
		"no ranges": {front: func(_ *memblob.Store, next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Header.Del("Range")
				next.ServeHTTP(w, r)
			})
		}, want: map[string]blobprobe.Status{
			"download": blobprobe.No, "added-headers": blobprobe.Unknown, "private": blobprobe.Unknown, "cors": blobprobe.Unknown,
		}},
		"a clock behind ours":   {now: later, want: map[string]blobprobe.Status{"clock": blobprobe.No}},
		"a clock ahead of ours": {now: earlier, want: map[string]blobprobe.Status{"clock": blobprobe.No}},
		"an accident for a refusal": {front: answering(func(_ *memblob.Store, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/sha256") {
				return false
			}
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}), want: map[string]blobprobe.Status{"sha256": blobprobe.Unknown}},
		"refusals of everybody": {front: answering(func(_ *memblob.Store, w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(http.StatusTeapot)
			return true
		}), want: all(blobprobe.Unknown, "upload", blobprobe.No)},
		"a gateway without the store": {front: answering(func(_ *memblob.Store, w http.ResponseWriter, r *http.Request) bool {
			panic(http.ErrAbortHandler)
		}), want: all(blobprobe.Unknown, "upload", blobprobe.Unknown)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := serve(t, test.front)
			if test.want["multipart"] == "" {
				test.want["multipart"] = blobprobe.No
			}
			report := leavesNothing(t, store, store, &blobprobe.Options{Origins: []string{origin}, Now: test.now})
			if diff := cmp.Diff(test.want, bad(report)); diff != "" {
				t.Errorf("not ok (-want +got):\n%s\n%+v", diff, report)
			}
		})
	}
}

// all returns one status for every line that needs an upload, and another one for one line.
func all(status blobprobe.Status, but string, other blobprobe.Status) map[string]blobprobe.Status {
	lines := make(map[string]blobprobe.Status)
	for name := range strings.FieldsSeq("download length type sha256 create-only signed-headers added-headers expiry tampering private checksum multipart clock cors") {
		lines[name] = status
	}
	lines[but] = other
	return lines
}

// broken is a store whose calls fail as its fields say.
type broken struct {
	*memblob.Store
	put, stat, read, list, del error
	noSHA256                   bool
	unexpected                 []string
}

func (b *broken) Put(ctx context.Context, u media.Upload, body io.Reader) error {
	if b.put != nil {
		return b.put
	}
	return b.Store.Put(ctx, u, body)
}

func (b *broken) Stat(ctx context.Context, key string) (media.Info, error) {
	info, err := b.Store.Stat(ctx, key)
	if errors.Is(err, media.ErrNoObject) && b.stat != nil {
		return info, b.stat
	}
	info.Unexpected = append(info.Unexpected, b.unexpected...)
	if b.noSHA256 {
		info.SHA256 = media.Digest{}
	}
	return info, err
}

func (b *broken) ReadAt(ctx context.Context, key string, pin media.Pin, off, n int64) (io.ReadCloser, error) {
	if b.read != nil {
		return nil, b.read
	}
	return b.Store.ReadAt(ctx, key, pin, off, n)
}

func (b *broken) List(ctx context.Context, prefix, after string) ([]media.Object, string, error) {
	if b.list != nil {
		return nil, "", b.list
	}
	return b.Store.List(ctx, prefix, after)
}

func (b *broken) Delete(ctx context.Context, key string) error {
	if b.del != nil {
		return b.del
	}
	return b.Store.Delete(ctx, key)
}

func TestRunTellsWhatTheServiceMayNot(t *testing.T) {
	t.Parallel()
	denied := fmt.Errorf("denied: %w", media.ErrStoreMisconfigured)
	away := fmt.Errorf("away: %w", media.ErrUnavailable)
	for name, test := range map[string]struct {
		breaks func(*broken)
		line   string
		want   blobprobe.Status
	}{
		"put":      {func(b *broken) { b.put = denied }, "may-put", blobprobe.No},
		"away":     {func(b *broken) { b.put = away }, "may-put", blobprobe.Unknown},
		"head":     {func(b *broken) { b.stat = denied }, "may-head", blobprobe.No},
		"get":      {func(b *broken) { b.read = denied }, "may-get", blobprobe.No},
		"list":     {func(b *broken) { b.list = denied }, "may-list", blobprobe.No},
		"headers":  {func(b *broken) { b.unexpected = []string{"content-encoding"} }, "upload", blobprobe.No},
		"checksum": {func(b *broken) { b.noSHA256 = true }, "checksum", blobprobe.No},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := serve(t, nil)
			b := &broken{Store: store}
			test.breaks(b)
			report := leavesNothing(t, store, b, nil)
			missing := report.Missing()
			if len(missing) == 0 || missing[0].Name != test.line || missing[0].Status != test.want || missing[0].Found == "" {
				t.Errorf("missing: %+v; want %s first, %s", missing, test.line, test.want)
			}
		})
	}
}

// TestRunTellsOfParts: what an upload in parts comes to is a line, and its object goes.
func TestRunTellsOfParts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		want blobprobe.Status
	}{
		"taken": {nil, blobprobe.OK},
		"wrong": {fmt.Errorf("wrong: %w", media.ErrStoreMisconfigured), blobprobe.No},
		"away":  {fmt.Errorf("away: %w", media.ErrUnavailable), blobprobe.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := serve(t, nil)
			report := leavesNothing(t, store, store, &blobprobe.Options{Multipart: func(ctx context.Context, key string) error {
				store.Plant(key, media.Info{ContentType: "image/gif"}, []byte("parts"))
				return test.err
			}})
			for _, line := range report {
				if line.Name == "multipart" && (line.Status != test.want || (line.Found == "") != (test.err == nil) || line.Advice == "") {
					t.Errorf("%+v, want %s", line, test.want)
				}
			}
			if len(report.Missing()) > 0 {
				t.Errorf("missing: %+v, though parts aren't required", report.Missing())
			}
		})
	}
}

// TestRunWithoutDelete: if objects can't be removed, Run stops at once and names the one
// that it has stored.
func TestRunWithoutDelete(t *testing.T) {
	t.Parallel()
	denied := fmt.Errorf("denied: %w", media.ErrStoreMisconfigured)
	store := serve(t, nil)
	report, err := blobprobe.Run(t.Context(), &broken{Store: store, del: denied}, nil)
	left, _, listErr := store.List(t.Context(), "", "")
	if listErr != nil || len(left) != 1 || !errors.Is(err, denied) || !strings.Contains(err.Error(), left[0].Key) {
		t.Errorf("Run: %v, with %v left behind; want one object, and an error that names it", err, left)
	}
	if got := bad(report)["may-delete"]; got != blobprobe.No {
		t.Errorf("may-delete is %q, want no", got)
	}
}

// TestRunEnds: if the context ends halfway, nothing is left behind: "the check that is
// running is still brought to its end".
func TestRunEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	store := serve(t, lax(func(_ *memblob.Store, r *http.Request, body []byte) bool {
		if len(body) != 64 {
			cancel()
		}
		return len(body) != 64
	}))
	report, err := blobprobe.Run(ctx, store, nil)
	if err != context.Canceled {
		t.Errorf("Run: %v, want the context's own error", err)
	}
	if last := report[len(report)-1]; last.Name != "length" || last.Status != blobprobe.No {
		t.Errorf("the last line is %+v, want that of length", last)
	}
	isEmpty(t, store)
}

// TestRunTellsNoURL: "never a signed URL".
func TestRunTellsNoURL(t *testing.T) {
	t.Parallel()
	store := memblob.New(nil) // which nobody serves
	report, err := blobprobe.Run(t.Context(), store, nil)
	if text := fmt.Sprintf("%+v", report); err != nil || strings.Contains(text, "signature=") {
		t.Errorf("Run: %v, %s", err, text)
	}
	if status := bad(report)["upload"]; status != blobprobe.Unknown {
		t.Errorf("upload is %q, want unknown", status)
	}
}
