//! What GraphQL calls the status check rollup of a commit.

use super::{CheckRun, State, Status};
use crate::git::ObjectId;

/// One line of the rollup.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RollupContext<'state> {
    /// A check run.
    CheckRun(&'state CheckRun),
    /// A commit status (`StatusContext` in GraphQL).
    Status(&'state Status),
}

impl State {
    /// The latest check runs and the standing statuses of a commit, of all Apps.
    pub(crate) fn rollup(&self, repository: u64, sha: ObjectId) -> Vec<RollupContext<'_>> {
        let runs = self.latest_check_runs_of(repository, sha);
        let runs = runs.into_iter().map(RollupContext::CheckRun);
        let statuses = self.statuses_of(repository, sha);
        runs.chain(statuses.into_iter().map(RollupContext::Status))
            .collect()
    }
}
