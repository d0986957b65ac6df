-- Which seal covers which row of audit_log, and what the row was like. The primary key is what
-- makes a row sealed once and no more, also one that was committed after rows with greater ids.
CREATE TABLE IF NOT EXISTS audit_sealed_rows (
  row_id BIGINT UNSIGNED NOT NULL,
  batch  BIGINT UNSIGNED NOT NULL,
  digest CHAR(64)        NOT NULL COMMENT 'HMAC-SHA-256 over the row',
  PRIMARY KEY (row_id),
  KEY audit_sealed_rows_batch (batch, row_id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
