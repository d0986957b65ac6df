-- Which phone an open call came from, by keyed hash, for the limit of calls at once. Only calls
-- that are served; a row goes with its call.
CREATE TABLE IF NOT EXISTS call_phones (
  call_id   CHAR(36) NOT NULL,
  phone_key CHAR(64) NOT NULL,
  PRIMARY KEY (call_id),
  KEY call_phones_phone (phone_key),
  CONSTRAINT call_phones_call FOREIGN KEY (call_id) REFERENCES calls (call_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin
