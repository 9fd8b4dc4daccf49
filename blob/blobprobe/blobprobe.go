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
	// checkTimeout bounds one check, which is a few requests to many.
	checkTimeout = 30 * time.Second
	// cleanTimeout bounds the removal of all objects.
	cleanTimeout = 30 * time.Second
)

// Options configures [Run]. A zero field means its default.
type Options struct {
	// Prefix is the folder of a service's objects, in which the probe makes its
	// own: "<Prefix>/probe/…". Default: "media".
	Prefix string
	// Origins are those of the web pages that are to upload, such as
	// https://app.example. Default: none, and CORS isn't looked at.
	Origins []string
	// Multipart tries to store an object in parts under key, and drops the upload if
	// it isn't completed; Run removes the object. It returns what is wrong. Default:
	// what the store's own Multipart tells.
	Multipart func(ctx context.Context, key string) error
	// Now is the clock of the service that signs. Default: time.Now.
	Now func() time.Time
}

// Status is what a [Line] came to.
type Status string

// The statuses.
const (
	OK      Status = "ok"
	No      Status = "no"      // the promise isn't kept
	Unknown Status = "unknown" // it couldn't be told
)

// Line is one thing that was looked at.
type Line struct {
	Name     string // stable, for programs; the package's documentation lists them
	Required bool   // without it a service doesn't work, or isn't safe
	Promise  string // what OK means
	Status   Status
	Found    string // what was seen instead, or why nothing could be; never a signed URL
	Advice   string // what to do where Status isn't OK; empty where another line comes first
}

// Report is what [Run] found, in a fixed order.
type Report []Line

// Missing returns the required lines that aren't OK. Where it returns none, the
// store will do.
func (r Report) Missing() []Line {
	var missing []Line
	for _, line := range r {
		if line.Required && line.Status != OK {
			missing = append(missing, line)
		}
	}
	return missing
}

// status is that of a line, empty where there is none yet.
func (r Report) status(name string) Status {
	for _, line := range r {
		if line.Name == name {
			return line.Status
		}
	}
	return ""
}

// Run looks at a store that may be in use: it touches no object but its own. opts
// may be nil. It makes about eighty small requests.
//
// The store's signed URLs have to be reachable from here. Where ctx ends, the check
// that is under way is still brought to its end, so that nothing it stores comes
// after the objects are removed; it takes at most 30 s, and so does the removal.
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
	// Redirects count as an answer: to follow one would be to send the body to somebody else.
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
			c.Status, c.Found, c.Advice = Unknown, fmt.Sprintf("without %s there is nothing to tell", c.needs), ""
		} else {
			bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
			c.Status, c.Found = c.do(bounded)
			cancel()
		}
		report = append(report, c.Line)
	}
	return report, nil
}

// clean removes whatever may be there.
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
