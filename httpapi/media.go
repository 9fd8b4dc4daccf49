package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
	"github.com/seed-f0df946f/mediakit/media"
)

// purgeTimeout is how long a delete waits until the bytes are removed. If that takes longer,
// the sweep removes them.
const purgeTimeout = 2 * time.Second

func (a *api) createMedia(c *call) (answer, error) {
	in, err := a.readCreate(c)
	if err != nil {
		return answer{}, err
	}
	v, err := a.Media.Create(c.Context(), in)
	if err != nil {
		return answer{}, err
	}
	c.reply.Set("Location", a.BasePath+"/media/"+v.ID.String())
	return secret(c.reply, http.StatusCreated, wire.FromView(v)), nil
}

func (a *api) readCreate(c *call) (media.CreateInput, error) {
	key, err := idempotencyKey(c.Header)
	if err != nil {
		return media.CreateInput{}, err
	}
	var declared wire.CreateMedia
	f, err := a.read(c, createMediaMembers(&declared), &declared)
	if err != nil {
		return media.CreateInput{}, err
	}
	in := declared.Input(key)
	return in, f.err(func() error { return in.Check(a.Media.Limits()) })
}

func (a *api) finalizeMedia(c *call) (answer, error) {
	var named wire.FinalizeMedia
	f, err := a.read(c, finalizeMediaMembers(&named), &named)
	if err != nil {
		return answer{}, err
	}
	if err := f.err(noCheck); err != nil {
		return answer{}, err
	}
	id, err := parseID(*named.ID)
	if err != nil {
		return answer{}, err
	}
	v, err := a.Media.Finalize(c.Context(), id)
	if err != nil {
		return answer{}, err
	}
	return secret(c.reply, http.StatusOK, wire.FromView(v)), nil
}

func (a *api) getMedia(c *call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	q, err := readQuery(c.URL.RawQuery, []string{"disposition"}, nil)
	if err != nil {
		return answer{}, err
	}
	attachment := q.oneOf("disposition", "inline", "attachment") == "attachment"
	if q.err != nil {
		return answer{}, q.err
	}
	v, err := a.Media.Get(c.Context(), id, media.GetOptions{Attachment: attachment})
	if err != nil {
		return answer{}, err
	}
	return fresh(c, strconv.Itoa(v.Version), encode(wire.FromView(v))), nil
}

func (a *api) updateMedia(c *call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	in, err := a.readUpdate(c)
	if err != nil {
		return answer{}, err
	}
	var v media.View
	err = a.onlyVersion(c, id, func(version int) error {
		in.IfVersion = version
		v, err = a.Media.Update(c.Context(), id, in)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return secret(c.reply, http.StatusOK, wire.FromView(v)), nil
}

func (a *api) readUpdate(c *call) (media.UpdateInput, error) {
	var changed wire.UpdateMedia
	f, err := a.read(c, updateMediaMembers(&changed), &changed)
	if err != nil {
		return media.UpdateInput{}, err
	}
	in := changed.Input()
	return in, f.err(in.Check)
}

// onlyVersion calls change with the version that the conditions of a request let pass; 0:
// any. If they name several, it looks up which of them is current, and holds the change to
// that one: a change in between isn't overwritten.
func (a *api) onlyVersion(c *call, id uuid.UUID, change func(version int) error) error {
	versions, conditional := matchVersions(c.Header)
	if !conditional {
		return change(0)
	}
	version := noVersion
	if len(versions) > 0 {
		version = versions[0]
	}
	err := change(version)
	if len(versions) < 2 || !errors.Is(err, media.ErrVersion) {
		return err
	}
	current, err := a.Media.Get(c.Context(), id, media.GetOptions{})
	if err != nil {
		return err
	}
	if !slices.Contains(versions, current.Version) {
		return media.ErrVersion
	}
	return change(current.Version)
}

// noVersion is a version that no media has: they begin at 1.
const noVersion = -1

func (a *api) deleteMedia(c *call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	err = a.onlyVersion(c, id, func(version int) error { return a.Media.DeleteVersion(c.Context(), id, version) })
	if err != nil {
		return answer{}, err
	}
	a.purge(c.Context(), id)
	return answer{status: http.StatusNoContent}, nil
}

// purge removes a deleted media's bytes, even if its client has gone. The media is
// deleted whether or not that works.
func (a *api) purge(ctx context.Context, id uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), purgeTimeout)
	defer cancel()
	if err := a.Media.Purge(ctx, id); err != nil {
		a.Logger.LogAttrs(ctx, slog.LevelWarn, "bytes are left to the sweep",
			slog.String("media_id", id.String()), slog.String("error", redact(err.Error())), requestID(ctx))
	}
}

func (a *api) signUpload(c *call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	text, err := c.json()
	if err != nil {
		return answer{}, err
	}
	if len(text) > 0 {
		var f faults
		if err := decodeObject(text, nil, &f); err != nil {
			return answer{}, err
		}
		if err := f.err(noCheck); err != nil {
			return answer{}, err
		}
	}
	plan, err := a.Media.SignUpload(c.Context(), id)
	if err != nil {
		return answer{}, err
	}
	return secret(c.reply, http.StatusOK, wire.FromUpload(plan)), nil
}
