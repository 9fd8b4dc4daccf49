-- Media, tags, the links between them, and the idempotency keys of creates.
--
-- Times are set by the library's clock alone, so no time has a default. The checks
-- repeat the rules of packages media and tags: they hold for raw SQL too. A scope keeps
-- tenants or users apart; the empty one is that of a host with no such thing.

CREATE TABLE mediakit_media (
    id             uuid        PRIMARY KEY,     -- UUIDv7: its order is the order of creation
    scope          text        COLLATE "C" NOT NULL DEFAULT '' CHECK (octet_length(scope) <= 255),
    filename       text        NOT NULL CHECK (char_length(filename) BETWEEN 1 AND 255 AND octet_length(filename) <= 1020),
    filename_fold  text        NOT NULL,        -- case folded, to search in
    content_type   text        NOT NULL CHECK (octet_length(content_type) BETWEEN 1 AND 255),
    kind           text        NOT NULL CHECK (kind IN ('image', 'video')),
    size           bigint      NOT NULL CHECK (size > 0),
    part_size      bigint               CHECK (part_size > 0), -- NULL: one part, as long as the file
    sha256         bytea                CHECK (octet_length(sha256) = 32),
    sha256_status  text        NOT NULL CHECK (sha256_status IN ('declared', 'verified', 'mismatch')),
    state          text        NOT NULL CHECK (state IN ('pending', 'ready', 'failed', 'deleted')),
    failure        text                 CHECK (octet_length(failure) BETWEEN 1 AND 64),
    found          text                 CHECK (octet_length(found) BETWEEN 1 AND 255), -- the type of the bytes, if it is another one
    object_key     text        NOT NULL CHECK (octet_length(object_key) BETWEEN 1 AND 512),
    upload_id      text,
    etag           text,
    object_version text,
    width          integer              CHECK (width > 0),
    height         integer              CHECK (height > 0),
    duration_ms    bigint               CHECK (duration_ms > 0),
    version        integer     NOT NULL CHECK (version > 0),
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    ready_at       timestamptz,
    expires_at     timestamptz NOT NULL,
    last_url_at    timestamptz,
    due_at         timestamptz,                 -- when the sweep looks at it next
    verify_at      timestamptz,                 -- when its bytes are read through next
    verify_offset  bigint               CHECK (verify_offset >= 0), -- how far they have been read
    verify_state   bytea,                       -- of the hash at that offset
    CHECK (state <> 'ready' OR ready_at IS NOT NULL),
    CHECK (state <> 'ready' OR sha256 IS NOT NULL),
    CHECK (state <> 'failed' OR failure IS NOT NULL),
    CHECK (state IN ('failed', 'deleted') OR failure IS NULL AND found IS NULL)
);

CREATE INDEX mediakit_media_due ON mediakit_media (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX mediakit_media_verify ON mediakit_media (verify_at) WHERE verify_at IS NOT NULL;
CREATE INDEX mediakit_media_state ON mediakit_media (scope, state, id);
CREATE INDEX mediakit_media_content_type ON mediakit_media (scope, content_type, id);
CREATE INDEX mediakit_media_sha256 ON mediakit_media (scope, sha256, id) WHERE state = 'ready';

CREATE TABLE mediakit_tags (
    id          uuid        PRIMARY KEY,
    scope       text        COLLATE "C" NOT NULL DEFAULT '' CHECK (octet_length(scope) <= 255),
    -- One byte-ordered index serves uniqueness, order and the search by prefix.
    key         text        COLLATE "C" NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 1024),
    name        text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
    media_count bigint               CHECK (media_count >= 0), -- as of counted_at; NULL: never counted
    counted_at  timestamptz,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    UNIQUE (scope, key)
);

CREATE INDEX mediakit_tags_media_count ON mediakit_tags (scope, (- coalesce(media_count, -1)), id); -- the most used first
CREATE INDEX mediakit_tags_counted ON mediakit_tags (counted_at NULLS FIRST, id); -- the oldest count first, of all scopes

CREATE TABLE mediakit_media_tags (
    tag_id   uuid NOT NULL REFERENCES mediakit_tags ON DELETE CASCADE,
    media_id uuid NOT NULL REFERENCES mediakit_media ON DELETE CASCADE,
    PRIMARY KEY (tag_id, media_id), -- a tag's media, in the order of pages
    UNIQUE (media_id, tag_id)       -- a media's tags
);

CREATE TABLE mediakit_idempotency (
    scope       text        COLLATE "C" NOT NULL DEFAULT '' CHECK (octet_length(scope) <= 255),
    key         text        COLLATE "C" NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
    fingerprint bytea       NOT NULL CHECK (octet_length(fingerprint) = 32),
    media_id    uuid        NOT NULL,           -- no reference: the key outlives the media
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);

CREATE INDEX mediakit_idempotency_expires ON mediakit_idempotency (expires_at);
