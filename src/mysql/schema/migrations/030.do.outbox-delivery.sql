-- How far the delivery of each notification is. MySQL has no ADD COLUMN IF NOT EXISTS, hence the
-- detour: run again after a crash it does nothing.
--
-- A row is delivered (delivered_at), dead (dead_at: given up), or waiting for next_attempt_at. Who
-- claims a row moves next_attempt_at past the end of the attempt, so that the claim of a process
-- that died runs out by itself. The default is long ago: a new row is due at once.
SET @add_delivery = IF(
  (SELECT COUNT(*) FROM information_schema.columns
   WHERE table_schema = DATABASE() AND table_name = 'notification_outbox' AND column_name = 'next_attempt_at') = 0,
  "ALTER TABLE notification_outbox
     ADD COLUMN attempts        SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'also who holds the claim: only the latest may settle it',
     ADD COLUMN next_attempt_at DATETIME(3)       NOT NULL DEFAULT '2000-01-01 00:00:00',
     ADD COLUMN dead_at         DATETIME(3)       NULL     COMMENT 'given up',
     ADD COLUMN last_failure    VARCHAR(100)      NOT NULL DEFAULT '' COMMENT 'of the latest attempt; no number, no text of the message',
     ADD KEY notification_outbox_due (delivered_at, dead_at, next_attempt_at)",
  'DO 0');
PREPARE add_delivery FROM @add_delivery;
EXECUTE add_delivery;
DEALLOCATE PREPARE add_delivery
