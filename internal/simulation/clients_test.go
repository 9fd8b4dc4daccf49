package simulation_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// clients is what all clients together know: they tell each other everything.
type clients struct {
	uploads []*upload
}

// upload is a media that was created, and what writes its bytes.
type upload struct {
	media.Media
	content  []byte
	requests []media.SignedRequest
}

var names = []string{"Beach", "Sea", "sun", "BEACH", "Süd"}

// operation is what clients and sweeps do; some do it to a media.
type operation struct {
	name   string
	weight int // how often, among others
	run    func(*world, *task, *upload)
}

var operations = []operation{
	{"create", 10, func(w *world, t *task, _ *upload) { w.create(t) }},
	{"put", 17, (*world).put},
	{"stray", 3, (*world).stray},
	{"finalize", 20, (*world).finalize},
	{"get", 6, (*world).get},
	{"sign", 5, (*world).sign},
	{"walk", 5, func(w *world, t *task, _ *upload) { w.walk(t) }},
	{"update", 4, (*world).update},
	{"retag", 4, (*world).retag},
	{"delete", 7, (*world).delete},
	{"purge", 3, (*world).purge},
	{"tag", 4, func(w *world, t *task, _ *upload) { w.tag(t) }},
	{"reconcile", 2, func(w *world, t *task, _ *upload) { w.reconcile(t) }},
	{"sweep", 20, func(w *world, t *task, _ *upload) { w.sweep(t) }},
}

// some returns what is done in one world. Of fewer operations, more meet each other.
func some(c *choices) []operation {
	var all []operation
	for _, o := range operations {
		if o.name == "create" || !c.chance(0.3) {
			all = append(all, o)
		}
	}
	return all
}

// begin starts an operation.
func (w *world) begin() {
	if len(w.clients.uploads) == 0 {
		w.start("create", w.create)
		return
	}
	u := pick(w, w.clients.uploads...)
	if n := len(w.clients.uploads); w.chance(0.7) {
		u = w.clients.uploads[n-1] // so that what is done meets
	}
	sum := 0
	for _, o := range w.operations {
		sum += o.weight
	}
	n := w.below(sum)
	for _, o := range w.operations {
		if n -= o.weight; n < 0 {
			w.start(o.name, func(t *task) { o.run(w, t, u) })
			return
		}
	}
}

// png is how a PNG begins that says how large it is.
const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40\x00\x00\x00\x30"

// create declares an image, or in one of four cases a video that is none.
func (w *world) create(t *task) {
	content := append([]byte(png), byte(w.below(3)))
	contentType := "image/png"
	if w.chance(0.25) { // a video, since an image that tells no size is rejected in any case
		content, contentType = []byte("<html>"), "video/webm"
	}
	in := media.CreateInput{
		Filename: pick(w, "a.png", "b.png"), ContentType: contentType,
		Size: int64(len(content)), SHA256: sha256.Sum256(content), Tags: names[:w.below(len(names))],
		IdempotencyKey: pick(w, "", "", "key-1", "key-2"),
	}
	v, err := w.media.Create(t.ctx, in)
	if err != nil {
		w.expect(t, err, media.ErrIdempotencyKeyReused, media.ErrIdempotencyKeyInProgress, media.ErrNotFound)
		return
	}
	w.saw(t, v.Media)
	w.inTime(t, v)
	if v.Filename != in.Filename && w.ledger.entries[v.ID].last.Version == 1 || v.SHA256 != in.SHA256 {
		w.breach("I13", "%s asked for %+v and got %+v", t.name, in, v.Media)
	}
	u := &upload{Media: v.Media, content: content}
	if v.Upload != nil {
		u.requests = append(u.requests, v.Upload.Requests[0].SignedRequest)
	}
	w.clients.uploads = append(w.clients.uploads, u)
}

// inTime holds I12.
func (w *world) inTime(t *task, v media.View) {
	if v.Upload != nil && v.Upload.Requests[0].ExpiresAt.After(w.at.Add(15*time.Minute)) {
		w.breach("I12", "%s got an upload that lives until %v", t.name, v.Upload.Requests[0].ExpiresAt)
	}
	if v.Download != nil && v.Download.ExpiresAt.After(w.at.Add(20*time.Minute)) {
		w.breach("I12", "%s got a download that lives until %v", t.name, v.Download.ExpiresAt)
	}
}

// body is what a client sends: all of it late, or with others in between, for at most
// as long as a transfer may take.
type body struct {
	io.Reader
	w     *world
	end   time.Time
	until time.Time // when the first bytes come
}

func (b body) Read(p []byte) (int, error) {
	if b.w.at.Before(b.until) {
		b.w.sleep(b.until)
	} else {
		b.w.pause()
	}
	if !b.w.at.Before(b.end) {
		return 0, io.ErrUnexpectedEOF
	}
	return b.Reader.Read(p)
}

// put sends a file by any request that was ever signed for it; now and then a
// wrong one.
func (w *world) put(t *task, u *upload) {
	if len(u.requests) == 0 {
		return
	}
	content := u.content
	if w.chance(0.1) {
		content = bytes.Repeat([]byte("x"), len(content))
	}
	signed := pick(w, u.requests...)
	if w.chance(0.4) { // at the last moment that the store takes for one
		w.elapse(signed.ExpiresAt.Add(w.behind - time.Microsecond).Sub(w.at))
	}
	end := w.at.Add(time.Hour)
	until := pick(w, w.at, w.at.Add(time.Duration(w.below(60))*time.Minute), end.Add(-time.Microsecond), end.Add(-time.Microsecond))
	r := httptest.NewRequest(signed.Method, signed.URL, body{bytes.NewReader(content), w, end, until})
	r.ContentLength = int64(len(content))
	for name, value := range signed.Headers {
		r.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	w.blobs.ServeHTTP(answer, r)
	w.tell("PUT of %v: %d", u.ID, answer.Code)
	if answer.Code == http.StatusOK {
		w.ledger.arrived[u.ObjectKey] = w.at
	}
}

// stray writes what only evidence keeps out: a header that no signature covers, or
// what a store lets through that doesn't hold to what was signed.
func (w *world) stray(_ *task, u *upload) {
	if len(u.requests) == 0 || !w.at.Before(pick(w, u.requests...).ExpiresAt) {
		return
	}
	if _, err := w.blobs.Stat(context.Background(), u.ObjectKey); errors.Is(err, media.ErrNoObject) {
		info, content := media.Info{ContentType: u.ContentType}, slices.Clone(u.content)
		switch pick(w, "header", "type", "bytes", "length") {
		case "header":
			info.Unexpected = []string{"content-encoding"}
		case "type":
			info.ContentType = "text/html"
		case "bytes":
			content[len(content)-1]++
		case "length":
			content = append(content, 0)
		}
		w.tell("stray PUT of %v: %+v, %q", u.ID, info, content)
		w.blobs.Plant(u.ObjectKey, info, content)
		w.ledger.arrived[u.ObjectKey] = w.at
	}
}

func (w *world) finalize(t *task, u *upload) {
	v, err := w.media.Finalize(t.ctx, u.ID)
	if err != nil {
		w.missed(t, u.ID, err, media.ErrUploadIncomplete, media.ErrUploadExpired, media.ErrUploadRejected)
		return
	}
	if v.State != media.StateReady {
		w.breach("I5", "%s was answered that %v is %s", t.name, v.ID, v.State)
	}
	w.shown(t, v)
}

func (w *world) get(t *task, u *upload) {
	v, err := w.media.Get(t.ctx, u.ID, media.GetOptions{})
	if err != nil {
		w.missed(t, u.ID, err)
		return
	}
	w.shown(t, v)
}

// shown judges a media that a client got, and downloads it if that is possible.
func (w *world) shown(t *task, v media.View) {
	w.saw(t, v.Media)
	w.inTime(t, v)
	if (v.Download != nil) != (v.State == media.StateReady) {
		w.breach("I1", "%s got %s media with download %v", t.name, v.State, v.Download)
	}
	if v.Download == nil || w.ledger.entries[v.ID].deleting > 0 {
		return
	}
	answer := httptest.NewRecorder()
	w.blobs.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, v.Download.URL, nil))
	if got := sha256.Sum256(answer.Body.Bytes()); answer.Code == http.StatusOK && media.Digest(got) != v.SHA256 || answer.Code == http.StatusNotFound {
		w.breach("I1", "%s downloads other bytes of %v: status %d", t.name, v.ID, answer.Code)
	}
}

func (w *world) sign(t *task, u *upload) {
	plan, err := w.media.SignUpload(t.ctx, u.ID)
	if err != nil {
		w.missed(t, u.ID, err, media.ErrNotPending)
		return
	}
	if e := w.ledger.entries[u.ID]; e.deleted > 0 && e.deleted < t.began {
		w.breach("I6", "%s signed an upload of %v, which was deleted", t.name, u.ID)
	}
	w.inTime(t, media.View{Upload: &plan})
	u.requests = append(u.requests, plan.Requests[0].SignedRequest)
}

// walk holds I14.
func (w *world) walk(t *task) {
	before := w.rows()
	in := media.ListInput{Ascending: w.chance(0.5), Limit: 1 + w.below(3)}
	got := map[uuid.UUID]int{}
	for v, err := range w.media.All(t.ctx, in) {
		if err != nil {
			w.expect(t, err)
			return
		}
		w.saw(t, v.Media)
		if got[v.ID]++; got[v.ID] > 1 {
			w.breach("I14", "%s met %v twice", t.name, v.ID)
		}
	}
	for _, m := range before {
		if got[m.ID] == 0 && !w.ledger.entries[m.ID].gone {
			w.breach("I14", "%s has missed %v", t.name, m.ID)
		}
	}
}

func (w *world) update(t *task, u *upload) {
	name, set, version := pick(w, "c.png", "d.png"), names[:w.below(3)], w.below(3)
	v, err := w.media.Update(t.ctx, u.ID, media.UpdateInput{Filename: &name, Tags: &set, IfVersion: version})
	if err != nil {
		w.missed(t, u.ID, err, media.ErrVersion)
		return
	}
	w.saw(t, v.Media)
	if v.Filename != name {
		w.breach("I3", "%s named %v %s and got %s", t.name, v.ID, name, v.Filename)
	}
	if version != 0 && v.Version != version+1 {
		w.breach("version", "%s changed version %d of %v, and version %d came of it", t.name, version, v.ID, v.Version)
	}
}

func (w *world) retag(t *task, u *upload) {
	other := pick(w, w.clients.uploads...)
	t.atOnce = []uuid.UUID{u.ID, other.ID}
	_, err := w.media.Retag(t.ctx, media.RetagInput{
		IDs: t.atOnce, Add: []string{pick(w, names[:2]...)}, Remove: []string{pick(w, names[2:3]...)},
	})
	if missing := new(media.MissingError); errors.As(err, &missing) {
		u = &upload{Media: media.Media{ID: missing.IDs[0]}}
	}
	if err != nil {
		w.missed(t, u.ID, err)
	}
}

// delete does as the API does: what was deleted is purged at once, if that works.
func (w *world) delete(t *task, u *upload) {
	e := w.ledger.entries[u.ID]
	if e.deleting == 0 {
		e.deleting = w.step
	}
	if err := w.media.Delete(t.ctx, u.ID); err != nil {
		w.missed(t, u.ID, err)
		return
	}
	if e.deleted == 0 {
		e.deleted = w.step
	}
	w.purge(t, u)
}

func (w *world) purge(t *task, u *upload) {
	w.expect(t, w.media.Purge(t.ctx, u.ID))
}

func (w *world) sweep(t *task) {
	report, err := w.media.Sweep(t.ctx)
	w.tell("swept %+v", report)
	w.expect(t, err)
}

// reconcile finds nothing wrong with media, at any time; while deletes are not swept
// it may well find objects that no media owns.
func (w *world) reconcile(t *task) {
	for f, err := range w.media.Reconcile(t.ctx, media.ReconcileOptions{}) {
		if err == nil {
			err = f.Err // of a store that failed to describe an object
		}
		if err != nil {
			w.expect(t, err)
		} else if f.Problem != media.ProblemUnknown || w.resting {
			w.breach("I8", "%s finds %+v", t.name, f)
		}
	}
}

// tag does what touches tags without media: it is there for what the media's tags
// become meanwhile.
func (w *world) tag(t *task) {
	ctx := t.ctx
	list, _, err := w.tags.List(ctx, tags.ListInput{})
	if err != nil || len(list) == 0 {
		w.expect(t, err)
		return
	}
	one, other := pick(w, list...), pick(w, list...)
	switch w.below(4) {
	case 0:
		err = w.tags.Delete(ctx, one.ID)
	case 1:
		if one.ID != other.ID {
			_, err = w.tags.Merge(ctx, one.ID, other.ID)
		}
	case 2:
		_, err = w.tags.Rename(ctx, one.ID, fmt.Sprint("name ", w.below(3)))
	case 3:
		err = w.tags.Recount(ctx)
	}
	w.expect(t, err, tags.ErrExists, tags.ErrNotFound)
}
