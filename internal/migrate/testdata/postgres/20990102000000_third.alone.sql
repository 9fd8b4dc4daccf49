-- An index that is built while others write. One that a killed process left unfinished
-- is dropped first.

DROP INDEX CONCURRENTLY IF EXISTS mediakit_third;

CREATE INDEX CONCURRENTLY IF NOT EXISTS mediakit_third ON mediakit_tags (second);
