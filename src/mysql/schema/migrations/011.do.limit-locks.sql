-- What entries and calls of one phone or one code lock while they count, so that they take turns.
-- A subject's lock is the one its keyed hash begins with: a fixed number of rows, none to purge.
CREATE TABLE IF NOT EXISTS limit_locks (
  bucket SMALLINT UNSIGNED NOT NULL,
  turns  BIGINT UNSIGNED   NOT NULL DEFAULT 0,
  PRIMARY KEY (bucket)
) ENGINE = InnoDB
