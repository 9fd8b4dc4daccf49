package storage

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// List implements [media.Repository]. It takes one round trip to look up the tags that the
// filter names, one for the page, and one for the names of the tags on the page. Without
// tags in the filter or on the page, it takes none for them.
func (r mediaRepository) List(ctx context.Context, q media.Query) ([]media.Media, uuid.UUID, error) {
	named, possible, err := r.resolve(ctx, q.Selection)
	if err != nil || !possible {
		return nil, uuid.Nil, err
	}
	s := search{Query: q, named: named, contains: r.sql.contains}
	var rows []mediaRow
	if err := r.list(ctx, &rows, r.sql.page, s.args()...); err != nil {
		return nil, uuid.Nil, err
	}
	rows, next := s.cut(rows)
	items := make([]media.Media, len(rows))
	for i, row := range rows {
		items[i] = row.media()
	}
	return items, next, r.nameTags(ctx, rows, items)
}

// resolve finds the tags that the filter names by their keys, and tells whether
// any media can match it.
func (r mediaRepository) resolve(ctx context.Context, f media.Selection) (named map[string]tags.Tag, possible bool, err error) {
	keys := slices.Concat(f.AllTagKeys, f.AnyTagKeys, f.NoTagKeys)
	if len(keys) == 0 {
		return nil, true, nil
	}
	if f.Untagged && len(f.AllTagKeys)+len(f.AnyTagKeys) > 0 {
		return nil, false, nil
	}
	var found []tags.Tag
	if err := r.query(ctx, &found, r.sql.tagsByKeys, list(keys)); err != nil {
		return nil, false, err
	}
	named = make(map[string]tags.Tag, len(found))
	for _, t := range found {
		named[t.Key] = t
	}
	exists := func(key string) bool { _, ok := named[key]; return ok }
	unknown := func(key string) bool { return !exists(key) }
	possible = !slices.ContainsFunc(f.AllTagKeys, unknown) &&
		(len(f.AnyTagKeys) == 0 || slices.ContainsFunc(f.AnyTagKeys, exists))
	return named, possible, nil
}

// nameTags gives the items their tags, whose ids came with the rows. Each name is
// read once, however many of the media carry it.
func (r mediaRepository) nameTags(ctx context.Context, rows []mediaRow, items []media.Media) error {
	rank := map[uuid.UUID]int{}
	var ids []uuid.UUID
	for _, row := range rows {
		for _, id := range row.TagIDs {
			if _, seen := rank[id]; !seen {
				rank[id] = -1 // until its name is found: the tag may be gone by now
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var named []tags.Ref
	if err := r.query(ctx, &named, r.sql.names, idList(ids)); err != nil {
		return err
	}
	for i, t := range named {
		rank[t.ID] = i
	}
	for i, row := range rows {
		items[i].Tags = inOrder(row.TagIDs, rank, named)
	}
	return nil
}

// inOrder returns the tags with the ids in the order of named.
func inOrder(ids []uuid.UUID, rank map[uuid.UUID]int, named []tags.Ref) []tags.Ref {
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return cmp.Compare(rank[a], rank[b]) })
	var list []tags.Ref
	for _, id := range ids {
		if at := rank[id]; at >= 0 {
			list = append(list, named[at])
		}
	}
	return list
}

// search writes one page's arguments.
type search struct {
	media.Query
	named    map[string]tags.Tag
	contains string
}

// conditions are joined by and; none hold always.
type conditions struct {
	text string
	args []any
}

func (c *conditions) and(text string, args ...any) {
	c.text += " AND " + text
	c.args = append(c.args, args...)
}

func (c *conditions) sql() any { return bun.SafeQuery(c.text, c.args...) }

func (s search) args() []any {
	end := bun.Safe("ASC") // to find the last candidate: if ids descend, it has the least
	if s.Ascending {
		end = bun.Safe("DESC")
	}
	return []any{s.candidates(), s.rows(), s.links(), s.Limit + 1, end, s.Limit, s.budget()}
}

// budget is how many candidates are looked at, at most. One more than a page
// holds are always, so that a walk gets on.
func (s search) budget() int {
	lists := 1
	if len(s.Selection.AllTagKeys) == 0 && !s.bySHA256() {
		lists = max(1, len(s.ids(s.Selection.AnyTagKeys)))
	}
	return max(s.Budget/lists, s.Limit+1)
}

// candidates walks what is likely the shortest list that holds every match.
func (s search) candidates() any {
	all, some := s.byUse(s.Selection.AllTagKeys), s.ids(s.Selection.AnyTagKeys)
	switch {
	case s.bySHA256():
		return s.all()
	case len(all) > 0:
		return s.posted(all[0])
	case len(some) > 0:
		return s.merged(some)
	}
	return s.all()
}

// posted walks the media that carry a tag.
func (s search) posted(tag uuid.UUID) any {
	var beyond conditions
	s.bound(&beyond, "media_id")
	return bun.SafeQuery(
		"SELECT media_id AS id FROM mediakit_media_tags WHERE tag_id = ?? ORDER BY media_id ? LIMIT ?",
		tag, beyond.sql(), s.direction(), s.budget())
}

// merged walks the media that carry one of several tags. A match that belongs
// among the first so many of all belongs among as many of its own list, so that
// lists cut to the same length lose none.
func (s search) merged(some []uuid.UUID) any {
	text, args := "", []any{}
	for i, tag := range some {
		if i > 0 {
			text += " UNION ALL "
		}
		text += "SELECT id FROM (?) l"
		args = append(args, s.posted(tag))
	}
	args = append(args, s.direction(), s.budget())
	return bun.SafeQuery("SELECT DISTINCT id FROM ("+text+") u ORDER BY id ? LIMIT ?", args...)
}

// bySHA256 reports whether the index of the ready media's sha256 finds the candidates:
// hardly ever more than a few.
func (s search) bySHA256() bool {
	return !s.Selection.SHA256.IsZero() && s.Selection.State == media.StateReady
}

// all walks the media themselves, by an index that tells a sha256, a type or a state.
func (s search) all() any {
	var beyond conditions
	switch {
	case s.bySHA256():
		beyond.and("state = 'ready'") // as the index has it
		beyond.and("sha256 = ?", s.Selection.SHA256)
	case s.Selection.ContentType != "":
		beyond.and("content_type = ?", s.Selection.ContentType)
	case s.Selection.State != "":
		beyond.and("state = ?", string(s.Selection.State))
	}
	s.bound(&beyond, "id")
	return bun.SafeQuery("SELECT id FROM mediakit_media WHERE scope = ''? ORDER BY id ? LIMIT ?",
		beyond.sql(), s.direction(), s.budget())
}

// bound keeps a walk beyond the cursor, and between the ids of the times of
// creation. It stands in every list: from a condition on one column the planner
// concludes nothing about another that is equal to it.
func (s search) bound(c *conditions, column string) {
	if s.After != uuid.Nil && s.Ascending {
		c.and("? > ?", bun.Safe(column), s.After)
	} else if s.After != uuid.Nil {
		c.and("? < ?", bun.Safe(column), s.After)
	}
	if at := s.Selection.CreatedAfter; at.UnixMilli() > 0 {
		c.and("? >= ?", bun.Safe(column), idAt(at, 0x00))
	}
	if at := s.Selection.CreatedBefore; at.UnixMilli() > 0 {
		c.and("? <= ?", bun.Safe(column), idAt(at, 0xff))
	}
}

// idAt returns the id of t's millisecond with all that follows it filled.
func idAt(t time.Time, fill byte) uuid.UUID {
	id := uuid.UUID(bytes.Repeat([]byte{fill}, len(uuid.UUID{})))
	for i, ms := 5, t.UnixMilli(); i >= 0; i, ms = i-1, ms>>8 {
		id[i] = byte(ms)
	}
	return id
}

func (s search) direction() bun.Safe {
	if s.Ascending {
		return "ASC"
	}
	return "DESC"
}

// rows are the conditions on a candidate's row.
func (s search) rows() any {
	var c conditions
	f := s.Selection
	if f.State != "" {
		c.and("m.state = ?", string(f.State))
	}
	c.and("m.state <> 'deleted'")
	if f.Kind != "" {
		c.and("m.kind = ?", string(f.Kind))
	}
	if f.ContentType != "" {
		c.and("m.content_type = ?", f.ContentType)
	}
	if !f.SHA256.IsZero() {
		c.and("m.sha256 = ?", f.SHA256)
	}
	if !f.CreatedAfter.IsZero() {
		c.and("m.created_at > ?", f.CreatedAfter)
	}
	if !f.CreatedBefore.IsZero() {
		c.and("m.created_at < ?", f.CreatedBefore)
	}
	if f.FilenameFold != "" {
		c.and(s.contains, f.FilenameFold)
	}
	return c.sql()
}

// links are the conditions on a candidate's tags, the most selective first.
func (s search) links() any {
	const probe = "EXISTS (SELECT 1 FROM mediakit_media_tags x WHERE x.media_id = c.id"
	var c conditions
	all, some, none := s.byUse(s.Selection.AllTagKeys), s.ids(s.Selection.AnyTagKeys), s.ids(s.Selection.NoTagKeys)
	listed := !s.bySHA256() // whether the candidates carry one of some
	if s.Selection.Untagged {
		c.and("NOT " + probe + " LIMIT 1 OFFSET 0)")
	}
	if len(all) > 0 && !s.bySHA256() {
		all, listed = all[1:], false // the candidates carry the first
	}
	for _, id := range all {
		c.and(probe+" AND x.tag_id = ? LIMIT 1 OFFSET 0)", id)
	}
	if len(some) > 0 && !listed {
		c.and(probe+" AND x.tag_id IN (?) LIMIT 1 OFFSET 0)", bun.List(some))
	}
	if len(none) > 0 {
		c.and("NOT "+probe+" AND x.tag_id IN (?) LIMIT 1 OFFSET 0)", bun.List(none))
	}
	return c.sql()
}

// ids returns the ids of the keys that exist, each once.
func (s search) ids(keys []string) []uuid.UUID {
	var ids []uuid.UUID
	for _, key := range keys {
		if t, ok := s.named[key]; ok && !slices.Contains(ids, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// byUse returns ids, the rarest first as far as they were counted: only speed
// depends on it. A tag never counted is new, so probably rare.
func (s search) byUse(keys []string) []uuid.UUID {
	ids := s.ids(keys)
	uses := make(map[uuid.UUID]int64, len(s.named))
	for _, t := range s.named {
		if t.MediaCount != nil {
			uses[t.ID] = *t.MediaCount
		}
	}
	slices.SortStableFunc(ids, func(a, b uuid.UUID) int { return cmp.Compare(uses[a], uses[b]) })
	return ids
}

// cut puts the rows of a page in order and takes off what isn't part of it: the
// row that showed that there is more, or the row at which the search ended.
func (s search) cut(rows []mediaRow) (page []mediaRow, next uuid.UUID) {
	if i := slices.IndexFunc(rows, func(r mediaRow) bool { return r.Resume }); i >= 0 {
		next = rows[i].ID
		rows = slices.Delete(rows, i, i+1)
	}
	slices.SortFunc(rows, func(a, b mediaRow) int {
		if s.Ascending {
			return bytes.Compare(a.ID[:], b.ID[:])
		}
		return bytes.Compare(b.ID[:], a.ID[:])
	})
	if len(rows) > s.Limit {
		rows = rows[:s.Limit]
		next = rows[s.Limit-1].ID
	}
	return rows, next
}
