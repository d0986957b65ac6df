-- What a call's terminal row will say of its caller, also when the application dies before its end.
SET @step = (
  SELECT IF(COUNT(*) > 0, 'DO 0',
    'ALTER TABLE calls
       ADD COLUMN node      VARCHAR(64) NULL COMMENT ''the machine that took the call'',
       ADD COLUMN phone_key CHAR(64)    NULL COMMENT ''keyed hash of the phone'',
       ADD COLUMN code_key  CHAR(64)    NULL COMMENT ''the same of the code that the call is about from the start, as a call-back is''')
  FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'calls' AND column_name = 'node');
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step
