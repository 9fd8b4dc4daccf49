-- SQLite refuses to do this in a transaction.

VACUUM;
