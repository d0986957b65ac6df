-- The newest row of audit_log from before there were marks; the application's user may read it only.
-- A row without a mark after it was written by somebody else.
CREATE TABLE IF NOT EXISTS audit_origin (
  one              TINYINT UNSIGNED NOT NULL,
  last_unmarked_id BIGINT UNSIGNED  NOT NULL COMMENT '0: every row is marked',
  PRIMARY KEY (one)
) ENGINE = InnoDB;
INSERT IGNORE INTO audit_origin (one, last_unmarked_id) SELECT 1, COALESCE(MAX(id), 0) FROM audit_log
