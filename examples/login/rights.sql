-- What the login's user may do, and nothing else: it finds an account by a code, counts guesses, and replaces a
-- password. Run by the owner of the schema; `make run` does so for its own.
GRANT SELECT (id, bhxh_code, password_hash, must_change, password_expires_at) ON accounts TO 'hotline_login'@'127.0.0.1';
GRANT UPDATE (password_hash, must_change, password_expires_at, updated_at) ON accounts TO 'hotline_login'@'127.0.0.1';
GRANT SELECT (code, account_id) ON account_codes TO 'hotline_login'@'127.0.0.1';
GRANT SELECT, INSERT, DELETE ON login_guesses TO 'hotline_login'@'127.0.0.1';
