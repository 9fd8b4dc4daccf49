package blobprobe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

const (
	// checkTimeout bounds one check, with all its requests.
	checkTimeout = 30 * time.Second
	// cleanTimeout bounds the removal of all objects.
	cleanTimeout = 30 * time.Second
)

// Options configures [Run]. A zero field means its default.
type Options struct {
	// Prefix is the folder of the service's objects. The probe's are in
	// "<Prefix>/probe/…". Default: "media".
	Prefix string
	// Origins are those of the web pages that upload, such as https://app.example.
	// Default: none; then CORS isn't tested.
	Origins []string
	// Multipart tries to store an object in parts under the object key, and drops the
	// upload if it isn't completed. It returns what is wrong. Run removes the object.
	// Default: Run only looks whether the store has a Multipart.
	Multipart func(ctx context.Context, key string) error
	// Now is the clock that signs. Default: time.Now.
	Now func() time.Time
}

// Status is the result of a [Line].
type Status string

// The statuses.
const (
	OK      Status = "ok"
	No      Status = "no"      // the promise isn't kept
	Unknown Status = "unknown" // nobody can say whether it is
)

// Line is one thing that was tested.
type Line struct {
	Name     string // doesn't change; the package's documentation lists the names
	Required bool   // without it a service doesn't work, or isn't safe
	Promise  string // what OK means
	Status   Status
	Found    string // what was seen instead, or why nothing was seen; never a signed URL
	Advice   string // what to do if Status isn't OK; empty if another line has to be OK first, or if nothing needs to be done
}

// Report is what [Run] found, in a fixed order.
type Report []Line

// Missing returns the required lines that aren't OK. If there are none, a service can use
// the store.
func (r Report) Missing() []Line {
	var missing []Line
	for _, line := range r {
		if line.Required && line.Status != OK {
			missing = append(missing, line)
		}
	}
	return missing
}

// status returns the status of a line, or "" if there is no such line yet.
func (r Report) status(name string) Status {
	for _, line := range r {
		if line.Name == name {
			return line.Status
		}
	}
	return ""
}

// Run tests a store. The store may be in use: Run touches no object but its own. opts may
// be nil. It makes about eighty small requests.
//
// The store's signed URLs must be reachable from here. If ctx ends, the check that is
// running is still brought to its end, so that it stores nothing after the objects were
// removed. It takes 30 s at most, and so does the removal.
func Run(ctx context.Context, store media.BlobStore, opts *Options) (Report, error) {
	p := newProbe(store, opts)
	report, err := p.run(ctx)
	if left := p.clean(ctx); left != nil {
		err = errors.Join(err, left)
	}
	return report, err
}

func newProbe(store media.BlobStore, opts *Options) *probe {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Prefix == "" {
		o.Prefix = "media"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	// Two probes at once have folders of their own, unless they begin in the same nanosecond.
	folder := o.Prefix + "/probe/" + strconv.FormatInt(o.Now().UnixNano(), 10)
	// A redirect is an answer. To follow it would send the body to somebody else.
	client := http.Client{Timeout: requestTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &probe{store: store, client: client, folder: folder, origins: o.Origins, parts: o.Multipart, now: o.Now}
}

func (p *probe) run(ctx context.Context) (Report, error) {
	var report Report
	for _, c := range p.checks() {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		if needed := report.status(c.needs); c.needs != "" && needed != OK {
			c.Status, c.Found, c.Advice = Unknown, fmt.Sprintf("it can't be tested, since %s isn't ok", c.needs), ""
		} else {
			bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
			c.Status, c.Found = c.do(bounded)
			cancel()
		}
		report = append(report, c.Line)
	}
	return report, nil
}

// clean removes all objects that may be there.
func (p *probe) clean(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTimeout)
	defer cancel()
	var errs []error
	for _, key := range p.keys {
		if err := p.store.Delete(bounded, key); err != nil {
			errs = append(errs, fmt.Errorf("blobprobe: %s may be left behind: %w", key, err))
		}
	}
	return errors.Join(errs...)
}
