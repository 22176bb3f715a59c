-- Which repository came through which installation. `on_record` is 0 while GitHub is being asked. No
-- expiry: what is stored of an account is found by it when the App is removed.
CREATE TABLE repositories (
  installation_id INTEGER NOT NULL,
  repository_id INTEGER NOT NULL,
  on_record INTEGER NOT NULL,
  PRIMARY KEY (installation_id, repository_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX repositories_by_id ON repositories (repository_id);
