package storage

const tagColumns = `id, key, name, media_count, counted_at, created_at, updated_at`

var postgres = statements{
	bind: bindArrays,

	create:       `INSERT INTO mediakit_media (` + draftColumns + `) VALUES (` + draftValues + `)`,
	createLinked: mediaRepository.createAtOnce,
	replay: `
		SELECT i.fingerprint, ` + mediaColumns + `, ` + refs + `
		FROM mediakit_idempotency i LEFT JOIN mediakit_media m ON m.id = i.media_id AND m.state <> 'deleted'
		WHERE i.scope = '' AND i.key = $1 AND i.expires_at > $2`,
	get:   `SELECT ` + mediaColumns + `, ` + refs + ` FROM mediakit_media m WHERE m.id = $1 AND m.scope = '' AND m.state <> 'deleted'`,
	names: `SELECT id, name FROM mediakit_tags WHERE scope = '' AND id = ANY ($1::uuid[]) ORDER BY key`,

	// $1 is the media, $2 the version or 0.
	update: `
		WITH before AS MATERIALIZED (
			SELECT id, version FROM mediakit_media
			WHERE id = $1::uuid AND scope = '' AND state <> 'deleted' AND ($2::integer = 0 OR version = $2)
		)
		UPDATE mediakit_media m
		SET filename = $3::text, filename_fold = $4::text, updated_at = $5::timestamptz, version = m.version + 1
		FROM before
		WHERE m.id = before.id AND m.version = before.version
		RETURNING ` + mediaColumns + `, ` + refs,
	updateTags: mediaRepository.updateTagsAtOnce,
	version:    `SELECT version FROM mediakit_media WHERE id = $1 AND scope = '' AND state <> 'deleted'`,
	retag:      mediaRepository.retagAtOnce,
	move:       move,
	setUpload: `
		WITH before AS MATERIALIZED (
			SELECT id, version FROM mediakit_media WHERE id = $1::uuid AND scope = '' AND state = 'pending' AND upload_id IS NULL
		)
		UPDATE mediakit_media m SET upload_id = $2::text, updated_at = $3::timestamptz
		FROM before
		WHERE m.id = before.id AND m.version = before.version AND m.upload_id IS NULL
		RETURNING ` + mediaColumns + `, ` + refs,
	claim:   mediaRepository.claimAtOnce,
	release: `UPDATE mediakit_media SET due_at = $3::timestamptz WHERE id = $1::uuid AND due_at = $2::timestamptz`,
	remove:  `DELETE FROM mediakit_media WHERE id = $1::uuid AND due_at = $2::timestamptz AND state = 'deleted'`,
	forgetKeys: `
		WITH over AS MATERIALIZED (
			SELECT scope, key FROM mediakit_idempotency WHERE expires_at <= $1::timestamptz
			ORDER BY expires_at LIMIT $2::integer FOR UPDATE SKIP LOCKED
		)
		DELETE FROM mediakit_idempotency i USING over WHERE i.scope = over.scope AND i.key = over.key`,

	page:     page,
	contains: `strpos(m.filename_fold, ?) > 0`,

	createTag: `
		INSERT INTO mediakit_tags (scope, id, key, name, created_at, updated_at)
		VALUES ('', $1::uuid, $2::text, $3::text, $4::timestamptz, $5::timestamptz)
		ON CONFLICT (scope, key) DO NOTHING`,
	tagByID:    `SELECT ` + tagColumns + ` FROM mediakit_tags WHERE id = $1 AND scope = ''`,
	tagByKey:   `SELECT ` + tagColumns + ` FROM mediakit_tags WHERE scope = '' AND key = $1`,
	tagsByKeys: `SELECT ` + tagColumns + ` FROM mediakit_tags WHERE scope = '' AND key = ANY ($1::text[])`,

	// $1 is the first key and $2 the first beyond, or NULL; $3 is the last one of
	// the page before, or NULL.
	tagsByName: `
		SELECT ` + tagColumns + ` FROM mediakit_tags
		WHERE scope = '' AND key >= $1::text AND ($2::text IS NULL OR key < $2) AND ($3::text IS NULL OR key > $3)
		ORDER BY key LIMIT $4::integer`,
	tagsByCount: tagsByCount,
	renameTag: `
		UPDATE mediakit_tags SET key = $2::text, name = $3::text, updated_at = $4::timestamptz
		WHERE id = $1::uuid AND scope = '' AND NOT EXISTS (SELECT 1 FROM mediakit_tags WHERE scope = '' AND key = $2 AND id <> $1)
		RETURNING ` + tagColumns,
	lockTags: `SELECT id FROM mediakit_tags WHERE id = ANY ($1::uuid[]) AND scope = '' ORDER BY id FOR UPDATE`,

	// Links are moved rather than made afresh, so that a writer who waits for one finds
	// it under its new tag. A link that would be there twice goes with the old tag.
	moveLinks: `
		UPDATE mediakit_media_tags l SET tag_id = $2::uuid
		WHERE l.tag_id = $1::uuid AND NOT EXISTS (
			SELECT 1 FROM mediakit_media_tags o WHERE o.tag_id = $2 AND o.media_id = l.media_id)`,
	renewTag: `
		UPDATE mediakit_tags SET media_count = $2::bigint, counted_at = $3::timestamptz, updated_at = $3
		WHERE id = $1::uuid AND scope = '' RETURNING ` + tagColumns,
	deleteTag: `DELETE FROM mediakit_tags WHERE id = $1::uuid AND scope = ''`,

	staleTags: staleTags,
	countTag: `
		SELECT $1::uuid AS id, (SELECT count(*) FROM mediakit_media_tags WHERE tag_id = $1::uuid) AS linked, (
			SELECT count(*) FROM mediakit_media m JOIN mediakit_media_tags l ON l.media_id = m.id AND l.tag_id = $1::uuid
			WHERE m.scope = '' AND m.state = 'deleted') AS gone`,
	storeCounts: `
		WITH free AS MATERIALIZED (
			SELECT id FROM mediakit_tags WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
		)
		UPDATE mediakit_tags t SET media_count = c.n, counted_at = $3::timestamptz
		FROM free JOIN unnest($1::uuid[], $2::bigint[]) AS c (id, n) ON c.id = free.id
		WHERE t.id = free.id`,

	allow:      (*Store).setTimeout,
	readSlowly: (*Store).countSlowly,
}
