-- What GitHub has said of an installation's limits: nobody calls before `until`.
CREATE TABLE pauses (
  installation_id INTEGER NOT NULL,
  budget TEXT NOT NULL,
  until INTEGER NOT NULL,
  strikes INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (installation_id, budget)
) STRICT, WITHOUT ROWID;
CREATE INDEX pauses_by_expiry ON pauses (expires_at);
