package httpapi

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
	"github.com/seed-f0df946f/mediakit/tags"
)

func (a *api) createTag(w http.ResponseWriter, r *http.Request) error {
	name, err := a.readName(w, r)
	if err != nil {
		return err
	}
	t, err := a.Tags.Create(r.Context(), name)
	if err != nil {
		return err
	}
	w.Header().Set("Location", a.BasePath+"/tags/"+t.ID.String())
	writeJSON(w, http.StatusCreated, wire.FromTag(t))
	return nil
}

func (a *api) getTag(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	t, err := a.Tags.Get(r.Context(), id)
	if err != nil {
		return err
	}
	writeFresh(w, r, "", encode(wire.FromTag(t)))
	return nil
}

func (a *api) renameTag(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	name, err := a.readName(w, r)
	if err != nil {
		return err
	}
	t, err := a.Tags.Rename(r.Context(), id, name)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, wire.FromTag(t))
	return nil
}

func (a *api) deleteTag(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := a.Tags.Delete(r.Context(), id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *api) listTags(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, []string{"prefix", "sort", "limit", "cursor"}, nil)
	if err != nil {
		return err
	}
	in, bound, err := readTagsInput(q)
	if err != nil {
		return err
	}
	items, next, err := a.Tags.List(r.Context(), in)
	if err != nil {
		return err
	}
	page := wire.Page[wire.Tag]{Items: wire.FromTags(items)}
	if next != nil {
		page.NextCursor = bound.cursor(tagPosition(in.Sort, *next))
	}
	q.linkNext(w, a.BasePath+"/tags", page.NextCursor)
	writeFresh(w, r, "", encode(page))
	return nil
}

func readTagsInput(q *query) (tags.ListInput, binding, error) {
	in := tags.ListInput{
		Prefix: q.Get("prefix"),
		Sort:   tags.Sort(q.oneOf("sort", string(tags.SortName), string(tags.SortMediaCount))),
		Limit:  q.limit(tags.MaxPage),
	}
	prefix, err := tags.FoldPrefix(in.Prefix)
	q.checkDomain(err)
	if q.err != nil {
		return in, binding{}, q.err
	}
	bound := bind("tags", in.Sort, prefix)
	if q.Has("cursor") {
		in.After, err = bound.tagCursor(in.Sort, q.Get("cursor"))
	}
	return in, bound, err
}

// readName reads the body of a tag's create and rename.
func (a *api) readName(w http.ResponseWriter, r *http.Request) (string, error) {
	body, err := requiredBody(w, r)
	if err != nil {
		return "", err
	}
	var named wire.NameTag
	var f faults
	if err := decodeObject(body, nameTagMembers(&named), &f); err != nil {
		return "", err
	}
	a.checkShape(named, &f)
	if named.Name != nil {
		_, err := tags.ParseName(*named.Name)
		f.checkDomain(err)
	}
	if err := f.err(); err != nil {
		return "", err
	}
	return *named.Name, nil
}

// pathID returns the id in a request's path.
func pathID(r *http.Request) (uuid.UUID, error) { return parseID(r.PathValue("id")) }

// parseID reads an id in the one spelling that it is given out in; whatever else
// names nothing.
func parseID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text || id.Version() != 7 || id.Variant() != uuid.RFC4122 {
		return uuid.Nil, errNotFound
	}
	return id, nil
}
