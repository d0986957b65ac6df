-- The chain over audit_log: each seal covers the rows it names and the seal before it, under a key
-- that is not in the database (docs/adr/0017). Inserted, never changed. Two sealers at once meet
-- at the primary key, and one of them gives up.
CREATE TABLE IF NOT EXISTS audit_seals (
  batch     BIGINT UNSIGNED   NOT NULL COMMENT '1, 2, 3 … without a gap',
  format    SMALLINT UNSIGNED NOT NULL COMMENT 'which columns are sealed, and how',
  sealed_at DATETIME(3)       NOT NULL,
  last_id   BIGINT UNSIGNED   NOT NULL COMMENT 'greatest row id of the batch',
  row_ids   MEDIUMTEXT        NOT NULL COMMENT 'ids of its rows, as 7-9,12',
  root      CHAR(64)          NOT NULL COMMENT 'SHA-256 over the digests of its rows in order of id',
  previous  CHAR(64)          NOT NULL COMMENT 'seal of the batch before',
  seal      CHAR(64)          NOT NULL COMMENT 'HMAC-SHA-256 over all of this',
  PRIMARY KEY (batch),
  KEY audit_seals_time (sealed_at, last_id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
