-- The whole schema. Times are UTC with milliseconds, by the database's clock. Codes and phone numbers
-- are text: codes begin with zeros, phones are E.164. A "keyed hash" is HMAC-SHA-256 under HASH_KEY,
-- as bytes. The "owner" is the user of DATABASE_OWNER_URL; what the application's user may do
-- in each table is in application-rights.ts.
--
-- DDL cannot be rolled back, so every statement here may be repeated: a run that was cut short is
-- simply run again. A change of the schema is a new file (002.do.name.sql), never an edit of this one.

-- The registry: who may reset which password. The key of a caller is the pair of code and phone: a
-- code belongs to one person, a phone may be shared.
-- Written by `hotline import`, as the owner; a reset replaces the password, and an officer says whether there may
-- be resets by phone, which no import changes. `hotline account forget`, as the owner, deletes a row with all that
-- refers to it.
CREATE TABLE IF NOT EXISTS accounts (
  id                  BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  bhxh_code           VARCHAR(12)     NOT NULL,
  phone               VARCHAR(16)     NOT NULL,
  password_hash       VARCHAR(255)    NOT NULL COMMENT 'PHC string',
  must_change         BOOLEAN         NOT NULL DEFAULT FALSE COMMENT 'at the next login',
  password_expires_at DATETIME(3)     NULL     COMMENT 'null: does not expire',
  phone_resets        ENUM ('allowed', 'call-back', 'blocked') NOT NULL DEFAULT 'allowed' COMMENT 'whether the password may be reset by phone; call-back: only in a call to the registered number',
  phone_resets_since  DATETIME(3)     NULL     COMMENT 'null, like by and reason: as it was from the beginning',
  phone_resets_by     VARCHAR(64)  CHARACTER SET utf8mb4 NULL COMMENT 'as audit_log.by_user',
  phone_resets_reason VARCHAR(200) CHARACTER SET utf8mb4 NULL,
  created_at          DATETIME(3)     NOT NULL,
  updated_at          DATETIME(3)     NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY accounts_bhxh_code (bhxh_code),
  KEY accounts_phone (phone),
  CONSTRAINT accounts_bhxh_code_form CHECK (bhxh_code REGEXP '^[0-9]{1,12}$'),
  CONSTRAINT accounts_phone_form CHECK (phone REGEXP '^[+][1-9][0-9]{6,14}$'),
  CONSTRAINT accounts_password_hash_form CHECK (password_hash LIKE '$%')
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- Guesses at passwords, counted before they are checked. A password is named by a hash of its hash, so a reset begins
-- a new count; a guess at an unknown code is a row like any other. Holds no account, code or address.
-- Written by the login side (docs/login-side.md), not by the application. `hotline serve` deletes rows after two days.
CREATE TABLE IF NOT EXISTS login_guesses (
  id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  password_key BINARY(32)      NOT NULL COMMENT 'SHA-256 of accounts.password_hash',
  guessed_at   DATETIME(3)     NOT NULL,
  PRIMARY KEY (id),
  KEY login_guesses_password (password_key),
  KEY login_guesses_guessed (guessed_at)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- New passwords offered to callers. Refers to accounts by surrogate key, so that no code is stored
-- here (docs/adr/0004).
-- Written by the application: prepared before the password is spoken, then activated or voided. The hash
-- goes into accounts with the activation and nowhere before. `hotline serve` deletes rows after
-- KEEP_RESETS_DAYS.
CREATE TABLE IF NOT EXISTS resets (
  id                  CHAR(36)        NOT NULL COMMENT 'UUID, chosen by the application',
  call_id             CHAR(36)        NOT NULL,
  account_id          BIGINT UNSIGNED NOT NULL,
  state               ENUM ('prepared', 'activated', 'voided') NOT NULL,
  reason              VARCHAR(200) CHARACTER SET utf8mb4 NULL COMMENT 'why it was voided',
  prepared_at         DATETIME(3)     NOT NULL,
  expires_at          DATETIME(3)     NOT NULL COMMENT 'cannot be activated from then on',
  settled_at          DATETIME(3)     NULL     COMMENT 'activated or voided',
  -- Unique over the prepared ones only: an account has at most one prepared reset.
  prepared_account_id BIGINT UNSIGNED AS (CASE state WHEN 'prepared' THEN account_id END) STORED,
  PRIMARY KEY (id),
  UNIQUE KEY resets_one_prepared (prepared_account_id),
  KEY resets_call (call_id),
  KEY resets_account (account_id, prepared_at),
  KEY resets_prepared (prepared_at),
  CONSTRAINT resets_account_exists FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- Codes that callers keyed, for the limits across calls. Holds code and phone as keyed hashes only.
-- Written by the application, in the transaction that checks the code. `hotline serve` deletes rows after two
-- days, when no limit counts them any more.
CREATE TABLE IF NOT EXISTS attempts (
  id           CHAR(36)    NOT NULL COMMENT 'UUID, chosen by the application',
  call_id      CHAR(36)    NOT NULL,
  phone_key    BINARY(32)  NOT NULL COMMENT 'keyed hash',
  code_key     BINARY(32)  NOT NULL COMMENT 'keyed hash',
  counts_phone BOOLEAN     NOT NULL COMMENT 'counts for the phone; false once it is known to match',
  counts_code  BOOLEAN     NOT NULL COMMENT 'counts for the code; false from the start if the code was over its limit',
  code_over    BOOLEAN     NOT NULL COMMENT 'the answer to the charge, for one whose answer was lost',
  charged_at   DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY attempts_phone (phone_key, counts_phone, charged_at),
  KEY attempts_code (code_key, counts_code, charged_at),
  KEY attempts_call (call_id),
  KEY attempts_charged (charged_at)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- Locks that calls and attempts of one phone or one code take while they count, so that they take
-- turns. The lock of a phone or a code is the row numbered by the first three hexadecimal digits of
-- its keyed hash. All sign-ins to the console take turns at row 4096.
-- Filled below; the application only updates the rows. No row is ever deleted.
CREATE TABLE IF NOT EXISTS limit_locks (
  bucket SMALLINT UNSIGNED NOT NULL,
  turns  BIGINT UNSIGNED   NOT NULL DEFAULT 0,
  PRIMARY KEY (bucket)
) ENGINE = InnoDB;

INSERT IGNORE INTO limit_locks (bucket)
WITH hex AS (
  SELECT 0 AS digit UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7
  UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10 UNION ALL SELECT 11 UNION ALL SELECT 12 UNION ALL SELECT 13 UNION ALL SELECT 14 UNION ALL SELECT 15
)
SELECT 256 * high.digit + 16 * middle.digit + low.digit FROM hex AS high, hex AS middle, hex AS low
UNION ALL SELECT 4096;

-- Calls back to registered numbers, for their limit.
-- Written by the application, before the caller is told. `hotline serve` deletes rows after two days,
-- when the limit does not count them any more.
CREATE TABLE IF NOT EXISTS call_backs (
  id           CHAR(36)        NOT NULL COMMENT 'UUID, chosen by the application',
  account_id   BIGINT UNSIGNED NOT NULL,
  requested_at DATETIME(3)     NOT NULL,
  PRIMARY KEY (id),
  KEY call_backs_account (account_id, requested_at),
  KEY call_backs_requested (requested_at),
  CONSTRAINT call_backs_account_exists FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- The application processes, each with the node it serves as, which it holds alone (docs/adr/0027).
-- Written by each process every few seconds. Another one that sees no change for a minute declares it
-- lost and closes its calls. `hotline serve` deletes rows of lost processes after a day, once their calls
-- are closed.
CREATE TABLE IF NOT EXISTS instances (
  instance_id CHAR(36)     NOT NULL,
  node        VARCHAR(64)  NOT NULL COMMENT 'NODE_NAME',
  process     VARCHAR(120) NOT NULL COMMENT 'by which a process of the same machine sees whether this one is dead',
  started_at  DATETIME(3)  NOT NULL,
  seen_at     DATETIME(3)  NOT NULL,
  lost_at     DATETIME(3)  NULL     COMMENT 'its calls are closed by others; null again once it renews its lease',
  -- Unique over the living ones only: a node has at most one living instance.
  living_node VARCHAR(64) AS (CASE WHEN lost_at IS NULL THEN node END) STORED,
  PRIMARY KEY (instance_id),
  UNIQUE KEY instances_one_per_node (living_node)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- Calls in the application that have not ended, with what their terminal row will say of the caller.
-- Written by the application; the row moves to audit_log when the call ends. A row whose instance is lost
-- or gone is closed by any other.
CREATE TABLE IF NOT EXISTS calls (
  call_id      CHAR(36)    NOT NULL,
  instance_id  CHAR(36)    NOT NULL COMMENT 'the application process (instances)',
  channel_id   VARCHAR(80) NOT NULL,
  branch       VARCHAR(32) NULL     COMMENT 'what the caller chose (src/hotline/branches); null: not known any more',
  node         VARCHAR(64) NOT NULL COMMENT 'the machine that took the call',
  masked_phone VARCHAR(24) NOT NULL,
  phone_key    BINARY(32)  NULL     COMMENT 'keyed hash of the phone',
  identity     ENUM ('asserted', 'contradictory', 'unasserted', 'unattested', 'withheld') NULL COMMENT 'how far the number is believed; null: not judged, or called back',
  code_key     BINARY(32)  NULL     COMMENT 'keyed hash of the code the call is about from the start, as a call-back is',
  opened_at    DATETIME(3) NOT NULL,
  has_place    BOOLEAN     NOT NULL DEFAULT FALSE COMMENT 'counts as one of the calls that its phone has at once',
  PRIMARY KEY (call_id),
  KEY calls_instance (instance_id),
  KEY calls_phone (phone_key)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- How each call ended: exactly one row a call. And what users of the console and the commands did (outcome
-- `officer`, by_user): one row an act, with an id of its own as call_id; whatever counts or lists calls leaves
-- these out. Holds no secret and no full number. No foreign keys: a row outlives what it refers to.
-- The application may only read and insert. `hotline audit prune`, as the owner, deletes sealed rows from the
-- oldest on; how long they are kept is the operator's to say.
CREATE TABLE IF NOT EXISTS audit_log (
  id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  call_id      CHAR(36)        NOT NULL COMMENT 'or, of an act, its own id',
  instance_id  CHAR(36)        NULL     COMMENT 'like channel_id, branch, masked_phone and opened_at: null if the opening was not recorded',
  channel_id   VARCHAR(80)     NULL,
  branch       VARCHAR(32)     NULL     COMMENT 'what the caller chose: reset, or another branch (src/hotline/branches)',
  node         VARCHAR(64)     NULL     COMMENT 'the machine that took the call',
  masked_phone VARCHAR(24)     NULL,
  phone_key    BINARY(32)      NULL     COMMENT 'keyed hash of the phone: asserted, claimed or called back; of an act: searched for, or of the call looked at',
  identity     ENUM ('asserted', 'contradictory', 'unasserted', 'unattested', 'withheld') NULL COMMENT 'how far the number was believed; null: not judged, or called back',
  code_key     BINARY(32)      NULL     COMMENT 'keyed hash of the code keyed last, or called back for; of an act: searched for, blocked, or of the call looked at',
  opened_at    DATETIME(3)     NULL,
  closed_at    DATETIME(3)     NOT NULL,
  duration_ms  BIGINT UNSIGNED NOT NULL,
  outcome      ENUM ('changed', 'mismatch', 'no-input', 'bad-input', 'no-identity', 'operator', 'hung-up',
                     'fault', 'interrupted', 'limited', 'call-back', 'not-answered', 'served', 'officer') NOT NULL,
  reason       VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL COMMENT 'of an act: what was done',
  account_id   BIGINT UNSIGNED NULL     COMMENT 'the account whose password changed',
  reset_id     CHAR(36)        NULL,
  valid_until  DATETIME(3)     NULL     COMMENT 'of the new password; null: the password did not change, or does not expire',
  mismatches   SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'codes keyed in the call that did not match',
  silences     SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'times that no key was pressed when a code was asked for; 0 if the application died',
  incomplete_codes SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'codes with too few digits, and one that was being keyed at the end; 0 if the application died',
  reading_begun BOOLEAN        NOT NULL DEFAULT FALSE COMMENT 'a code matched, and a new password was about to be read out at least',
  by_user      VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'who did it: a user of the console, or cli: and a user of the machine; null: the row of a call',
  mac          BINARY(32)      NOT NULL COMMENT 'HMAC-SHA-256 under AUDIT_KEY: the hotline wrote this row so',
  PRIMARY KEY (id),
  UNIQUE KEY audit_log_one_per_call (call_id),
  KEY audit_log_closed (closed_at),
  KEY audit_log_phone (phone_key, closed_at),
  KEY audit_log_code (code_key, closed_at),
  KEY audit_log_user (by_user, closed_at),
  CONSTRAINT audit_log_act_by_whom CHECK ((outcome = 'officer') = (by_user IS NOT NULL)),
  CONSTRAINT audit_log_changed_what CHECK ((outcome = 'changed') = (account_id IS NOT NULL AND reset_id IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- The chain over audit_log (docs/adr/0017): each seal covers the rows it names and the seal before
-- it, under AUDIT_KEY, which is not in the database. Of two sealers at once, the primary key admits
-- one.
-- The application may only read and insert. `hotline audit prune` deletes seals with their rows.
CREATE TABLE IF NOT EXISTS audit_seals (
  batch     BIGINT UNSIGNED   NOT NULL COMMENT '1, 2, 3 … without a gap',
  format    SMALLINT UNSIGNED NOT NULL COMMENT 'which columns are sealed, and how',
  key_id    CHAR(8)           NOT NULL COMMENT 'which key: AUDIT_KEY, or one of AUDIT_KEYS_BEFORE',
  key_since DATETIME(3)       NOT NULL COMMENT 'when that key made its first seal',
  sealed_at DATETIME(3)       NOT NULL,
  last_id   BIGINT UNSIGNED   NOT NULL COMMENT 'greatest row id of the batch',
  row_ids   MEDIUMTEXT        NOT NULL COMMENT 'ids of its rows, as 7-9,12',
  root      BINARY(32)        NOT NULL COMMENT 'SHA-256 over the digests of its rows, in order of id',
  previous  BINARY(32)        NOT NULL COMMENT 'seal of the batch before',
  seal      BINARY(32)        NOT NULL COMMENT 'HMAC-SHA-256 over all of this',
  PRIMARY KEY (batch),
  KEY audit_seals_time (sealed_at, last_id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- Which seal covers which row of audit_log, and what the row was like. By the primary key a row is
-- sealed once only, even one that was committed after rows with greater ids.
-- The application may only read and insert. `hotline audit prune` deletes them with their rows.
CREATE TABLE IF NOT EXISTS audit_sealed_rows (
  row_id BIGINT UNSIGNED NOT NULL,
  batch  BIGINT UNSIGNED NOT NULL,
  digest BINARY(32)      NOT NULL COMMENT 'HMAC-SHA-256 over the row',
  PRIMARY KEY (row_id),
  KEY audit_sealed_rows_batch (batch, row_id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- How far the sealers have looked at old rows a second time, for rows that were committed late.
-- Filled below; `hotline serve` updates the row. It saves work and proves nothing: `audit seal` and
-- `audit verify` look at everything whatever it says.
CREATE TABLE IF NOT EXISTS audit_sweep (
  one   TINYINT UNSIGNED NOT NULL,
  up_to BIGINT UNSIGNED  NOT NULL COMMENT 'greatest row id looked at again',
  PRIMARY KEY (one)
) ENGINE = InnoDB;

INSERT IGNORE INTO audit_sweep (one, up_to) VALUES (1, 0);

-- Where the chain begins once old batches were removed.
-- Written by `hotline audit prune`, as the owner, in the transaction that removes them. No row is
-- ever deleted; the application may only read.
CREATE TABLE IF NOT EXISTS audit_checkpoints (
  batch     BIGINT UNSIGNED NOT NULL COMMENT 'the last batch removed',
  seal      BINARY(32)      NOT NULL COMMENT 'its seal',
  key_id    CHAR(8)         NOT NULL COMMENT 'as in audit_seals, of the signature',
  key_since DATETIME(3)     NOT NULL,
  pruned_at DATETIME(3)     NOT NULL,
  row_count BIGINT UNSIGNED NOT NULL COMMENT 'rows removed in this step',
  kept_from DATETIME(3)     NOT NULL COMMENT 'every call that ended before was removed: one found later was put back',
  signature BINARY(32)      NOT NULL COMMENT 'HMAC-SHA-256 over all of this',
  PRIMARY KEY (batch)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- What happened in each call, step by step (src/registry/call-steps.ts): what was said, that a key was pressed,
-- what the database answered. No key, no digit, no number.
-- Written by the application, with the call's terminal row, or after the call if its activation has written that.
-- `hotline serve` deletes rows after CALL_STEPS_DAYS.
CREATE TABLE IF NOT EXISTS call_steps (
  call_id CHAR(36)      NOT NULL,
  kept_at DATETIME(3)   NOT NULL,
  steps   VARCHAR(4000) NOT NULL COMMENT 'JSON: [ms since the call arrived, kind, detail, ms that it took], …',
  PRIMARY KEY (call_id),
  KEY call_steps_kept (kept_at)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- What callers did in the dialplan's menu, by the minute (src/registry/menu-counts.ts): no call, no number.
-- Written by the application, which collects what Asterisk has counted. It deletes rows after 400 days.
CREATE TABLE IF NOT EXISTS menu_counts (
  minute DATETIME     NOT NULL COMMENT 'by the clock of the PBX, UTC',
  node   VARCHAR(64)  NOT NULL COMMENT 'NODE_NAME of the application at this PBX',
  event  VARCHAR(20)  NOT NULL,
  calls  INT UNSIGNED NOT NULL,
  PRIMARY KEY (minute, node, event)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- The same by the hour and by the day, of all nodes together: a page about months must not add up every minute.
-- Written with each minute, in one transaction, so that it counts once. `hotline serve` deletes rows after 400 days.
CREATE TABLE IF NOT EXISTS menu_hour_counts (
  hour  DATETIME     NOT NULL COMMENT 'UTC',
  event VARCHAR(20)  NOT NULL,
  calls INT UNSIGNED NOT NULL,
  PRIMARY KEY (hour, event)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

CREATE TABLE IF NOT EXISTS menu_day_counts (
  day   DATE         NOT NULL COMMENT 'Vietnam time',
  event VARCHAR(20)  NOT NULL,
  calls INT UNSIGNED NOT NULL,
  PRIMARY KEY (day, event)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- How many calls ended how: figures that outlive the rows they were counted from (docs/adr/0055). Several tables, so that
-- a page about an hour, and one about a year, reads few rows. No call and no number is in them.
-- Written by the application, in the transaction that seals the rows, so each call counts once. `hotline serve` deletes
-- rows after 400 days.
CREATE TABLE IF NOT EXISTS call_figures (
  hour        DATETIME          NOT NULL COMMENT 'in which the calls ended, UTC',
  outcome     VARCHAR(20)       NOT NULL,
  stage       VARCHAR(20)       NOT NULL COMMENT 'how far they got (src/registry/call-stage.ts)',
  node        VARCHAR(64)       NOT NULL,
  length      SMALLINT UNSIGNED NOT NULL COMMENT 's or longer, up to the next (src/registry/call-figures.ts); 0 for refused calls',
  calls       INT UNSIGNED      NOT NULL,
  mismatches  INT UNSIGNED      NOT NULL COMMENT 'codes that did not match',
  duration_ms BIGINT UNSIGNED   NOT NULL COMMENT 'of all of them together; 0 for refused calls',
  PRIMARY KEY (hour, outcome, stage, node, length)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- The same by the day, for long ranges: endings, and lengths.
CREATE TABLE IF NOT EXISTS call_day_figures (
  day         DATE            NOT NULL COMMENT 'in which the calls ended, Vietnam time',
  outcome     VARCHAR(20)     NOT NULL,
  stage       VARCHAR(20)     NOT NULL,
  calls       INT UNSIGNED    NOT NULL,
  mismatches  INT UNSIGNED    NOT NULL,
  duration_ms BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (day, outcome, stage)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

CREATE TABLE IF NOT EXISTS call_day_lengths (
  day    DATE              NOT NULL COMMENT 'Vietnam time',
  length SMALLINT UNSIGNED NOT NULL,
  calls  INT UNSIGNED      NOT NULL COMMENT 'without the refused ones',
  PRIMARY KEY (day, length)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- The totals of each hour: the busy hour, and waves of mismatches, are looked for among all hours of a long range.
CREATE TABLE IF NOT EXISTS call_hour_totals (
  hour       DATETIME     NOT NULL COMMENT 'UTC',
  node       VARCHAR(64)  NOT NULL,
  calls      INT UNSIGNED NOT NULL,
  mismatches INT UNSIGNED NOT NULL,
  PRIMARY KEY (hour, node)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- What the owners of accounts are to be told. A row is delivered, dead (given up), or waiting for
-- next_attempt_at. The process that claims a row moves next_attempt_at past the end of the attempt, so the
-- claim of a process that died runs out by itself.
-- Written by the application, in the transaction that changes the password; the notifier updates it.
-- `hotline serve` gives up rows that wait for longer than SMS_MAX_AGE_HOURS, and deletes rows
-- KEEP_RESETS_DAYS after they were delivered or given up.
CREATE TABLE IF NOT EXISTS notification_outbox (
  id              BIGINT UNSIGNED   NOT NULL AUTO_INCREMENT,
  reset_id        CHAR(36)          NOT NULL,
  account_id      BIGINT UNSIGNED   NOT NULL,
  kind            ENUM ('password-changed') NOT NULL,
  created_at      DATETIME(3)       NOT NULL,
  delivered_at    DATETIME(3)       NULL,
  attempts        INT UNSIGNED      NOT NULL DEFAULT 0 COMMENT 'also says who holds the claim: only the latest may settle it',
  failures        SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'attempts that failed while the gateway took other messages',
  next_attempt_at DATETIME(3)       NOT NULL DEFAULT '2000-01-01 00:00:00' COMMENT 'a new row is due at once',
  dead_at         DATETIME(3)       NULL     COMMENT 'given up',
  last_failure    VARCHAR(100)      NOT NULL DEFAULT '' COMMENT 'of the latest attempt; no number, no text of the message',
  PRIMARY KEY (id),
  UNIQUE KEY notification_outbox_one_per_reset (reset_id, kind),
  KEY notification_outbox_waiting (delivered_at, dead_at, created_at),
  KEY notification_outbox_due (delivered_at, dead_at, next_attempt_at),
  KEY notification_outbox_account (account_id),
  CONSTRAINT notification_outbox_account_exists FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- The users of the officers' console.
-- Written by the application and by `hotline user`. No row is ever deleted: a name in the audit log stays one
-- person's.
CREATE TABLE IF NOT EXISTS console_users (
  name                VARCHAR(32)  NOT NULL,
  role                ENUM ('viewer', 'officer', 'admin') NOT NULL,
  password_hash       VARCHAR(255) NOT NULL COMMENT 'PHC string, argon2id',
  generation          INT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'sessions of an earlier one have ended',
  created_at          DATETIME(3)  NOT NULL,
  password_changed_at DATETIME(3)  NOT NULL,
  last_sign_in_at     DATETIME(3)  NULL,
  disabled_at         DATETIME(3)  NULL COMMENT 'null: may sign in',
  PRIMARY KEY (name),
  CONSTRAINT console_users_name_form CHECK (name REGEXP '^[a-z0-9._-]{2,32}$'),
  CONSTRAINT console_users_password_hash_form CHECK (password_hash LIKE '$argon2id$%')
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- Sessions of the console. The id of a session stands here as a hash only.
-- Written by the application; a session is open as src/mysql/console/sessions.ts says. `hotline serve` deletes rows
-- after a day.
CREATE TABLE IF NOT EXISTS console_sessions (
  session_key BINARY(32)    NOT NULL COMMENT 'SHA-256 of the id',
  user_name   VARCHAR(32)   NOT NULL,
  generation  INT UNSIGNED  NOT NULL COMMENT 'of the user at sign-in',
  created_at  DATETIME(3)   NOT NULL,
  seen_at     DATETIME(3)   NOT NULL COMMENT 'to the minute',
  ended_at    DATETIME(3)   NULL     COMMENT 'by sign-out',
  data        VARCHAR(2000) CHARACTER SET utf8mb4 NOT NULL COMMENT 'JSON, what pages keep: no secret, no code, no number',
  PRIMARY KEY (session_key),
  KEY console_sessions_user (user_name),
  KEY console_sessions_created (created_at),
  CONSTRAINT console_sessions_user_exists FOREIGN KEY (user_name) REFERENCES console_users (name)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- Browsers with which users of the console have signed in. Their failed sign-ins are counted apart
-- (docs/adr/0052), so that nobody else can use up the user's attempts.
-- Written by the application. `hotline serve` deletes rows that were not used for 180 days.
CREATE TABLE IF NOT EXISTS console_browsers (
  browser_key BINARY(32)  NOT NULL COMMENT 'SHA-256 of what the browser keeps in a cookie',
  user_name   VARCHAR(32) NOT NULL,
  used_at     DATETIME(3) NOT NULL COMMENT 'last sign-in',
  PRIMARY KEY (browser_key, user_name),
  KEY console_browsers_user (user_name),
  KEY console_browsers_used (used_at),
  CONSTRAINT console_browsers_user_exists FOREIGN KEY (user_name) REFERENCES console_users (name)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;

-- Sign-ins to the console, for their limits. Holds name and address as keyed hashes only: people type passwords
-- where names belong.
-- Written by the application before it checks the password. `hotline serve` deletes rows after a day.
CREATE TABLE IF NOT EXISTS console_sign_ins (
  id          CHAR(36)    NOT NULL COMMENT 'UUID, chosen by the application',
  name_key    BINARY(32)  NOT NULL COMMENT 'keyed hash',
  address_key BINARY(32)  NOT NULL COMMENT 'keyed hash; of IPv6 the network',
  browser_key BINARY(32)  NULL     COMMENT 'a browser that has signed in with this name before',
  counts      BOOLEAN     NOT NULL COMMENT 'false once the password was right',
  charged_at  DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY console_sign_ins_name (name_key, counts, charged_at),
  KEY console_sign_ins_address (address_key, counts, charged_at),
  KEY console_sign_ins_charged (charged_at)
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin;
