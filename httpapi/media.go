package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
	"github.com/seed-f0df946f/mediakit/media"
)

// purgeTimeout is how long a delete waits for the bytes to go. The sweep removes
// what is left.
const purgeTimeout = 2 * time.Second

func (a *api) createMedia(w http.ResponseWriter, r *http.Request) error {
	in, err := a.readCreate(w, r)
	if err != nil {
		return err
	}
	v, err := a.Media.Create(r.Context(), in)
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.BasePath+"/media/"+v.ID.String())
	writeSecret(w, http.StatusCreated, wire.FromView(v))
	return nil
}

func (a *api) readCreate(w http.ResponseWriter, r *http.Request) (media.CreateInput, error) {
	key, err := idempotencyKey(r)
	if err != nil {
		return media.CreateInput{}, err
	}
	body, err := requiredBody(w, r)
	if err != nil {
		return media.CreateInput{}, err
	}
	var declared wire.CreateMedia
	var f faults
	if err := decodeObject(body, createMediaMembers(&declared), &f); err != nil {
		return media.CreateInput{}, err
	}
	a.checkShape(declared, &f)
	in := declared.Input(key)
	f.checkDomain(a.Media.ValidateCreate(in))
	return in, f.err()
}

func (a *api) finalizeMedia(w http.ResponseWriter, r *http.Request) error {
	body, err := requiredBody(w, r)
	if err != nil {
		return err
	}
	var named wire.FinalizeMedia
	var f faults
	if err := decodeObject(body, finalizeMediaMembers(&named), &f); err != nil {
		return err
	}
	a.checkShape(named, &f)
	if err := f.err(); err != nil {
		return err
	}
	id, err := parseID(*named.ID)
	if err != nil {
		return err
	}
	v, err := a.Media.Finalize(r.Context(), id)
	if err != nil {
		return err
	}
	writeSecret(w, http.StatusOK, wire.FromView(v))
	return nil
}

func (a *api) getMedia(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	q, err := readQuery(r, []string{"disposition"}, nil)
	if err != nil {
		return err
	}
	attachment := q.oneOf("disposition", "inline", "attachment") == "attachment"
	if q.err != nil {
		return q.err
	}
	v, err := a.Media.Get(r.Context(), id, media.GetOptions{Attachment: attachment})
	if err != nil {
		return err
	}
	writeFresh(w, r, strconv.Itoa(v.Version), encode(wire.FromView(v)))
	return nil
}

func (a *api) updateMedia(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	in, err := a.readUpdate(w, r)
	if err != nil {
		return err
	}
	if in.IfVersion, err = a.ifVersion(r, id); err != nil {
		return err
	}
	v, err := a.Media.Update(r.Context(), id, in)
	if err != nil {
		return err
	}
	writeSecret(w, http.StatusOK, wire.FromView(v))
	return nil
}

func (a *api) readUpdate(w http.ResponseWriter, r *http.Request) (media.UpdateInput, error) {
	body, err := requiredBody(w, r)
	if err != nil {
		return media.UpdateInput{}, err
	}
	var changed wire.UpdateMedia
	var f faults
	if err := decodeObject(body, updateMediaMembers(&changed), &f); err != nil {
		return media.UpdateInput{}, err
	}
	a.checkShape(changed, &f)
	in := changed.Input()
	f.checkDomain(a.Media.ValidateUpdate(in))
	return in, f.err()
}

// ifVersion returns the one version that If-Match lets an update change, 0 for
// any. Where it names several, that is the current one if it is among them: the
// update then holds to it, so that no change between the two is lost.
func (a *api) ifVersion(r *http.Request, id uuid.UUID) (int, error) {
	versions, conditional := matchVersions(r)
	switch {
	case !conditional:
		return 0, nil
	case len(versions) == 1:
		return versions[0], nil
	}
	v, err := a.Media.Get(r.Context(), id, media.GetOptions{})
	if err != nil {
		return 0, err
	}
	if !slices.Contains(versions, v.Version) {
		return 0, media.ErrVersion
	}
	return v.Version, nil
}

func (a *api) deleteMedia(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := a.Media.Delete(r.Context(), id); err != nil {
		return err
	}
	a.purge(r, id)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// purge removes a deleted media's bytes, also where its client has gone. It is
// deleted whether or not that works.
func (a *api) purge(r *http.Request, id uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), purgeTimeout)
	defer cancel()
	if err := a.Media.Purge(ctx, id); err != nil {
		a.Logger.LogAttrs(ctx, slog.LevelWarn, "bytes are left to the sweep",
			slog.String("media_id", id.String()), slog.String("error", redact(err.Error())), requestID(ctx))
	}
}

func (a *api) signUpload(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	if len(body) > 0 {
		var f faults
		if err := decodeObject(body, nil, &f); err != nil {
			return err
		}
		if err := f.err(); err != nil {
			return err
		}
	}
	plan, err := a.Media.SignUpload(r.Context(), id)
	if err != nil {
		return err
	}
	writeSecret(w, http.StatusOK, wire.FromUpload(plan))
	return nil
}

func (a *api) getOpenAPI(w http.ResponseWriter, r *http.Request) error {
	writeFresh(w, r, "", openAPI)
	return nil
}
