-- Media, tags, the links between them, and the idempotency keys of creates.
--
-- Times are set by the library's clock alone, so no time has a default. They are text
-- in UTC of the form 2026-11-24 09:30:00.123456+00:00, with as many digits of the
-- fraction as it has: the only form in which the order of the texts is that of the
-- times. Ids are text in lower case, for the same reason. The checks repeat the rules of
-- packages media and tags: they hold for raw SQL too. They use only functions that
-- SQLite 3.37 has, so that an older sqlite3 command can open the file; it knows no
-- octet_length. A scope keeps tenants or users apart; the empty one is that of a host
-- with no such thing.

CREATE TABLE mediakit_media (
    id             TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 36 AND id = lower(id)), -- UUIDv7: its order is the order of creation
    scope          TEXT    NOT NULL DEFAULT '' CHECK (length(CAST(scope AS BLOB)) <= 255 AND instr(scope, char(0)) = 0),
    filename       TEXT    NOT NULL CHECK (length(filename) BETWEEN 1 AND 255 AND length(CAST(filename AS BLOB)) <= 1020 AND instr(filename, char(0)) = 0),
    filename_fold  TEXT    NOT NULL CHECK (instr(filename_fold, char(0)) = 0), -- case folded, to search in
    content_type   TEXT    NOT NULL CHECK (length(CAST(content_type AS BLOB)) BETWEEN 1 AND 255),
    kind           TEXT    NOT NULL CHECK (kind IN ('image', 'video')),
    size           INTEGER NOT NULL CHECK (size > 0),
    part_size      INTEGER          CHECK (part_size > 0), -- NULL: one part, as long as the file
    sha256         BLOB             CHECK (length(sha256) = 32),
    sha256_status  TEXT    NOT NULL CHECK (sha256_status IN ('declared', 'verified', 'mismatch')),
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'ready', 'failed', 'deleted')),
    failure        TEXT             CHECK (length(CAST(failure AS BLOB)) BETWEEN 1 AND 64),
    found          TEXT             CHECK (length(CAST(found AS BLOB)) BETWEEN 1 AND 255), -- the type of the bytes, if it is another one
    object_key     TEXT    NOT NULL CHECK (length(CAST(object_key AS BLOB)) BETWEEN 1 AND 512),
    upload_id      TEXT,
    etag           TEXT,
    object_version TEXT,
    width          INTEGER          CHECK (width > 0),
    height         INTEGER          CHECK (height > 0),
    duration_ms    INTEGER          CHECK (duration_ms > 0),
    version        INTEGER NOT NULL CHECK (version > 0),
    created_at     TEXT    NOT NULL CHECK (created_at GLOB '????-??-?? ??:??:??*+00:00'),
    updated_at     TEXT    NOT NULL CHECK (updated_at GLOB '????-??-?? ??:??:??*+00:00'),
    ready_at       TEXT             CHECK (ready_at GLOB '????-??-?? ??:??:??*+00:00'),
    expires_at     TEXT    NOT NULL CHECK (expires_at GLOB '????-??-?? ??:??:??*+00:00'),
    last_url_at    TEXT             CHECK (last_url_at GLOB '????-??-?? ??:??:??*+00:00'),
    due_at         TEXT             CHECK (due_at GLOB '????-??-?? ??:??:??*+00:00'), -- when the sweep looks at it next
    verify_at      TEXT             CHECK (verify_at GLOB '????-??-?? ??:??:??*+00:00'), -- when its bytes are read through next
    verify_offset  INTEGER          CHECK (verify_offset >= 0), -- how far they have been read
    verify_state   BLOB,            -- of the hash at that offset
    CHECK (state <> 'ready' OR ready_at IS NOT NULL),
    CHECK (state <> 'ready' OR sha256 IS NOT NULL),
    CHECK (state <> 'failed' OR failure IS NOT NULL),
    CHECK (state IN ('failed', 'deleted') OR failure IS NULL AND found IS NULL)
) STRICT;

CREATE INDEX mediakit_media_due ON mediakit_media (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX mediakit_media_verify ON mediakit_media (verify_at) WHERE verify_at IS NOT NULL;
CREATE INDEX mediakit_media_state ON mediakit_media (scope, state, id);
CREATE INDEX mediakit_media_content_type ON mediakit_media (scope, content_type, id);
CREATE INDEX mediakit_media_sha256 ON mediakit_media (scope, sha256, id) WHERE state = 'ready';

CREATE TABLE mediakit_tags (
    id          TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 36 AND id = lower(id)),
    scope       TEXT    NOT NULL DEFAULT '' CHECK (length(CAST(scope AS BLOB)) <= 255 AND instr(scope, char(0)) = 0),
    -- One byte-ordered index serves uniqueness, order and the search by prefix.
    key         TEXT    NOT NULL CHECK (length(CAST(key AS BLOB)) BETWEEN 1 AND 1024 AND instr(key, char(0)) = 0),
    name        TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 64 AND instr(name, char(0)) = 0),
    media_count INTEGER          CHECK (media_count >= 0), -- as of counted_at; NULL: never counted
    counted_at  TEXT             CHECK (counted_at GLOB '????-??-?? ??:??:??*+00:00'),
    created_at  TEXT    NOT NULL CHECK (created_at GLOB '????-??-?? ??:??:??*+00:00'),
    updated_at  TEXT    NOT NULL CHECK (updated_at GLOB '????-??-?? ??:??:??*+00:00'),
    UNIQUE (scope, key)
) STRICT;

CREATE INDEX mediakit_tags_media_count ON mediakit_tags (scope, coalesce(media_count, -1) DESC, id);
CREATE INDEX mediakit_tags_counted ON mediakit_tags (counted_at, id); -- the oldest count first, of all scopes

-- Without a rowid the primary key is the table: what a page walks is one index.
CREATE TABLE mediakit_media_tags (
    tag_id   TEXT NOT NULL REFERENCES mediakit_tags ON DELETE CASCADE,
    media_id TEXT NOT NULL REFERENCES mediakit_media ON DELETE CASCADE,
    PRIMARY KEY (tag_id, media_id), -- a tag's media, in the order of pages
    UNIQUE (media_id, tag_id)       -- a media's tags
) STRICT, WITHOUT ROWID;

CREATE TABLE mediakit_idempotency (
    scope       TEXT NOT NULL DEFAULT '' CHECK (length(CAST(scope AS BLOB)) <= 255 AND instr(scope, char(0)) = 0),
    key         TEXT NOT NULL CHECK (length(CAST(key AS BLOB)) BETWEEN 1 AND 255),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    media_id    TEXT NOT NULL, -- no reference: the key outlives the media
    expires_at  TEXT NOT NULL CHECK (expires_at GLOB '????-??-?? ??:??:??*+00:00'),
    PRIMARY KEY (scope, key)
) STRICT;

CREATE INDEX mediakit_idempotency_expires ON mediakit_idempotency (expires_at);
