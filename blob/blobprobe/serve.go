package blobprobe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// maxSkew is how much two clocks may differ.
const maxSkew = 5 * time.Second

func (p *probe) download(ctx context.Context) (Status, string) {
	switch a, err := p.get(ctx, p.uploaded.key, nil); {
	case err != nil:
		return failed(err)
	case a.status != http.StatusOK:
		return No, fmt.Sprintf("it is answered %d", a.status)
	case !bytes.Equal(a.body, content):
		return No, "other bytes come back than were stored"
	case a.header.Get("Content-Type") != contentType || !strings.Contains(a.header.Get("Content-Disposition"), "probe.gif"):
		return No, fmt.Sprintf("its headers are %q, %q", a.header.Get("Content-Type"), a.header.Get("Content-Disposition"))
	}
	switch a, err := p.get(ctx, p.uploaded.key, withHeader("Range", "bytes=1-5")); {
	case err != nil:
		return failed(err)
	case a.status != http.StatusPartialContent || !bytes.Equal(a.body, content[1:6]):
		return No, fmt.Sprintf("a range is answered %d, with %d bytes for 5", a.status, len(a.body))
	}
	return OK, ""
}

func (p *probe) private(ctx context.Context) (Status, string) {
	switch public, err := p.public(ctx, p.uploaded.key); {
	case err != nil:
		return failed(err)
	case public:
		return No, "an object is read without a signature"
	}
	return OK, ""
}

// public reports whether an object is read without a signature.
func (p *probe) public(ctx context.Context, key string) (bool, error) {
	a, err := p.get(ctx, key, func(r *http.Request) { r.URL.RawQuery = "" })
	if err == nil && !a.taken() && !a.refused() {
		err = fmt.Errorf("without a signature it is answered %d", a.status)
	}
	return a.taken(), err
}

func (p *probe) checksum(ctx context.Context) (Status, string) {
	switch info, err := p.store.Stat(ctx, p.uploaded.key); {
	case err != nil:
		return failed(err)
	case info.SHA256.IsZero():
		return No, "it returns none over the whole object"
	case info.SHA256 != media.Digest(sha256.Sum256(content)):
		return No, "it returns another one"
	}
	return OK, ""
}

func (p *probe) multipart(ctx context.Context) (Status, string) {
	switch {
	case p.parts != nil:
		return verdict(p.parts(ctx, p.key("parts")))
	case p.store.Multipart() == nil:
		return No, "this store takes objects only in one piece, of 5 GiB at most"
	default:
		return Unknown, "this store takes parts, but that wasn't tried"
	}
}

// clock compares the Date of the upload's answer (RFC 9110, section 6.6.1), which is in
// whole seconds, with the time during which it was written.
func (p *probe) clock(context.Context) (Status, string) {
	date, err := http.ParseTime(p.uploaded.date)
	if err != nil {
		return Unknown, "the store's answers have no Date"
	}
	var skew time.Duration
	if ahead := date.Sub(p.uploaded.answered); ahead > 0 {
		skew = ahead
	} else if behind := p.uploaded.sent.Sub(date.Add(time.Second)); behind > 0 {
		skew = -behind
	}
	switch {
	case skew > maxSkew:
		return No, fmt.Sprintf("the store's clock is %v ahead", skew.Round(time.Second))
	case skew < -maxSkew:
		return No, fmt.Sprintf("the store's clock is %v behind", -skew.Round(time.Second))
	}
	return OK, ""
}

func (p *probe) cors(ctx context.Context) (Status, string) {
	if len(p.origins) == 0 {
		return Unknown, "no origin was given"
	}
	for _, origin := range p.origins {
		if origin == "*" { // any origin: try one
			origin = "https://any.example"
		}
		if status, found := p.allowsOrigin(ctx, origin); status != OK {
			return status, origin + ": " + found
		}
	}
	return OK, ""
}

// allowsOrigin asks as a browser does before it uploads, and looks at a download.
// https://fetch.spec.whatwg.org/#http-cors-protocol
func (p *probe) allowsOrigin(ctx context.Context, origin string) (Status, string) {
	signed, err := p.signUpload(ctx, p.uploaded.key)
	if err != nil {
		return failed(err)
	}
	names := slices.Sorted(maps.Keys(signed.Headers))
	a, err := p.send(ctx, media.SignedRequest{Method: http.MethodOptions, URL: signed.URL}, nil, func(r *http.Request) {
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", signed.Method)
		r.Header.Set("Access-Control-Request-Headers", strings.ToLower(strings.Join(names, ",")))
	})
	switch {
	case err != nil:
		return failed(err)
	case !a.taken():
		return No, fmt.Sprintf("the question before an upload is answered %d", a.status)
	case !listed(a.header, "Access-Control-Allow-Origin", origin):
		return No, "the origin isn't allowed to upload"
	case !listed(a.header, "Access-Control-Allow-Methods", signed.Method):
		return No, "the origin isn't allowed to " + signed.Method
	}
	for _, name := range names {
		if !listed(a.header, "Access-Control-Allow-Headers", name) {
			return No, "the header " + name + " isn't allowed"
		}
	}
	switch a, err := p.get(ctx, p.uploaded.key, withHeader("Origin", origin)); {
	case err != nil:
		return failed(err)
	case !listed(a.header, "Access-Control-Allow-Origin", origin):
		return No, "the origin isn't allowed to download"
	}
	return OK, ""
}

// listed reports whether a header, which lists its values with commas, has this value or
// the star for all.
func listed(header http.Header, name, value string) bool {
	for element := range strings.SplitSeq(strings.Join(header.Values(name), ","), ",") {
		if element = strings.TrimSpace(element); element == "*" || strings.EqualFold(element, value) {
			return true
		}
	}
	return false
}
