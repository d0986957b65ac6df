-- Where the chain begins after old batches were removed: written by `hotline audit prune` in the
-- transaction that removes them.
CREATE TABLE IF NOT EXISTS audit_checkpoints (
  batch     BIGINT UNSIGNED NOT NULL COMMENT 'the last batch removed',
  seal      CHAR(64)        NOT NULL COMMENT 'its seal',
  pruned_at DATETIME(3)     NOT NULL,
  row_count BIGINT UNSIGNED NOT NULL COMMENT 'rows removed in this step',
  kept_from DATETIME(3)     NOT NULL COMMENT 'no call that ended before this was left: one found later was put back',
  signature CHAR(64)        NOT NULL COMMENT 'HMAC-SHA-256 over all of this',
  PRIMARY KEY (batch)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
