package storage

import "strings"

// returned are mediaColumns without the table's other name, which RETURNING doesn't know.
var returned = strings.ReplaceAll(mediaColumns, "m.", "")

const (
	// returnedRefs is a column with the tags of a media that was just changed.
	returnedRefs = `(SELECT json_group_array(json_object('ID', t.id, 'Name', t.name) ORDER BY t.key)
	FROM mediakit_media_tags l JOIN mediakit_tags t ON t.id = l.tag_id WHERE l.media_id = mediakit_media.id) AS refs`

	inList = `IN (SELECT value FROM json_each(`
)

// The same statements as PostgreSQL's. Lists come as JSON, and times as texts of one form,
// which compare as the times do. There is one writer at a time, so that what a statement
// reads is what it changes.
var sqlite = statements{
	bind:      bindTexts,
	oneWriter: true,

	create: `INSERT INTO mediakit_media (` + draftColumns + `)
		VALUES ('', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
	createLinked: mediaRepository.createInSteps,
	replay: `
		SELECT i.fingerprint, ` + mediaColumns + `, ` + strings.ReplaceAll(returnedRefs, "mediakit_media.", "m.") + `
		FROM mediakit_idempotency i LEFT JOIN mediakit_media m ON m.id = i.media_id AND m.state <> 'deleted'
		WHERE i.scope = '' AND i.key = $1 AND i.expires_at > $2`,
	get: `SELECT ` + returned + `, ` + returnedRefs + `
		FROM mediakit_media WHERE id = $1 AND scope = '' AND state <> 'deleted'`,
	names: `SELECT id, name FROM mediakit_tags WHERE scope = '' AND id ` + inList + `$1)) ORDER BY key`,

	// What is NULL changes nothing.
	update: `
		UPDATE mediakit_media
		SET filename = coalesce($3, filename), filename_fold = coalesce($4, filename_fold), updated_at = $5, version = version + 1
		WHERE id = $1 AND scope = '' AND state <> 'deleted' AND ($2 = 0 OR version = $2)
		RETURNING ` + returned + `, ` + returnedRefs,
	updateTags: mediaRepository.updateTagsInSteps,
	version:    `SELECT version FROM mediakit_media WHERE id = $1 AND scope = '' AND state <> 'deleted'`,
	retag:      mediaRepository.retagInSteps,
	move: `
		UPDATE mediakit_media
		SET state = $3, updated_at = $4, due_at = $5, last_url_at = coalesce(last_url_at, $6),
			ready_at = coalesce(ready_at, $7), failure = coalesce($8, failure), found = coalesce($17, found),
			sha256_status = coalesce($9, sha256_status), etag = coalesce($10, etag),
			object_version = coalesce($11, object_version), width = coalesce($12, width),
			height = coalesce($13, height), duration_ms = coalesce($14, duration_ms), version = version + 1
		WHERE id = $1 AND scope = '' AND state ` + inList + `$2)) AND state <> 'deleted'
			AND ($15 IS NULL OR due_at = $15) AND ($16 IS NULL OR expires_at <= $16)
			AND ($18 IS NULL OR version = $18)
		RETURNING ` + returned + `, ` + returnedRefs,
	setUpload: `
		UPDATE mediakit_media SET upload_id = $2, updated_at = $3
		WHERE id = $1 AND scope = '' AND state = 'pending' AND upload_id IS NULL
		RETURNING ` + returned + `, ` + returnedRefs,
	claim:   mediaRepository.claimInSteps,
	release: `UPDATE mediakit_media SET due_at = $3 WHERE id = $1 AND due_at = $2`,
	remove:  `DELETE FROM mediakit_media WHERE id = $1 AND due_at = $2 AND state = 'deleted'`,
	forgetKeys: `
		DELETE FROM mediakit_idempotency WHERE (scope, key) IN (
			SELECT scope, key FROM mediakit_idempotency WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`,

	page:     sqlitePage,
	contains: `instr(m.filename_fold, ?) > 0`,

	createTag: `
		INSERT INTO mediakit_tags (scope, id, key, name, created_at, updated_at) VALUES ('', $1, $2, $3, $4, $5)
		ON CONFLICT (scope, key) DO NOTHING`,
	tagByID:    `SELECT ` + tagColumns + ` FROM mediakit_tags WHERE id = $1 AND scope = ''`,
	tagByKey:   `SELECT ` + tagColumns + ` FROM mediakit_tags WHERE scope = '' AND key = $1`,
	tagsByKeys: `SELECT ` + tagColumns + ` FROM mediakit_tags WHERE scope = '' AND key ` + inList + `$1))`,

	// The bounds are never NULL, so that the index is searched between them.
	tagsByName: `
		SELECT ` + tagColumns + ` FROM mediakit_tags
		WHERE scope = '' AND key >= $1 AND key < coalesce($2, x'') AND key > coalesce($3, '')
		ORDER BY key LIMIT $4`,
	tagsByCount: sqliteTagsByCount,
	renameTag: `
		UPDATE mediakit_tags SET key = $2, name = $3, updated_at = $4
		WHERE id = $1 AND scope = '' AND NOT EXISTS (SELECT 1 FROM mediakit_tags o WHERE o.scope = '' AND o.key = $2 AND o.id <> $1)
		RETURNING ` + tagColumns,
	lockTags: `SELECT id FROM mediakit_tags WHERE scope = '' AND id ` + inList + `$1))`,
	moveLinks: `
		UPDATE mediakit_media_tags AS l SET tag_id = $2
		WHERE l.tag_id = $1 AND NOT EXISTS (
			SELECT 1 FROM mediakit_media_tags o WHERE o.tag_id = $2 AND o.media_id = l.media_id)`,
	renewTag: `
		UPDATE mediakit_tags SET media_count = $2, counted_at = $3, updated_at = $3
		WHERE id = $1 AND scope = '' RETURNING ` + tagColumns,
	deleteTag: `DELETE FROM mediakit_tags WHERE id = $1 AND scope = ''`,

	staleTags: sqliteStaleTags,
	countTag: `
		SELECT $1 AS id, (SELECT count(*) FROM mediakit_media_tags WHERE tag_id = $1) AS linked, (
			SELECT count(*) FROM mediakit_media m CROSS JOIN mediakit_media_tags l ON l.media_id = m.id AND l.tag_id = $1
			WHERE m.scope = '' AND m.state = 'deleted') AS gone`,
	storeCounts: `
		UPDATE mediakit_tags SET media_count = $2 ->> i.key, counted_at = $3
		FROM json_each($1) i WHERE mediakit_tags.id = i.value`,

	allow:      (*Store).allowAny,
	readSlowly: (*Store).read,
}

// sqlitePage is the search, as PostgreSQL's page. The arguments stand by their number
// there, since they are wanted in another order.
//
// CROSS JOIN keeps the order of the tables. c is read again wherever it is named, and
// each time only as far as it is wanted: the last candidate is looked for only if h,
// which is read once, is short.
const sqlitePage = `
WITH c AS NOT MATERIALIZED (?0
), h AS MATERIALIZED (
	SELECT m.* FROM c CROSS JOIN mediakit_media m ON m.id = c.id AND m.scope = ''?1
	WHERE true?2
	LIMIT ?3
)
SELECT ` + mediaColumns + `, false AS resume,
	(SELECT json_group_array(l.tag_id) FROM mediakit_media_tags l WHERE l.media_id = m.id) AS tag_ids
FROM h m
UNION ALL
SELECT ` + mediaColumns + `, true, NULL FROM mediakit_media m
WHERE m.id = CASE WHEN (SELECT count(*) FROM h) <= ?5 AND (SELECT count(*) FROM c) >= ?6
	THEN (SELECT id FROM c ORDER BY id ?4 LIMIT 1) END`
