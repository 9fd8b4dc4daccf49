package blobprobe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

const (
	// requestTimeout bounds one signed request.
	requestTimeout = 10 * time.Second
	// ttl is how long the probe's URLs live.
	ttl = time.Minute
	// contentType is the type of all objects. A browser shows it as a picture, whatever is
	// in it.
	contentType = "image/gif"
	// maxAnswer is how much of an answer is read.
	maxAnswer = 64 << 10
)

// content is in all objects. It is short: if some servers refuse a long body, they close
// the connection before the client can read why.
var content = []byte("GIF89a: sixty-four bytes by which a probe looks at a blob store\n")

// probe is one run.
type probe struct {
	store   media.BlobStore
	client  http.Client
	folder  string
	origins []string
	parts   func(ctx context.Context, key string) error // tries an upload in parts; nil: it isn't tried
	now     func() time.Time
	keys    []string // object keys of all objects that may be there

	uploaded struct { // by the check "upload", for later checks
		key            string
		sent, answered time.Time
		date           string // the answer's header
	}
}

// key returns an object key of the probe's own. Its object is removed at the end.
func (p *probe) key(name string) string {
	key := p.folder + "/" + name
	if !slices.Contains(p.keys, key) {
		p.keys = append(p.keys, key)
	}
	return key
}

func describe(key string) media.Upload {
	return media.Upload{Key: key, Size: int64(len(content)), ContentType: contentType, SHA256: sha256.Sum256(content)}
}

// signUpload signs an upload of content.
func (p *probe) signUpload(ctx context.Context, key string) (media.SignedRequest, error) {
	return p.store.SignUpload(ctx, describe(key), p.now(), ttl)
}

// answer is a response whose body was read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) taken() bool   { return a.status >= 200 && a.status < 300 }
func (a answer) refused() bool { return a.status >= 400 && a.status < 500 }

// send makes a signed request with this body, after it was altered by change, which may be
// nil. No error contains the URL.
func (p *probe) send(ctx context.Context, signed media.SignedRequest, body []byte, change func(*http.Request)) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, signed.Method, signed.URL, bytes.NewReader(body))
	if err != nil {
		return answer{}, withoutURL(err)
	}
	for name, value := range signed.Headers {
		r.Header.Set(name, value)
	}
	if change != nil {
		change(r)
	}
	response, err := p.client.Do(r)
	if err != nil {
		return answer{}, withoutURL(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return answer{response.StatusCode, response.Header, read}, err
}

// get makes a signed download.
func (p *probe) get(ctx context.Context, key string, change func(*http.Request)) (answer, error) {
	signed, err := p.store.SignDownload(ctx, media.Download{Key: key, ContentType: contentType, Filename: "probe.gif"}, p.now(), ttl)
	if err != nil {
		return answer{}, err
	}
	return p.send(ctx, signed, nil, change)
}

// withoutURL keeps a signed URL out of a report.
func withoutURL(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// attempt is a change to a signed request, after which it must be refused.
type attempt struct {
	what   string // begins a sentence that goes on with "is taken"
	change func(*http.Request)
}

// refuses signs an upload, and checks that the store refuses each attempt.
func (p *probe) refuses(ctx context.Context, name string, attempts ...attempt) (Status, string) {
	key := p.key(name)
	signed, err := p.signUpload(ctx, key)
	if err != nil {
		return failed(err)
	}
	for _, try := range attempts {
		if status, found := p.refusesOne(ctx, key, signed, try); status != OK {
			return status, found
		}
	}
	return OK, ""
}

// refusesOne checks that the store refuses an upload and stores nothing for it.
func (p *probe) refusesOne(ctx context.Context, key string, signed media.SignedRequest, try attempt) (Status, string) {
	a, err := p.send(ctx, signed, content, try.change)
	switch {
	case err != nil:
		return failed(fmt.Errorf("%s: %w", try.what, err))
	case a.taken():
		return No, try.what + " is taken"
	case !a.refused():
		return Unknown, fmt.Sprintf("%s is answered %d", try.what, a.status)
	}
	switch _, err := p.store.Stat(ctx, key); {
	case err == nil:
		return No, fmt.Sprintf("%s is answered %d, and stored", try.what, a.status)
	case !errors.Is(err, media.ErrNoObject):
		return failed(err)
	}
	return OK, ""
}

// failed returns the result of a check whose call has failed. If the store refuses the
// service, that is an answer.
func failed(err error) (Status, string) {
	if errors.Is(err, media.ErrStoreMisconfigured) {
		return No, err.Error()
	}
	return Unknown, err.Error()
}

// withBody makes a request send other bytes.
func withBody(body []byte) func(*http.Request) {
	return func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
}

// withHeader makes a request send another header. An empty value drops it.
func withHeader(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		if r.Header.Set(name, value); value == "" {
			r.Header.Del(name)
		}
	}
}
