//! Pull requests, their lives and their test merges.

use std::cell::Cell;

use jiff::Timestamp;
use serde_json::json;

use super::{AccountKind, State};
use crate::git::{FileChange, ObjectId};

/// The branch that a pull request brings, or the one that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeadRef {
    /// The repository that it is in.
    pub(crate) repository: u64,
    /// Its name.
    pub(crate) branch: String,
    /// Its tip when last seen.
    pub(crate) sha: ObjectId,
}

/// The merge that GitHub tries for every open pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TestMerge {
    /// It worked.
    Clean {
        /// The merge commit.
        commit: ObjectId,
    },
    /// It didn't.
    Conflicting,
}

/// Whether a pull request is a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Draft {
    /// It is.
    Yes,
    /// It is meant to be reviewed.
    No,
}

/// A pull request.
#[derive(Debug, Clone)]
pub(crate) struct PullRequest {
    /// GitHub's id.
    pub(crate) id: u64,
    /// Its number in the repository.
    pub(crate) number: u64,
    /// What it is about.
    pub(crate) title: String,
    /// Login of who opened it.
    pub(crate) author: String,
    /// Whether it is open.
    pub(crate) open: bool,
    /// Whether it is not yet meant to be reviewed.
    pub(crate) draft: bool,
    /// When and as which commit it was merged.
    pub(crate) merged: Option<(Timestamp, ObjectId)>,
    /// What it brings.
    pub(crate) head: HeadRef,
    /// Where to. The commit is the tip when the pull request was opened, its head pushed to or
    /// its base changed: as at GitHub it stays behind when only the base branch moves.
    pub(crate) base: HeadRef,
    /// When it was opened.
    pub(crate) created_at: Timestamp,
    /// When it last changed.
    pub(crate) updated_at: Timestamp,
    /// When it was closed.
    pub(crate) closed_at: Option<Timestamp>,
    test_merge: TestMerge,
    /// A cell, because reading is what uses it up.
    pending_reads: Cell<u32>,
}

impl PullRequest {
    /// The test merge as the next reader sees it; `None`: GitHub is still at it.
    pub(crate) fn read_test_merge(&self) -> Option<TestMerge> {
        let pending = self.pending_reads.get();
        self.pending_reads.set(pending.saturating_sub(1));
        (pending == 0).then_some(self.test_merge)
    }

    /// The test merge as it will be seen in the end.
    pub(crate) fn settled_test_merge(&self) -> TestMerge {
        self.test_merge
    }

    /// Lets the next readers find the test merge unfinished.
    pub(crate) fn hold_test_merge(&self, reads: u32) {
        self.pending_reads.set(reads);
    }

    /// Whether the head is in another repository.
    pub(crate) fn is_from_fork(&self) -> bool {
        self.head.repository != self.base.repository
    }
}

impl State {
    /// Opens a pull request; `None` where a branch does not exist.
    pub(crate) fn open_pull_request(
        &mut self,
        (head_repository, head): (u64, &str),
        (base_repository, base): (u64, &str),
        author: &str,
        title: &str,
    ) -> Option<u64> {
        let side = |repository: u64, branch: &str| {
            let sha = *self.repositories.get(&repository)?.branches.get(branch)?;
            Some(HeadRef {
                repository,
                branch: branch.to_owned(),
                sha,
            })
        };
        let (head, base) = (side(head_repository, head)?, side(base_repository, base)?);
        self.ensure_account(author, AccountKind::User);
        let id = self.fresh_id();
        let now = self.now();
        let repository = self.repositories.get_mut(&base_repository)?;
        let number = repository
            .pull_requests
            .keys()
            .max()
            .map_or(1, |last| last + 1);
        let pull_request = PullRequest {
            id,
            number,
            title: title.to_owned(),
            author: author.to_owned(),
            open: true,
            draft: false,
            merged: None,
            head,
            base,
            created_at: now,
            updated_at: now,
            closed_at: None,
            test_merge: TestMerge::Conflicting,
            pending_reads: Cell::new(0),
        };
        repository.pull_requests.insert(number, pull_request);
        self.renew_test_merge(base_repository, number);
        self.emit_pull_request(base_repository, number, "opened", author, json!({}));
        Some(number)
    }

    /// Tries the merge again.
    pub(crate) fn renew_test_merge(&mut self, repository: u64, number: u64) {
        let Some(pull_request) = self.pull_request(repository, number) else {
            return;
        };
        let (head, branch) = (pull_request.head.sha, pull_request.base.branch.clone());
        let Some(base) = self.repositories[&repository]
            .branches
            .get(&branch)
            .copied()
        else {
            return;
        };
        let merged = self.objects_mut(repository).merged_files(base, head);
        let test_merge = match merged {
            Some(files) => {
                let message = format!("Merge {head} into {base}");
                let parents = vec![base, head];
                let commit = self.commit(repository, parents, &files, "web-flow", &message);
                TestMerge::Clean { commit }
            }
            None => TestMerge::Conflicting,
        };
        if let Some(pull_request) = self.pull_request_mut(repository, number) {
            pull_request.test_merge = test_merge;
        }
    }

    /// What a moved branch does to the pull requests of its network.
    pub(super) fn branch_moved(&mut self, repository: u64, branch: &str, tip: ObjectId, by: &str) {
        let network = self.repositories[&repository].network;
        let mut touched = Vec::new();
        for candidate in self
            .repositories
            .values()
            .filter(|it| it.network == network)
        {
            for (number, pull_request) in &candidate.pull_requests {
                let is = |side: &HeadRef| side.repository == repository && side.branch == branch;
                let head_moved = is(&pull_request.head) && pull_request.head.sha != tip;
                if pull_request.open && (head_moved || is(&pull_request.base)) {
                    touched.push((candidate.id, *number, head_moved));
                }
            }
        }
        for (repository, number, head_moved) in touched {
            if head_moved {
                self.synchronize(repository, number, tip, by);
            } else {
                self.renew_test_merge(repository, number);
            }
        }
    }

    fn synchronize(&mut self, repository: u64, number: u64, tip: ObjectId, by: &str) {
        let now = self.now();
        let Some(pull_request) = self.pull_request_mut(repository, number) else {
            return;
        };
        let before = std::mem::replace(&mut pull_request.head.sha, tip);
        pull_request.updated_at = now;
        self.take_base_tip(repository, number);
        self.renew_test_merge(repository, number);
        let extra = json!({"before": before.to_string(), "after": tip.to_string()});
        self.emit_pull_request(repository, number, "synchronize", by, extra);
    }

    /// Lets the pull request go to another branch.
    pub(crate) fn change_base(&mut self, repository: u64, number: u64, branch: &str, by: &str) {
        let now = self.now();
        let Some(pull_request) = self.pull_request_mut(repository, number) else {
            return;
        };
        let from = pull_request.base.clone();
        branch.clone_into(&mut pull_request.base.branch);
        pull_request.updated_at = now;
        self.take_base_tip(repository, number);
        self.renew_test_merge(repository, number);
        let extra = json!({"changes": {"base": {
            "ref": {"from": from.branch}, "sha": {"from": from.sha.to_string()},
        }}});
        self.emit_pull_request(repository, number, "edited", by, extra);
    }

    /// Gives the pull request another title.
    pub(crate) fn retitle(&mut self, repository: u64, number: u64, title: &str, by: &str) {
        let now = self.now();
        if let Some(pull_request) = self.pull_request_mut(repository, number) {
            let from = std::mem::replace(&mut pull_request.title, title.to_owned());
            pull_request.updated_at = now;
            let extra = json!({"changes": {"title": {"from": from}}});
            self.emit_pull_request(repository, number, "edited", by, extra);
        }
    }

    /// Says that the pull request is a draft, or that it no longer is.
    pub(crate) fn set_draft(&mut self, repository: u64, number: u64, draft: Draft, by: &str) {
        let now = self.now();
        if let Some(pull_request) = self.pull_request_mut(repository, number) {
            pull_request.draft = draft == Draft::Yes;
            pull_request.updated_at = now;
            let action = match draft {
                Draft::Yes => "converted_to_draft",
                Draft::No => "ready_for_review",
            };
            self.emit_pull_request(repository, number, action, by, json!({}));
        }
    }

    /// Closes a pull request unmerged.
    pub(crate) fn close_pull_request(&mut self, repository: u64, number: u64, by: &str) {
        let now = self.now();
        if let Some(pull_request) = self.pull_request_mut(repository, number) {
            pull_request.open = false;
            pull_request.closed_at = Some(now);
            pull_request.updated_at = now;
            self.emit_pull_request(repository, number, "closed", by, json!({}));
        }
    }

    /// Opens a closed pull request again, with its head as it now is.
    pub(crate) fn reopen_pull_request(&mut self, repository: u64, number: u64, by: &str) {
        let now = self.now();
        let head = self.pull_request(repository, number).and_then(|it| {
            let branches = &self.repositories.get(&it.head.repository)?.branches;
            branches.get(&it.head.branch).copied()
        });
        if let Some(pull_request) = self.pull_request_mut(repository, number) {
            pull_request.open = true;
            pull_request.closed_at = None;
            pull_request.updated_at = now;
            pull_request.head.sha = head.unwrap_or(pull_request.head.sha);
            self.take_base_tip(repository, number);
            self.renew_test_merge(repository, number);
            self.emit_pull_request(repository, number, "reopened", by, json!({}));
        }
    }

    /// Merges an open pull request with a merge commit; `false` where it can't be.
    pub(crate) fn merge_pull_request(&mut self, repository: u64, number: u64, by: &str) -> bool {
        let Some(commit) = self.merge_commit(repository, number) else {
            return false;
        };
        self.finish_merge(repository, number, commit, by);
        true
    }

    /// Merges an open pull request as one commit with one parent; `false` where it can't be.
    pub(crate) fn squash_pull_request(&mut self, repository: u64, number: u64, by: &str) -> bool {
        let Some(merge) = self.merge_commit(repository, number) else {
            return false;
        };
        let objects = self.objects(repository);
        let files = objects.files(merge);
        let base = objects.commit(merge).and_then(|it| it.parents.first());
        let parents = base.copied().into_iter().collect();
        let title = self.pull_request(repository, number);
        let title = title.map_or_else(String::new, |it| it.title.clone());
        let commit = self.commit(repository, parents, &files, "web-flow", &title);
        self.finish_merge(repository, number, commit, by);
        true
    }

    /// The test merge of an open pull request.
    fn merge_commit(&self, repository: u64, number: u64) -> Option<ObjectId> {
        let pull_request = self.pull_request(repository, number)?;
        match pull_request.test_merge {
            TestMerge::Clean { commit } if pull_request.open => Some(commit),
            TestMerge::Clean { .. } | TestMerge::Conflicting => None,
        }
    }

    fn finish_merge(&mut self, repository: u64, number: u64, commit: ObjectId, by: &str) {
        let now = self.now();
        let Some(pull_request) = self.pull_request_mut(repository, number) else {
            return;
        };
        pull_request.open = false;
        pull_request.closed_at = Some(now);
        pull_request.updated_at = now;
        pull_request.merged = Some((now, commit));
        let branch = pull_request.base.branch.clone();
        self.move_branch(repository, &branch, commit, by);
        self.emit_pull_request(repository, number, "closed", by, json!({}));
    }

    /// The files that a pull request changes: from the merge base to its head.
    pub(crate) fn pull_request_files(&self, repository: u64, number: u64) -> Vec<FileChange> {
        let Some(pull_request) = self.pull_request(repository, number) else {
            return Vec::new();
        };
        let objects = self.objects(repository);
        let (base, head) = (pull_request.base.sha, pull_request.head.sha);
        let before = objects
            .merge_base(base, head)
            .map(|it| objects.files(it))
            .unwrap_or_default();
        objects.changes(&before, &objects.files(head))
    }

    /// The pull request with this number.
    pub(crate) fn pull_request(&self, repository: u64, number: u64) -> Option<&PullRequest> {
        self.repositories
            .get(&repository)?
            .pull_requests
            .get(&number)
    }

    /// The pull request with this number, to change.
    pub(crate) fn pull_request_mut(
        &mut self,
        repository: u64,
        number: u64,
    ) -> Option<&mut PullRequest> {
        let repository = self.repositories.get_mut(&repository)?;
        repository.pull_requests.get_mut(&number)
    }

    fn take_base_tip(&mut self, repository: u64, number: u64) {
        if let Some(repository) = self.repositories.get_mut(&repository)
            && let Some(pull_request) = repository.pull_requests.get_mut(&number)
            && let Some(tip) = repository.branches.get(&pull_request.base.branch)
        {
            pull_request.base.sha = *tip;
        }
    }
}
