package storage

// tagsByCount is a page of tags, the most used first. $1 is the first key and $2 the first
// beyond, or NULL; $3 and $4 are the count and the id of the last tag before; $5 is the
// budget, and $6 the limit and one.
//
// If no more than the budget have the prefix, all of these are sorted. Else the tags are
// walked in the order of their counts, as far as the budget goes. If the page isn't full
// by then, one row more tells where to go on.
//
// uses is the count, negated: with both members ascending, one comparison of rows is the
// range of the index in which the page begins.
const tagsByCount = `
WITH few AS MATERIALIZED (
	SELECT key FROM mediakit_tags
	WHERE scope = '' AND key >= $1::text AND ($2::text IS NULL OR key < $2) ORDER BY key LIMIT $5::integer + 1
), walked AS MATERIALIZED (
	SELECT id, key, uses FROM (
		(SELECT t.id, t.key, - coalesce(t.media_count, -1) AS uses
		FROM few JOIN mediakit_tags t ON t.scope = '' AND t.key = few.key
		WHERE (SELECT count(*) FROM few) <= $5 AND (- coalesce(t.media_count, -1), t.id) > (- $3::bigint, $4::uuid))
		UNION ALL
		(SELECT id, key, - coalesce(media_count, -1) FROM mediakit_tags
		WHERE (SELECT count(*) FROM few) > $5 AND scope = '' AND (- coalesce(media_count, -1), id) > (- $3::bigint, $4::uuid)
		ORDER BY - coalesce(media_count, -1), id LIMIT $5)
	) u ORDER BY uses, id LIMIT $5
), page AS MATERIALIZED (
	SELECT id FROM walked WHERE key >= $1 AND ($2 IS NULL OR key < $2) ORDER BY uses, id LIMIT $6::integer
)
SELECT ` + tagColumns + `, false AS resume FROM mediakit_tags WHERE id = ANY (ARRAY(SELECT id FROM page))
UNION ALL
SELECT ` + tagColumns + `, true FROM mediakit_tags
WHERE id = (SELECT id FROM walked ORDER BY uses DESC, id DESC LIMIT 1)
	AND (SELECT count(*) FROM page) < $6 AND (SELECT count(*) FROM walked) = $5`

// staleTags finds the tags to be counted and counts their links, without a lock. $1 is the
// moment before which a count is stale, $2 that for large tags, $3 how many media make a
// tag large, $4 the limit. No more than $3 links and one are counted of a tag.
//
// Tombstones are few, and indexed: it is cheaper to count theirs and subtract than to look
// at the row of every media that is linked.
const staleTags = `
WITH stale AS MATERIALIZED (
	(SELECT id, counted_at FROM mediakit_tags WHERE counted_at IS NULL ORDER BY counted_at NULLS FIRST, id LIMIT $4::integer)
	UNION ALL
	(SELECT id, counted_at FROM mediakit_tags
	WHERE counted_at < $1::timestamptz AND (media_count <= $3::bigint OR counted_at < $2::timestamptz)
	ORDER BY counted_at NULLS FIRST, id LIMIT $4)
), chosen AS MATERIALIZED (
	SELECT id, counted_at FROM stale ORDER BY counted_at NULLS FIRST, id LIMIT $4
), gone AS MATERIALIZED (
	SELECT l.tag_id, count(*) AS n FROM mediakit_media m
	CROSS JOIN LATERAL (SELECT tag_id FROM mediakit_media_tags WHERE media_id = m.id OFFSET 0) l
	WHERE m.scope = '' AND m.state = 'deleted' GROUP BY l.tag_id
)
SELECT chosen.id, coalesce(gone.n, 0) AS gone, (
	SELECT count(*) FROM (SELECT FROM mediakit_media_tags WHERE tag_id = chosen.id LIMIT $3 + 1) l) AS linked
FROM chosen LEFT JOIN gone ON gone.tag_id = chosen.id
ORDER BY chosen.counted_at NULLS FIRST, chosen.id`
