package blobprobe

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// upload stores the object that later checks look at.
func (p *probe) upload(ctx context.Context) (Status, string) {
	u := &p.uploaded
	u.key = p.key("uploaded")
	signed, err := p.signUpload(ctx, u.key)
	if err != nil {
		return failed(err)
	}
	u.sent = p.now()
	a, err := p.send(ctx, signed, content, nil)
	u.answered = p.now()
	switch {
	case err != nil:
		return failed(fmt.Errorf("the URL can't be reached: %w", err))
	case !a.taken():
		return No, fmt.Sprintf("it is answered %d", a.status)
	}
	u.date = a.header.Get("Date")
	info, err := p.store.Stat(ctx, u.key)
	switch {
	case err != nil:
		return verdict(err)
	case info.Size != int64(len(content)) || info.ContentType != contentType || len(info.Unexpected) > 0:
		return No, fmt.Sprintf("%d bytes of type %q were stored, with the headers %v", info.Size, info.ContentType, info.Unexpected)
	}
	return OK, ""
}

func (p *probe) length(ctx context.Context) (Status, string) {
	return p.refuses(ctx, "length",
		attempt{"a shorter body", withBody(content[:len(content)-1])},
		attempt{"a longer body", withBody(append(bytes.Clone(content), '!'))},
	)
}

func (p *probe) contentType(ctx context.Context) (Status, string) {
	return p.refuses(ctx, "type", attempt{"text/html", withHeader("Content-Type", "text/html")})
}

func (p *probe) sha256(ctx context.Context) (Status, string) {
	return p.refuses(ctx, "sha256", attempt{"another body of the same length", withBody(otherContent())})
}

func otherContent() []byte {
	other := bytes.Clone(content)
	other[len(other)-1] ^= 1
	return other
}

// createOnly uploads the object again that is already there.
func (p *probe) createOnly(ctx context.Context) (Status, string) {
	signed, err := p.signUpload(ctx, p.uploaded.key)
	if err != nil {
		return failed(err)
	}
	switch a, err := p.send(ctx, signed, content, nil); {
	case err != nil:
		return failed(err)
	case a.taken():
		return No, "a second upload is taken"
	case !a.refused():
		return Unknown, fmt.Sprintf("a second upload is answered %d", a.status)
	}
	return OK, ""
}

func (p *probe) signedHeaders(ctx context.Context) (Status, string) {
	signed, err := p.signUpload(ctx, p.key("headers"))
	if err != nil {
		return failed(err)
	}
	var attempts []attempt
	for _, name := range slices.Sorted(maps.Keys(signed.Headers)) {
		attempts = append(attempts,
			attempt{"an upload without " + name, withHeader(name, "")},
			attempt{"an upload with another " + name, withHeader(name, "x"+signed.Headers[name])})
	}
	return p.refuses(ctx, "headers", attempts...)
}

// addedHeaders adds headers to an upload: one that may be sent without a signature, and two
// that may not, which are metadata in the sense of S3 and a grant to the public.
func (p *probe) addedHeaders(ctx context.Context) (Status, string) {
	for _, added := range [][2]string{
		{"Content-Language", "tlh"}, {"X-Amz-Meta-Probe", "probe"}, {"X-Amz-Acl", "public-read"},
	} {
		header, value := added[0], added[1]
		key := p.key("added-" + strings.ToLower(header))
		signed, err := p.signUpload(ctx, key)
		if err != nil {
			return failed(err)
		}
		a, err := p.send(ctx, signed, content, withHeader(header, value))
		switch {
		case err != nil:
			return failed(err)
		case a.refused():
			continue
		case !a.taken():
			return Unknown, fmt.Sprintf("%s is answered %d", header, a.status)
		}
		if status, found := p.withoutEffect(ctx, key, header); status != OK {
			return status, found
		}
	}
	return OK, ""
}

// withoutEffect looks whether an added header has had an effect on an object that the
// service can't see.
func (p *probe) withoutEffect(ctx context.Context, key, header string) (Status, string) {
	info, err := p.store.Stat(ctx, key)
	if err != nil {
		return failed(err)
	}
	if len(info.Unexpected) > 0 {
		return OK, "" // finalize refuses such an object
	}
	a, err := p.get(ctx, key, nil)
	if err != nil {
		return failed(err)
	}
	if a.header.Get(header) != "" {
		return No, header + " is stored, but the service can't see it"
	}
	if public, err := p.public(ctx, key); err != nil {
		return failed(err)
	} else if public {
		return No, header + " makes an object public"
	}
	return OK, ""
}

func (p *probe) expiry(ctx context.Context) (Status, string) {
	key := p.key("expired")
	signed, err := p.store.SignUpload(ctx, describe(key), p.now().Add(-time.Hour), 30*time.Minute)
	if err != nil {
		return failed(err)
	}
	return p.refusesOne(ctx, key, signed, attempt{what: "a URL that died half an hour ago"})
}

// tampering changes each part of a URL in turn, and uses a URL with another method.
func (p *probe) tampering(ctx context.Context) (Status, string) {
	signed, err := p.signUpload(ctx, p.key("tampered"))
	if err != nil {
		return failed(err)
	}
	u, err := url.Parse(signed.URL)
	if err != nil {
		return failed(withoutURL(err))
	}
	p.key("tampered0")
	attempts := []attempt{
		{"another object key", func(r *http.Request) { r.URL.Path += "0" }},
		{"no signature", func(r *http.Request) { r.URL.RawQuery = "" }},
		{"POST with a PUT's URL", func(r *http.Request) { r.Method = http.MethodPost }},
	}
	for _, name := range slices.Sorted(maps.Keys(u.Query())) {
		if name != "x-id" { // it means nothing
			attempts = append(attempts, attempt{"another " + name, withQuery(name, alter)},
				attempt{"no " + name, withQuery(name, func(string) string { return "" })})
		}
	}
	if status, found := p.refuses(ctx, "tampered", attempts...); status != OK {
		return status, found
	}
	return p.keepsFromOtherMethods(ctx)
}

// keepsFromOtherMethods uses an upload's URL to read and to delete what is there.
func (p *probe) keepsFromOtherMethods(ctx context.Context) (Status, string) {
	signed, err := p.signUpload(ctx, p.uploaded.key)
	if err != nil {
		return failed(err)
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		a, err := p.send(ctx, signed, nil, func(r *http.Request) { r.Method = method })
		switch {
		case err != nil:
			return failed(err)
		case a.taken():
			return No, method + " with a PUT's URL is taken"
		}
	}
	_, err = p.store.Stat(ctx, p.uploaded.key)
	return verdict(err)
}

// withQuery changes an item of the URL's query. An empty value drops it.
func withQuery(name string, change func(string) string) func(*http.Request) {
	return func(r *http.Request) {
		query := r.URL.Query()
		value := change(query.Get(name))
		if query.Set(name, value); value == "" {
			query.Del(name)
		}
		r.URL.RawQuery = query.Encode()
	}
}

// alter replaces the last character by another one of its kind, so that a number stays a
// number and hex stays hex.
func alter(value string) string {
	if strings.HasSuffix(value, "1") {
		return strings.TrimSuffix(value, "1") + "2"
	}
	if value == "" {
		return "1"
	}
	return value[:len(value)-1] + "1"
}
