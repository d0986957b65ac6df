-- Who a call was about, as keyed hashes, where it was taken, and the application's mark on the row
-- (docs/adr/0017). One ALTER; MySQL knows no ADD COLUMN IF NOT EXISTS, so it asks first.
SET @step = (
  SELECT IF(COUNT(*) > 0, 'DO 0',
    'ALTER TABLE audit_log
       ADD COLUMN node      VARCHAR(64) NULL COMMENT ''the machine that took the call'',
       ADD COLUMN phone_key CHAR(64)    NULL COMMENT ''keyed hash of the phone; asserted, claimed or called back'',
       ADD COLUMN code_key  CHAR(64)    NULL COMMENT ''keyed hash of the code keyed last, or called back for'',
       ADD COLUMN mark      CHAR(64)    NULL COMMENT ''the application wrote this row so; null: before there were marks'',
       ADD KEY audit_log_phone (phone_key, closed_at),
       ADD KEY audit_log_code (code_key, closed_at)')
  FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND column_name = 'mark');
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step
