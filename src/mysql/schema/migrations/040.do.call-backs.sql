-- Calls back to registered numbers, each written before it is announced, so that no number of
-- calls at once gets more than the limit and a restart forgets nothing. Rows older than a day
-- count for nothing and are purged.
CREATE TABLE IF NOT EXISTS call_backs (
  id           CHAR(36)        NOT NULL COMMENT 'UUID, chosen by the application',
  account_id   BIGINT UNSIGNED NOT NULL,
  requested_at DATETIME(3)     NOT NULL,
  PRIMARY KEY (id),
  KEY call_backs_account (account_id, requested_at),
  KEY call_backs_requested (requested_at),
  CONSTRAINT call_backs_account_exists FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
