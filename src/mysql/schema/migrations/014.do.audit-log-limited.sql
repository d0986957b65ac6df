ALTER TABLE audit_log
  MODIFY outcome ENUM ('changed', 'mismatch', 'no-input', 'bad-input', 'no-identity', 'operator',
                       'hung-up', 'fault', 'interrupted', 'limited') NOT NULL
