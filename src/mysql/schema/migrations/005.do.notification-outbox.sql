-- What the owners of accounts are to be told, written in the transaction that gives the cause.
-- Nothing delivers it yet.
CREATE TABLE IF NOT EXISTS notification_outbox (
  id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  reset_id     CHAR(36)        NOT NULL,
  account_id   BIGINT UNSIGNED NOT NULL,
  kind         ENUM ('password-changed') NOT NULL,
  created_at   DATETIME(3)     NOT NULL,
  delivered_at DATETIME(3)     NULL,
  PRIMARY KEY (id),
  UNIQUE KEY notification_outbox_one_per_reset (reset_id, kind),
  KEY notification_outbox_waiting (delivered_at, id),
  CONSTRAINT notification_outbox_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
