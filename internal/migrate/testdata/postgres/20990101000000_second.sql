-- What a later version might add: a table, and a column with a value for each row.

CREATE TABLE mediakit_second (id uuid PRIMARY KEY);

ALTER TABLE mediakit_tags ADD COLUMN second text NOT NULL DEFAULT 'none; yet';
