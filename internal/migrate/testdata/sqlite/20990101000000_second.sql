-- What a later version might add: a table, and a column with a value for each row.

CREATE TABLE mediakit_second (id TEXT NOT NULL PRIMARY KEY) STRICT;

ALTER TABLE mediakit_tags ADD COLUMN second TEXT NOT NULL DEFAULT 'none; yet';
