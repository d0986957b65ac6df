-- The registry. The key of a caller is the pair of code and phone: one phone may belong to several
-- people, one code belongs to one. Both are text: codes begin with zeros, phones are E.164.
--
-- Each migration holds one statement and can be repeated: DDL cannot be rolled back, so this is
-- what makes a migration that was cut short safe to run again. All times are UTC.
CREATE TABLE IF NOT EXISTS accounts (
  id                  BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  bhxh_code           VARCHAR(12)     NOT NULL,
  phone               VARCHAR(16)     NOT NULL,
  password_hash       VARCHAR(255)    NOT NULL COMMENT 'PHC string',
  must_change         BOOLEAN         NOT NULL DEFAULT FALSE COMMENT 'change it at the next login',
  password_expires_at DATETIME(3)     NULL     COMMENT 'null: does not expire',
  created_at          DATETIME(3)     NOT NULL,
  updated_at          DATETIME(3)     NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY accounts_bhxh_code (bhxh_code),
  KEY accounts_phone (phone),
  CONSTRAINT accounts_bhxh_code_form CHECK (bhxh_code REGEXP '^[0-9]{1,12}$'),
  CONSTRAINT accounts_phone_form CHECK (phone REGEXP '^[+][1-9][0-9]{6,14}$'),
  CONSTRAINT accounts_password_hash_form CHECK (password_hash LIKE '$%')
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
