-- Times are nanoseconds since the epoch, `expires_at` is seconds since the epoch.

CREATE TABLE deliveries (
  delivery_id TEXT PRIMARY KEY,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  finished_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_by_time ON deliveries (finished_at);
CREATE INDEX deliveries_by_expiry ON deliveries (expires_at);

-- A row stays when its lease is released (`until` is NULL then), because its epoch lives on.
CREATE TABLE leases (
  repository_id INTEGER NOT NULL,
  sha TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  until INTEGER,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, sha)
) STRICT, WITHOUT ROWID;
CREATE INDEX leases_by_expiry ON leases (expires_at);

CREATE TABLE head_pull_requests (
  repository_id INTEGER NOT NULL,
  sha TEXT NOT NULL,
  number INTEGER NOT NULL,
  base TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, sha, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX head_pull_requests_by_expiry ON head_pull_requests (expires_at);

CREATE TABLE generations (
  repository_id INTEGER NOT NULL,
  sha TEXT NOT NULL,
  generation TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, sha)
) STRICT, WITHOUT ROWID;
CREATE INDEX generations_by_expiry ON generations (expires_at);

CREATE TABLE evaluations (
  repository_id INTEGER NOT NULL,
  sha TEXT NOT NULL,
  generation INTEGER NOT NULL,
  evaluation TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, sha, generation)
) STRICT;
CREATE INDEX evaluations_by_expiry ON evaluations (expires_at);

-- `receives` grows with every receive and so tells one hold of a message from the next.
-- `held` is 1 while a worker of this process has it, unlike a message that waits for a retry.
CREATE TABLE queue (
  message_id INTEGER PRIMARY KEY AUTOINCREMENT,
  body TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  visible_at INTEGER NOT NULL,
  receives INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX queue_by_visibility ON queue (visible_at, message_id);

CREATE TABLE dead_letters (
  message_id INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  reason TEXT NOT NULL,
  receives INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  died_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letters_by_expiry ON dead_letters (expires_at);
