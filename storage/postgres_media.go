package storage

// mediaColumns are the columns of m. They are named one by one, so that a column
// more in the table changes no result under a prepared statement.
const mediaColumns = columnsButDue + `, m.due_at`

const columnsButDue = `m.id, m.filename, m.filename_fold, m.content_type, m.kind, m.size, m.sha256,
	m.sha256_status, m.state, m.failure, m.found, m.object_key, m.upload_id, m.etag, m.object_version,
	m.width, m.height, m.duration_ms, m.version, m.created_at, m.updated_at, m.ready_at, m.expires_at,
	m.last_url_at`

// refs is a column with the tags of m.
const refs = `(SELECT json_agg(json_build_object('ID', t.id, 'Name', t.name) ORDER BY t.key)
	FROM mediakit_media_tags l JOIN mediakit_tags t ON t.id = l.tag_id WHERE l.media_id = m.id) AS refs`

// chosenRefs is refs for a statement that makes the links itself: it can't read them yet.
const chosenRefs = `(SELECT json_agg(json_build_object('ID', id, 'Name', name) ORDER BY key) FROM chosen) AS refs`

// A draft's columns are the arguments $1 to $16.
const (
	draftColumns = `scope, id, filename, filename_fold, content_type, kind, size, sha256, sha256_status, state,
	object_key, version, created_at, updated_at, expires_at, last_url_at, due_at`
	draftValues = `'', $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::bytea, $8::text, $9::text,
	$10::text, $11::integer, $12::timestamptz, $13::timestamptz, $14::timestamptz, $15::timestamptz, $16::timestamptz`
)

// A statement with data-modifying parts reads one snapshot, taken before it waits
// for any lock. Hence:
//
//   - Tags that the snapshot shows are locked FOR KEY SHARE. A tag that was dropped or
//     renamed meanwhile falls out, and no other can be until the links stand. Tags that
//     are missing are inserted. If another writer has just made one, the snapshot doesn't
//     show it: DO UPDATE returns it, and DO NOTHING wouldn't.
//   - A media is changed only if its version is still that of the snapshot. Every change
//     of its tags bumps the version, so the tags that the statement read are the tags it
//     has. If the version is another one, nothing is changed, and the caller runs the
//     statement again.
//   - What a part has inserted or changed is joined or read as a whole, never looked up
//     row by row: PostgreSQL can't run such a part again for the check after a lock.
//
// All statements take their locks in one order, so that two writers hardly ever wait for
// each other: the idempotency key, existing tags by id (a tag key may change meanwhile),
// media by id, new tags by tag key. One case breaks the order: a tag that was made after
// the snapshot and is already being merged, renamed or deleted. It ends in a deadlock, and
// settle runs the statement that lost it again.

// createLinked. $17 to $20 are candidates, $21 to $23 the idempotency record.
//
// An idempotency key is taken over if its time was up. If it wasn't, claimed is empty, and
// so is everything that follows.
const createLinked = `
WITH claimed AS (
	INSERT INTO mediakit_idempotency (scope, key, fingerprint, media_id, expires_at)
	SELECT '', $21::text, $22::bytea, $1::uuid, $23::timestamptz WHERE $21::text IS NOT NULL
	ON CONFLICT (scope, key) DO UPDATE
	SET fingerprint = excluded.fingerprint, media_id = excluded.media_id, expires_at = excluded.expires_at
	WHERE mediakit_idempotency.expires_at <= $12::timestamptz
	RETURNING key
), gate AS MATERIALIZED (
	SELECT 1 WHERE $21::text IS NULL OR EXISTS (SELECT 1 FROM claimed)
), known AS MATERIALIZED (
	SELECT t.id, t.key, t.name FROM mediakit_tags t
	WHERE t.scope = '' AND t.key = ANY ($17::text[]) AND EXISTS (SELECT 1 FROM gate)
	ORDER BY t.id FOR KEY SHARE
), made AS (
	INSERT INTO mediakit_tags (scope, id, key, name, created_at, updated_at)
	SELECT '', c.id, c.key, c.name, c.at, c.at
	FROM unnest($17::text[], $18::uuid[], $19::text[], $20::timestamptz[]) AS c (key, id, name, at)
	WHERE c.key <> ALL (ARRAY(SELECT key FROM known)) AND EXISTS (SELECT 1 FROM gate)
	ORDER BY c.key COLLATE "C"
	ON CONFLICT (scope, key) DO UPDATE SET updated_at = mediakit_tags.updated_at
	RETURNING id, key, name
), chosen AS MATERIALIZED (
	SELECT id, key, name FROM known UNION ALL SELECT id, key, name FROM made
), stored AS (
	INSERT INTO mediakit_media (` + draftColumns + `)
	SELECT ` + draftValues + ` FROM gate
	RETURNING id
), linked AS (
	INSERT INTO mediakit_media_tags (tag_id, media_id)
	SELECT chosen.id, stored.id FROM stored, chosen
)
SELECT ` + chosenRefs + ` FROM stored`

// tryKey waits for an idempotency key, but only for a moment: the row is locked
// whether or not it may be changed, so the statement fails if another writer holds the key.
// A key that nobody uses stays behind as one whose time is up.
const tryKey = `
WITH moment AS MATERIALIZED (SELECT set_config('lock_timeout', '1ms', true))
INSERT INTO mediakit_idempotency (scope, key, fingerprint, media_id, expires_at)
SELECT '', $1::text, $2::bytea, $3::uuid, $4::timestamptz FROM moment
ON CONFLICT (scope, key) DO UPDATE SET expires_at = excluded.expires_at WHERE false`

// updateTags. $1 is the media, $2 the version or 0, $3 and $4 the filename or
// NULL, $5 the time, $6 to $9 candidates.
//
// The tags carried so far are locked too: if one of them is just being merged into
// another, the snapshot doesn't show the link that it becomes.
const updateTags = `
WITH before AS MATERIALIZED (
	SELECT id, version FROM mediakit_media
	WHERE id = $1::uuid AND scope = '' AND state <> 'deleted' AND ($2::integer = 0 OR version = $2)
), carried AS MATERIALIZED (
	SELECT l.tag_id AS id FROM mediakit_media_tags l JOIN before ON before.id = l.media_id
), held AS MATERIALIZED (
	SELECT t.id, t.key, t.name FROM mediakit_tags t
	WHERE t.scope = '' AND t.key = ANY ($6::text[]) OR t.id = ANY (ARRAY(SELECT id FROM carried))
	ORDER BY t.id FOR KEY SHARE
), changed AS (
	UPDATE mediakit_media m
	SET filename = coalesce($3::text, m.filename), filename_fold = coalesce($4::text, m.filename_fold),
		updated_at = $5::timestamptz, version = m.version + 1
	FROM before
	WHERE m.id = before.id AND m.version = before.version
		AND NOT EXISTS (SELECT 1 FROM carried WHERE id <> ALL (ARRAY(SELECT id FROM held)))
	RETURNING m.*
), made AS (
	INSERT INTO mediakit_tags (scope, id, key, name, created_at, updated_at)
	SELECT '', c.id, c.key, c.name, c.at, c.at
	FROM unnest($6::text[], $7::uuid[], $8::text[], $9::timestamptz[]) AS c (key, id, name, at)
	WHERE c.key <> ALL (ARRAY(SELECT key FROM held)) AND EXISTS (SELECT 1 FROM changed)
	ORDER BY c.key COLLATE "C"
	ON CONFLICT (scope, key) DO UPDATE SET updated_at = mediakit_tags.updated_at
	RETURNING id, key, name
), chosen AS MATERIALIZED (
	SELECT id, key, name FROM held WHERE key = ANY ($6::text[]) UNION ALL SELECT id, key, name FROM made
), dropped AS (
	DELETE FROM mediakit_media_tags l USING changed
	WHERE l.media_id = changed.id AND l.tag_id <> ALL (ARRAY(SELECT id FROM chosen))
), linked AS (
	INSERT INTO mediakit_media_tags (tag_id, media_id)
	SELECT chosen.id, changed.id FROM changed, chosen
	ON CONFLICT DO NOTHING
)
SELECT ` + mediaColumns + `, ` + chosenRefs + ` FROM changed m`

// retagMany. $1 are the media, $2 to $5 candidates, $6 the keys to remove, $7 the
// time, $8 the most tags a media carries.
//
// It always answers one row: how many media it changed; whether one of them would carry
// too many tags; and, if some of the media don't exist, those that do.
const retagMany = `
WITH before AS MATERIALIZED (
	SELECT id, version FROM mediakit_media WHERE id = ANY ($1::uuid[]) AND scope = '' AND state <> 'deleted'
), whole AS MATERIALIZED (
	SELECT 1 WHERE (SELECT count(*) FROM before) = cardinality($1::uuid[])
), known AS MATERIALIZED (
	SELECT t.id, t.key FROM mediakit_tags t
	WHERE t.scope = '' AND t.key = ANY ($2::text[] || $6::text[]) AND EXISTS (SELECT 1 FROM whole)
	ORDER BY t.id FOR KEY SHARE
), crowded AS MATERIALIZED (
	SELECT 1 FROM before
	WHERE cardinality($2::text[]) + (
		SELECT count(*) FROM mediakit_media_tags l
		WHERE l.media_id = before.id AND l.tag_id <> ALL (ARRAY(SELECT id FROM known))) > $8::integer
	LIMIT 1
), locked AS MATERIALIZED (
	SELECT m.id FROM mediakit_media m JOIN before ON before.id = m.id AND before.version = m.version
	WHERE EXISTS (SELECT 1 FROM whole) AND NOT EXISTS (SELECT 1 FROM crowded)
	ORDER BY m.id FOR NO KEY UPDATE OF m
), changed AS (
	UPDATE mediakit_media m SET updated_at = $7::timestamptz, version = m.version + 1
	FROM locked
	WHERE m.id = locked.id AND (SELECT count(*) FROM locked) = cardinality($1::uuid[])
	RETURNING m.id
), made AS (
	INSERT INTO mediakit_tags (scope, id, key, name, created_at, updated_at)
	SELECT '', c.id, c.key, c.name, c.at, c.at
	FROM unnest($2::text[], $3::uuid[], $4::text[], $5::timestamptz[]) AS c (key, id, name, at)
	WHERE c.key <> ALL (ARRAY(SELECT key FROM known)) AND EXISTS (SELECT 1 FROM changed)
	ORDER BY c.key COLLATE "C"
	ON CONFLICT (scope, key) DO UPDATE SET updated_at = mediakit_tags.updated_at
	RETURNING id
), chosen AS MATERIALIZED (
	SELECT id FROM known WHERE key = ANY ($2::text[]) UNION ALL SELECT id FROM made
), dropped AS (
	DELETE FROM mediakit_media_tags l USING changed, known
	WHERE l.media_id = changed.id AND l.tag_id = known.id AND known.key <> ALL ($2::text[])
), linked AS (
	INSERT INTO mediakit_media_tags (tag_id, media_id)
	SELECT chosen.id, changed.id FROM changed, chosen
	ON CONFLICT DO NOTHING
)
SELECT (SELECT count(*) FROM changed) AS updated,
	EXISTS (SELECT 1 FROM crowded) AS crowded,
	(SELECT json_agg(id) FROM before WHERE NOT EXISTS (SELECT 1 FROM whole)) AS present`

// move. $1 is the media, $2 the states it may leave, $15 the lease, $16 the moment by
// which it must have expired, $18 its version; what is NULL changes nothing and demands nothing. A claim
// bumps no version, so the row that is changed has to hold the lease too.
const move = `
WITH before AS MATERIALIZED (
	SELECT id, version FROM mediakit_media
	WHERE id = $1::uuid AND scope = '' AND state = ANY ($2::text[]) AND state <> 'deleted'
)
UPDATE mediakit_media m
SET state = $3::text, updated_at = $4::timestamptz, due_at = $5::timestamptz,
	last_url_at = coalesce(m.last_url_at, $6::timestamptz),
	ready_at = coalesce(m.ready_at, $7::timestamptz), failure = coalesce($8::text, m.failure), found = coalesce($17::text, m.found),
	sha256_status = coalesce($9::text, m.sha256_status), etag = coalesce($10::text, m.etag),
	object_version = coalesce($11::text, m.object_version), width = coalesce($12::integer, m.width),
	height = coalesce($13::integer, m.height), duration_ms = coalesce($14::bigint, m.duration_ms),
	version = m.version + 1
FROM before
WHERE m.id = before.id AND m.version = before.version
	AND ($15::timestamptz IS NULL OR m.due_at = $15) AND ($16::timestamptz IS NULL OR m.expires_at <= $16)
	AND ($18::integer IS NULL OR m.version = $18)
RETURNING ` + mediaColumns + `, ` + refs

// claim. $1 is the lease, $2 the time, $3 one media or NULL, $4 the limit.
//
// The rows are chosen in a part of their own: in an IN the planner may choose
// afresh for every row, and take more than the limit.
const claim = `
WITH due AS MATERIALIZED (
	SELECT id, due_at FROM mediakit_media
	WHERE due_at <= $2::timestamptz AND ($3::uuid IS NULL OR id = $3)
	ORDER BY due_at, id LIMIT $4::integer FOR UPDATE SKIP LOCKED
), claimed AS (
	UPDATE mediakit_media m SET due_at = $1::timestamptz FROM due WHERE m.id = due.id
	RETURNING m.*, due.due_at AS was_due_at
)
SELECT ` + columnsButDue + `, m.was_due_at AS due_at FROM claimed m ORDER BY was_due_at, id`

// page is the search. Every walk is bounded by the budget of candidates. If the budget is
// spent before the page is full, one row more tells where to go on.
//
// The arguments are: the candidates; the conditions on their links; those on their
// rows; the limit and one; the order of the candidates' end; the limit; the budget.
//
// MATERIALIZED, LATERAL and OFFSET 0 are fences. Without them the planner turns
// the probes round into joins of whole posting lists, or walks the table because it
// expects a match soon. With them it takes candidates in order, one by one, until
// the page is full: h counts first, and c is read to its end only if h is short.
const page = `
WITH c AS MATERIALIZED (?
), h AS MATERIALIZED (
	SELECT m.* FROM c
	JOIN LATERAL (SELECT * FROM mediakit_media m WHERE m.id = c.id AND m.scope = ''? OFFSET 0) m ON true
	WHERE true?
	LIMIT ?
)
SELECT ` + mediaColumns + `, false AS resume,
	(SELECT json_agg(l.tag_id) FROM mediakit_media_tags l WHERE l.media_id = m.id) AS tag_ids
FROM h m
UNION ALL
SELECT ` + mediaColumns + `, true, NULL FROM mediakit_media m
WHERE m.id = (SELECT id FROM c ORDER BY id ? LIMIT 1)
	AND CASE WHEN (SELECT count(*) FROM h) > ? THEN false ELSE (SELECT count(*) FROM c) >= ? END`
