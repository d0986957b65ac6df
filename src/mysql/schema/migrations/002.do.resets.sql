-- Resets offered to callers. Refers to accounts by surrogate key, so that no code stands here
-- (docs/adr/0004). The hash is kept only while the reset is prepared.
CREATE TABLE IF NOT EXISTS resets (
  id                  CHAR(36)        NOT NULL COMMENT 'UUID, chosen by the application',
  call_id             CHAR(36)        NOT NULL,
  account_id          BIGINT UNSIGNED NOT NULL,
  state               ENUM ('prepared', 'activated', 'voided') NOT NULL,
  password_hash       VARCHAR(255)    NULL     COMMENT 'PHC string; null once settled',
  reason              VARCHAR(200) CHARACTER SET utf8mb4 NULL     COMMENT 'why it was voided',
  prepared_at         DATETIME(3)     NOT NULL,
  expires_at          DATETIME(3)     NOT NULL COMMENT 'cannot be activated any more',
  settled_at          DATETIME(3)     NULL     COMMENT 'activated or voided',
  -- Unique over the prepared ones only: at most one prepared reset per account, whoever writes.
  prepared_account_id BIGINT UNSIGNED AS (CASE state WHEN 'prepared' THEN account_id END) STORED,
  PRIMARY KEY (id),
  UNIQUE KEY resets_one_prepared (prepared_account_id),
  KEY resets_call (call_id),
  KEY resets_account (account_id, prepared_at),
  CONSTRAINT resets_account_exists FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT resets_hash_while_prepared CHECK ((state = 'prepared') = (password_hash IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
