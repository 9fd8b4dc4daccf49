package storage

// sqliteTagsByCount is a page of tags, as PostgreSQL's tagsByCount. A part of the walk that
// isn't wanted has the limit 0: SQLite would try a condition on each row anew. The bounds
// of the keys are never NULL, so that the index is searched between them.
const sqliteTagsByCount = `
WITH few AS MATERIALIZED (
	SELECT key FROM mediakit_tags
	WHERE scope = '' AND key >= $1 AND key < coalesce($2, x'') ORDER BY key LIMIT $5 + 1
), parts AS MATERIALIZED (
	SELECT CASE WHEN (SELECT count(*) FROM few) > $5 THEN 0 ELSE $5 END AS sorted,
		CASE WHEN (SELECT count(*) FROM few) > $5 THEN $5 ELSE 0 END AS walked
), walked AS MATERIALIZED (
	SELECT id, key, uses FROM (
		SELECT t.id, t.key, coalesce(t.media_count, -1) AS uses
		FROM (SELECT key FROM few LIMIT (SELECT sorted FROM parts)) f
		CROSS JOIN mediakit_tags t ON t.scope = '' AND t.key = f.key
		WHERE coalesce(t.media_count, -1) < $3 OR coalesce(t.media_count, -1) = $3 AND t.id > $4
		UNION ALL
		SELECT id, key, $3 FROM (SELECT id, key FROM mediakit_tags
			WHERE scope = '' AND coalesce(media_count, -1) = $3 AND id > $4
			ORDER BY id LIMIT (SELECT walked FROM parts))
		UNION ALL
		SELECT id, key, uses FROM (SELECT id, key, coalesce(media_count, -1) AS uses FROM mediakit_tags
			WHERE scope = '' AND coalesce(media_count, -1) < $3
			ORDER BY coalesce(media_count, -1) DESC, id LIMIT (SELECT walked FROM parts))
	) u ORDER BY uses DESC, id LIMIT $5
), page AS MATERIALIZED (
	SELECT id FROM walked WHERE key >= $1 AND key < coalesce($2, x'') ORDER BY uses DESC, id LIMIT $6
)
SELECT ` + tagColumns + `, false AS resume FROM mediakit_tags WHERE id IN (SELECT id FROM page)
UNION ALL
SELECT ` + tagColumns + `, true FROM mediakit_tags
WHERE id = CASE WHEN (SELECT count(*) FROM page) < $6 AND (SELECT count(*) FROM walked) = $5
	THEN (SELECT id FROM walked ORDER BY uses, id DESC LIMIT 1) END`

// sqliteStaleTags finds the tags to be counted and counts their links, as PostgreSQL's
// staleTags.
const sqliteStaleTags = `
WITH stale AS MATERIALIZED (
	SELECT * FROM (SELECT id, counted_at FROM mediakit_tags WHERE counted_at IS NULL ORDER BY id LIMIT $4)
	UNION ALL
	SELECT * FROM (SELECT id, counted_at FROM mediakit_tags
		WHERE counted_at < $1 AND (media_count <= $3 OR counted_at < $2) ORDER BY counted_at, id LIMIT $4)
), chosen AS MATERIALIZED (
	SELECT id, counted_at FROM stale ORDER BY counted_at, id LIMIT $4
), gone AS MATERIALIZED (
	SELECT l.tag_id, count(*) AS n FROM mediakit_media m
	CROSS JOIN mediakit_media_tags l ON l.media_id = m.id
	WHERE m.scope = '' AND m.state = 'deleted' GROUP BY l.tag_id
)
SELECT chosen.id, coalesce(gone.n, 0) AS gone, (
	SELECT count(*) FROM (SELECT 1 FROM mediakit_media_tags WHERE tag_id = chosen.id LIMIT $3 + 1)) AS linked
FROM chosen LEFT JOIN gone ON gone.tag_id = chosen.id
ORDER BY chosen.counted_at, chosen.id`
