-- The codes by which a person is known beside accounts.bhxh_code (docs/adr/0064): callers, officers and the login find the
-- same account by each of them. A code is one person's: none of these stands in accounts.bhxh_code too. Limits, the
-- audit log and everything else know a person by accounts.bhxh_code, or by accounts.id.
-- Written by `hotline import`, as the owner. `hotline account forget`, as the owner, deletes them with their account.
CREATE TABLE IF NOT EXISTS account_codes (
  code       VARCHAR(12)     NOT NULL,
  kind       ENUM ('personal-id') NOT NULL COMMENT 'personal-id: 12 digits',
  account_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (code),
  UNIQUE KEY account_codes_one_of_a_kind (account_id, kind),
  CONSTRAINT account_codes_code_form CHECK (code REGEXP '^[0-9]{12}$'),
  CONSTRAINT account_codes_account_exists FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;
