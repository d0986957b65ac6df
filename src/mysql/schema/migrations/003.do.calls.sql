-- Calls in branch 8 that have not ended. A row moves to audit_log when its call ends; one that
-- stays belongs to an application that died.
CREATE TABLE IF NOT EXISTS calls (
  call_id      CHAR(36)    NOT NULL,
  instance_id  CHAR(36)    NOT NULL COMMENT 'the application process',
  channel_id   VARCHAR(80) NOT NULL,
  masked_phone VARCHAR(24) NOT NULL,
  opened_at    DATETIME(3) NOT NULL,
  PRIMARY KEY (call_id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
