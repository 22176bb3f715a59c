//! Merge groups.

use std::fmt;
use std::sync::Arc;

use super::repository::SOMEBODY;
use crate::git::ObjectId;
use crate::shared::Shared;
use crate::state::{self, CheckRun};

/// A group of a merge queue: one pull request, merged ahead of time.
#[derive(Clone)]
pub struct MergeGroup {
    shared: Arc<Shared>,
    group: state::MergeGroup,
}

impl fmt::Debug for MergeGroup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("MergeGroup")
            .field(&self.group.branch)
            .finish()
    }
}

impl MergeGroup {
    pub(super) fn new(shared: &Arc<Shared>, group: state::MergeGroup) -> Self {
        Self {
            shared: Arc::clone(shared),
            group,
        }
    }

    /// Its head commit.
    pub fn head(&self) -> ObjectId {
        self.group.head
    }

    /// What it was merged with.
    pub fn base_sha(&self) -> ObjectId {
        self.group.base_sha
    }

    /// The queue's own branch.
    pub fn branch(&self) -> &str {
        &self.group.branch
    }

    /// Every check run of its head, oldest first.
    pub fn check_runs(&self) -> Vec<CheckRun> {
        self.shared.with(|state| {
            let runs = state.check_runs_of(self.group.repository, self.group.head);
            runs.into_iter().cloned().collect()
        })
    }

    /// The queue merges it.
    pub fn merge(&self) {
        self.shared
            .with(|state| state.merge_group(&self.group, SOMEBODY));
    }

    /// Somebody takes its pull request out of the queue.
    pub fn dequeue(&self) {
        self.shared
            .with(|state| state.dequeue(&self.group, SOMEBODY));
    }
}
