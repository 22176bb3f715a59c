//! Commits, in REST's three shapes, and changed files.

use serde_json::{Value, json};

use super::{extend, time};
use crate::git::{ChangeKind, FileChange, ObjectId, Signature};
use crate::state::{State, object_node_id};

impl State {
    /// `git-commit`; `null` where there is none.
    pub(crate) fn git_commit_json(&self, repository: u64, id: ObjectId) -> Value {
        let Some(commit) = self.objects(repository).commit(id) else {
            return Value::Null;
        };
        let url = self.repository_url(repository);
        let page = self.repository_page(repository);
        let parents: Vec<Value> = commit
            .parents
            .iter()
            .map(|parent| {
                json!({
                    "sha": parent.to_string(),
                    "url": format!("{url}/git/commits/{parent}"),
                    "html_url": format!("{page}/commit/{parent}"),
                })
            })
            .collect();
        json!({
            "sha": id.to_string(),
            "node_id": object_node_id("C", id),
            "url": format!("{url}/git/commits/{id}"),
            "html_url": format!("{page}/commit/{id}"),
            "author": person(&commit.author),
            "committer": person(&commit.author),
            "tree": {
                "sha": commit.tree.to_string(),
                "url": format!("{url}/git/trees/{}", commit.tree),
            },
            "message": commit.message,
            "parents": parents,
            "verification": unsigned(),
        })
    }

    /// `commit`; `null` where there is none.
    pub(crate) fn commit_json(&self, repository: u64, id: ObjectId) -> Value {
        let Some(commit) = self.objects(repository).commit(id) else {
            return Value::Null;
        };
        let git = self.git_commit_json(repository, id);
        let url = format!("{}/commits/{id}", self.repository_url(repository));
        let account = self.account_json(&commit.author.name);
        json!({
            "sha": id.to_string(),
            "node_id": object_node_id("C", id),
            "url": url,
            "html_url": git["html_url"],
            "comments_url": format!("{url}/comments"),
            "commit": {
                "author": git["author"],
                "committer": git["committer"],
                "comment_count": 0,
                "message": git["message"],
                "tree": git["tree"],
                "url": git["url"],
                "verification": git["verification"],
            },
            "author": account,
            "committer": account,
            "parents": git["parents"],
        })
    }

    /// The commit of a `push` body; `null` where there is none.
    pub(crate) fn pushed_commit_json(&self, repository: u64, id: ObjectId) -> Value {
        let objects = self.objects(repository);
        let Some(commit) = objects.commit(id) else {
            return Value::Null;
        };
        let before = commit.parents.first().map(|it| objects.files(*it));
        let changes = objects.changes(&before.unwrap_or_default(), &objects.files(id));
        let paths = |wanted: fn(&ChangeKind) -> bool| -> Vec<&str> {
            let wanted = changes.iter().filter(|change| wanted(&change.kind));
            wanted.map(|change| change.path.as_str()).collect()
        };
        let author = json!({"name": commit.author.name, "email": commit.author.email});
        json!({
            "id": id.to_string(),
            "tree_id": commit.tree.to_string(),
            "distinct": true,
            "message": commit.message,
            "timestamp": time(commit.author.at),
            "url": format!("{}/commit/{id}", self.repository_page(repository)),
            "author": author,
            "committer": author,
            "added": paths(|kind| matches!(kind, ChangeKind::Added | ChangeKind::Renamed(_))),
            "removed": paths(|kind| matches!(kind, ChangeKind::Removed)),
            "modified": paths(|kind| matches!(kind, ChangeKind::Modified)),
        })
    }

    /// `simple-commit`; `null` where there is none.
    pub(crate) fn simple_commit_json(&self, repository: u64, id: ObjectId) -> Value {
        let Some(commit) = self.objects(repository).commit(id) else {
            return Value::Null;
        };
        let author = json!({"name": commit.author.name, "email": commit.author.email});
        json!({
            "id": id.to_string(),
            "tree_id": commit.tree.to_string(),
            "message": commit.message,
            "timestamp": time(commit.author.at),
            "author": author,
            "committer": author,
        })
    }

    /// `diff-entry`, of a file as it is in this commit.
    pub(crate) fn diff_entry_json(
        &self,
        repository: u64,
        commit: ObjectId,
        change: &FileChange,
    ) -> Value {
        let url = self.repository_url(repository);
        let page = self.repository_page(repository);
        let path = &change.path;
        let mut json = json!({
            "sha": change.id.to_string(),
            "filename": path,
            "status": change.kind.as_str(),
            "additions": change.additions,
            "deletions": change.deletions,
            "changes": change.additions + change.deletions,
            "blob_url": format!("{page}/blob/{commit}/{path}"),
            "raw_url": format!("{page}/raw/{commit}/{path}"),
            "contents_url": format!("{url}/contents/{path}?ref={commit}"),
        });
        if let Some(patch) = &change.patch {
            extend(&mut json, json!({"patch": patch}));
        }
        if let ChangeKind::Renamed(from) = &change.kind {
            extend(&mut json, json!({"previous_filename": from}));
        }
        json
    }
}

fn person(signature: &Signature) -> Value {
    json!({"name": signature.name, "email": signature.email, "date": time(signature.at)})
}

fn unsigned() -> Value {
    json!({
        "verified": false,
        "reason": "unsigned",
        "signature": null,
        "payload": null,
        "verified_at": null,
    })
}
