//! Merge queues: groups of pull requests, merged ahead of time in branches of their own
//! (<https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue>).

use serde_json::json;

use super::State;
use crate::git::ObjectId;

/// A group of one pull request.
#[derive(Debug, Clone)]
pub(crate) struct MergeGroup {
    /// Where it is queued.
    pub(crate) repository: u64,
    /// The pull request's number.
    pub(crate) number: u64,
    /// The queue's own branch.
    pub(crate) branch: String,
    /// Its tip.
    pub(crate) head: ObjectId,
    /// The branch that it is to be merged into.
    pub(crate) base: String,
    /// What it was merged with.
    pub(crate) base_sha: ObjectId,
}

impl State {
    /// Merges a pull request into a branch of the queue's own, on top of the group before it or else
    /// of its base, and asks for its checks; `None` where it is not open or conflicts.
    pub(crate) fn queue_pull_request(
        &mut self,
        repository: u64,
        number: u64,
        after: Option<ObjectId>,
        by: &str,
    ) -> Option<MergeGroup> {
        let pull_request = self.pull_request(repository, number).filter(|it| it.open)?;
        let (head, base) = (pull_request.head.sha, pull_request.base.branch.clone());
        let tip = self.repositories.get(&repository)?.branches.get(&base);
        let base_sha = after.or_else(|| tip.copied())?;
        let files = self.objects_mut(repository).merged_files(base_sha, head)?;
        let message = format!("Merge pull request #{number} into {base}");
        let parents = vec![base_sha, head];
        let merged = self.commit(repository, parents, &files, "web-flow", &message);
        let group = MergeGroup {
            repository,
            number,
            branch: format!("gh-readonly-queue/{base}/pr-{number}-{base_sha}"),
            head: merged,
            base,
            base_sha,
        };
        self.move_branch(repository, &group.branch, merged, by);
        self.emit_merge_group(&group, "checks_requested", by, json!({}));
        Some(group)
    }

    /// The queue takes a group back, unmerged.
    pub(crate) fn dequeue(&mut self, group: &MergeGroup, by: &str) {
        self.end_merge_group(group, "dequeued", by);
    }

    /// The checks of a group are there, and its base becomes it.
    pub(crate) fn merge_group(&mut self, group: &MergeGroup, by: &str) {
        let now = self.now();
        if let Some(pull_request) = self.pull_request_mut(group.repository, group.number) {
            pull_request.open = false;
            pull_request.closed_at = Some(now);
            pull_request.updated_at = now;
            pull_request.merged = Some((now, group.head));
        }
        self.move_branch(group.repository, &group.base, group.head, by);
        self.emit_pull_request(group.repository, group.number, "closed", by, json!({}));
        self.end_merge_group(group, "merged", by);
    }

    fn end_merge_group(&mut self, group: &MergeGroup, reason: &str, by: &str) {
        if let Some(repository) = self.repositories.get_mut(&group.repository) {
            repository.branches.remove(&group.branch);
        }
        self.emit_merge_group(group, "destroyed", by, json!({ "reason": reason }));
    }
}
