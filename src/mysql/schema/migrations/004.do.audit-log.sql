-- How each call ended: exactly one row a call. No secret and no full number. Refers to nothing
-- by foreign key: it outlives what it tells of.
CREATE TABLE IF NOT EXISTS audit_log (
  id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  call_id      CHAR(36)        NOT NULL,
  instance_id  CHAR(36)        NULL     COMMENT 'this and the next three: null if the opening was not recorded',
  channel_id   VARCHAR(80)     NULL,
  masked_phone VARCHAR(24)     NULL,
  opened_at    DATETIME(3)     NULL,
  closed_at    DATETIME(3)     NOT NULL,
  duration_ms  BIGINT UNSIGNED NOT NULL,
  outcome      ENUM ('changed', 'mismatch', 'no-input', 'bad-input', 'no-identity', 'operator',
                     'hung-up', 'fault', 'interrupted') NOT NULL,
  reason       VARCHAR(200) CHARACTER SET utf8mb4 NOT NULL,
  account_id   BIGINT UNSIGNED NULL     COMMENT 'the account whose password changed',
  reset_id     CHAR(36)        NULL,
  PRIMARY KEY (id),
  UNIQUE KEY audit_log_one_per_call (call_id),
  KEY audit_log_closed (closed_at),
  CONSTRAINT audit_log_changed_what CHECK ((outcome = 'changed') = (account_id IS NOT NULL AND reset_id IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
