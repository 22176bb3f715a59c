//! Pull requests.

use std::fmt;
use std::sync::Arc;

use super::merge_group::MergeGroup;
use super::repository::SOMEBODY;
use crate::git::{Content, ObjectId};
use crate::shared::Shared;
use crate::state::{CheckRun, Draft, State, TestMerge};

/// A pull request.
#[derive(Clone)]
pub struct PullRequest {
    shared: Arc<Shared>,
    repository: u64,
    number: u64,
}

impl fmt::Debug for PullRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("PullRequest")
            .field(&self.number)
            .finish()
    }
}

impl PullRequest {
    pub(super) fn new(shared: &Arc<Shared>, repository: u64, number: u64) -> Self {
        Self {
            shared: Arc::clone(shared),
            repository,
            number,
        }
    }

    /// Its number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its head commit.
    pub fn head(&self) -> ObjectId {
        self.look(|it| it.head.sha)
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.look(|it| it.open)
    }

    /// The commit that GitHub's test merge gave; `None`: it conflicts.
    pub fn test_merge(&self) -> Option<ObjectId> {
        match self.look(crate::state::PullRequest::settled_test_merge) {
            TestMerge::Clean { commit } => Some(commit),
            TestMerge::Conflicting => None,
        }
    }

    /// Every check run of its head, oldest first.
    pub fn check_runs(&self) -> Vec<CheckRun> {
        let head = self.head();
        self.with(|state| {
            let runs = state.check_runs_of(self.repository, head);
            runs.into_iter().cloned().collect()
        })
    }

    /// Its author commits these files on top of its head branch and pushes; the new head.
    pub fn push<P: Into<String>, C: Into<Content>>(
        &self,
        message: &str,
        files: impl IntoIterator<Item = (P, C)>,
    ) -> ObjectId {
        let files = files.into_iter();
        let files = files.map(|(path, content)| (path.into(), content.into()));
        let files = files.collect();
        let head = self.look(|it| it.head.clone());
        self.with(|state| state.push(head.repository, &head.branch, SOMEBODY, message, files))
    }

    /// Lets it go to another branch.
    pub fn change_base(&self, branch: &str) {
        self.with(|state| state.change_base(self.repository, self.number, branch, SOMEBODY));
    }

    /// Gives it another title.
    pub fn retitle(&self, title: &str) {
        self.with(|state| state.retitle(self.repository, self.number, title, SOMEBODY));
    }

    /// Makes it a draft.
    pub fn convert_to_draft(&self) {
        self.with(|state| state.set_draft(self.repository, self.number, Draft::Yes, SOMEBODY));
    }

    /// Makes it no draft any more.
    pub fn mark_ready_for_review(&self) {
        self.with(|state| state.set_draft(self.repository, self.number, Draft::No, SOMEBODY));
    }

    /// Closes it unmerged.
    pub fn close(&self) {
        self.with(|state| state.close_pull_request(self.repository, self.number, SOMEBODY));
    }

    /// Opens it again.
    pub fn reopen(&self) {
        self.with(|state| state.reopen_pull_request(self.repository, self.number, SOMEBODY));
    }

    /// Merges it with a merge commit.
    ///
    /// # Panics
    /// When it is closed or conflicts.
    #[track_caller]
    pub fn merge(&self) {
        let (repository, number) = (self.repository, self.number);
        let merged = self.with(|state| state.merge_pull_request(repository, number, SOMEBODY));
        assert!(merged, "pull request {number} can't be merged");
    }

    /// Merges it as one commit ("squash and merge").
    ///
    /// # Panics
    /// When it is closed or conflicts.
    #[track_caller]
    pub fn squash(&self) {
        let (repository, number) = (self.repository, self.number);
        let merged = self.with(|state| state.squash_pull_request(repository, number, SOMEBODY));
        assert!(merged, "pull request {number} can't be merged");
    }

    /// Puts it into the merge queue of its base: the queue merges it with the base, or with the
    /// group before it, and asks for the checks of what that gives.
    ///
    /// # Panics
    /// When it is closed or conflicts.
    #[track_caller]
    pub fn enqueue(&self, after: Option<&MergeGroup>) -> MergeGroup {
        let (repository, number) = (self.repository, self.number);
        let after = after.map(MergeGroup::head);
        let group =
            self.with(|state| state.queue_pull_request(repository, number, after, SOMEBODY));
        let group = group.unwrap_or_else(|| panic!("pull request {number} can't be merged"));
        MergeGroup::new(&self.shared, group)
    }

    /// Lets this many readers find the test merge unfinished.
    pub fn hold_test_merge(&self, reads: u32) {
        self.look(|it| it.hold_test_merge(reads));
    }

    fn look<T>(&self, look: impl FnOnce(&crate::state::PullRequest) -> T) -> T {
        self.with(|state| {
            let found = state.pull_request(self.repository, self.number);
            look(found.unwrap_or_else(|| panic!("there is no pull request {}", self.number)))
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        self.shared.with(change)
    }
}
