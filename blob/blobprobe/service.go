package blobprobe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/seed-f0df946f/mediakit/media"
)

// own is the name of the object that the service itself stores.
const own = "service"

func (p *probe) mayPut(ctx context.Context) (Status, string) {
	return verdict(p.store.Put(ctx, describe(p.key(own)), bytes.NewReader(content)))
}

// mayHead also asks for an object that isn't there: on S3, the service needs another right
// to learn that.
func (p *probe) mayHead(ctx context.Context) (Status, string) {
	if _, err := p.store.Stat(ctx, p.key("nothing")); err == nil {
		return No, "there is an object that nobody stored"
	} else if !errors.Is(err, media.ErrNoObject) {
		return failed(fmt.Errorf("for an object that isn't there: %w", err))
	}
	_, err := p.store.Stat(ctx, p.key(own))
	return verdict(err)
}

func (p *probe) mayGet(ctx context.Context) (Status, string) {
	r, err := p.store.ReadAt(ctx, p.key(own), media.Pin{}, 0, int64(len(content)))
	if err != nil {
		return verdict(err)
	}
	defer r.Close()
	read, err := io.ReadAll(r)
	if err == nil && !bytes.Equal(read, content) {
		return No, "other bytes come back than were stored"
	}
	return verdict(err)
}

func (p *probe) mayList(ctx context.Context) (Status, string) {
	objects, _, err := p.store.List(ctx, p.folder+"/", "")
	if err == nil && !slices.ContainsFunc(objects, func(o media.Object) bool { return o.Key == p.key(own) }) {
		return No, "the list lacks an object that is there"
	}
	return verdict(err)
}

func (p *probe) mayDelete(ctx context.Context) (Status, string) {
	if err := p.store.Delete(ctx, p.key(own)); err != nil {
		return verdict(err)
	}
	if _, err := p.store.Stat(ctx, p.key(own)); !errors.Is(err, media.ErrNoObject) {
		return No, "a deleted object is still there"
	}
	return OK, ""
}

// verdict returns the result of a call that should succeed. If the store can't be reached,
// that says nothing about what it allows.
func verdict(err error) (Status, string) {
	switch {
	case err == nil:
		return OK, ""
	case errors.Is(err, media.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return Unknown, err.Error()
	default:
		return No, err.Error()
	}
}
