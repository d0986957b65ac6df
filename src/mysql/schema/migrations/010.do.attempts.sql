-- Codes that callers keyed, for the limits across calls: each is written before it is checked.
-- Knows code and phone by keyed hash only. Rows older than the longest window are purged.
CREATE TABLE IF NOT EXISTS attempts (
  id           CHAR(36)    NOT NULL COMMENT 'UUID, chosen by the application',
  call_id      CHAR(36)    NOT NULL,
  phone_key    CHAR(64)    NOT NULL COMMENT 'HMAC-SHA-256 by HASH_KEY; likewise code_key',
  code_key     CHAR(64)    NOT NULL,
  counts_phone BOOLEAN     NOT NULL COMMENT 'false once it is known to match',
  counts_code  BOOLEAN     NOT NULL COMMENT 'the same; false from the start when the code was over its limit',
  code_over    BOOLEAN     NOT NULL COMMENT 'what the charge was answered, for one whose answer was lost',
  charged_at   DATETIME(3) NOT NULL,
  settled_at   DATETIME(3) NULL     COMMENT 'null: never checked to the end',
  PRIMARY KEY (id),
  KEY attempts_phone (phone_key, counts_phone, charged_at),
  KEY attempts_code (code_key, counts_code, charged_at),
  KEY attempts_call (call_id),
  KEY attempts_charged (charged_at)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
