-- The last valid policies. `branch` is '' for an account's, whose id is then the installation's.
-- No expiry: it is what stands in when a policy breaks, however long after.
CREATE TABLE policies (
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  branch TEXT NOT NULL,
  content TEXT,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (kind, id, branch)
) STRICT, WITHOUT ROWID;
