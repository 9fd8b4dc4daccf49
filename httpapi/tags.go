package httpapi

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
	"github.com/seed-f0df946f/mediakit/tags"
)

func (a *api) createTag(c *call) (answer, error) {
	name, err := a.readName(c)
	if err != nil {
		return answer{}, err
	}
	t, err := a.Tags.Create(c.Context(), name)
	if err != nil {
		return answer{}, err
	}
	c.reply.Set("Location", a.BasePath+"/tags/"+t.ID.String())
	return plain(http.StatusCreated, wire.FromTag(t)), nil
}

func (a *api) getTag(c *call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	t, err := a.Tags.Get(c.Context(), id)
	if err != nil {
		return answer{}, err
	}
	return fresh(c, "", encode(wire.FromTag(t))), nil
}

func (a *api) renameTag(c *call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	name, err := a.readName(c)
	if err != nil {
		return answer{}, err
	}
	t, err := a.Tags.Rename(c.Context(), id, name)
	if err != nil {
		return answer{}, err
	}
	return plain(http.StatusOK, wire.FromTag(t)), nil
}

func (a *api) mergeTag(c *call) (answer, error) {
	from, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var named wire.MergeTag
	f, err := a.read(c, mergeTagMembers(&named), &named)
	if err != nil {
		return answer{}, err
	}
	if err := f.err(noCheck); err != nil {
		return answer{}, err
	}
	into, err := parseID(*named.Into)
	if err != nil {
		return answer{}, err
	}
	t, err := a.Tags.Merge(c.Context(), from, into)
	if err != nil {
		return answer{}, err
	}
	return plain(http.StatusOK, wire.FromTag(t)), nil
}

func (a *api) deleteTag(c *call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	if err := a.Tags.Delete(c.Context(), id); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, nil
}

func (a *api) listTags(c *call) (answer, error) {
	q, err := readQuery(c.URL.RawQuery, []string{"prefix", "sort", "limit", "cursor"}, nil)
	if err != nil {
		return answer{}, err
	}
	in, bound, err := readTagsInput(q)
	if err != nil {
		return answer{}, err
	}
	items, next, err := a.Tags.List(c.Context(), in)
	if err != nil {
		return answer{}, parameterFault(err, nil)
	}
	page := wire.Page[wire.Tag]{Items: wire.FromTags(items)}
	if next != nil {
		page.NextCursor = bound.cursor(tagPosition(in.Sort, *next))
	}
	q.linkNext(c.reply, a.BasePath+"/tags", page.NextCursor)
	return fresh(c, "", encode(page)), nil
}

func readTagsInput(q *query) (tags.ListInput, binding, error) {
	in := tags.ListInput{
		Prefix: q.Get("prefix"),
		Sort:   tags.Sort(q.oneOf("sort", string(tags.SortName), string(tags.SortMediaCount))),
		Limit:  q.limit(tags.MaxPage),
	}
	if q.err != nil {
		return in, binding{}, q.err
	}
	prefix, err := tags.FoldPrefix(in.Prefix)
	if err != nil {
		return in, binding{}, parameterFault(err, nil)
	}
	bound := bind("tags", in.Sort, prefix)
	if q.Has("cursor") {
		in.After, err = bound.tagCursor(in.Sort, q.Get("cursor"))
	}
	return in, bound, err
}

// readName reads the body of a tag's create and rename.
func (a *api) readName(c *call) (string, error) {
	var named wire.NameTag
	f, err := a.read(c, nameTagMembers(&named), &named)
	if err != nil {
		return "", err
	}
	name := named.Value()
	return name, f.err(func() error {
		_, err := tags.ParseName(name)
		return err
	})
}

// id returns the id in a call's path.
func (c *call) id() (uuid.UUID, error) { return parseID(c.PathValue("id")) }

// parseID reads an id in the one spelling in which ids are answered. In any other spelling
// it names nothing.
func parseID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text || id.Version() != 7 || id.Variant() != uuid.RFC4122 {
		return uuid.Nil, errNotFound
	}
	return id, nil
}
