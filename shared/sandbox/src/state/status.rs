//! Commit statuses (<https://docs.github.com/en/rest/commits/statuses>).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AppId, State};
use crate::git::ObjectId;

/// What a status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusState {
    /// Something went wrong in finding out.
    Error,
    /// It is not good.
    Failure,
    /// It is not known yet.
    Pending,
    /// It is good.
    Success,
}

/// A commit status. It is never changed: a later one of the same context replaces it.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    /// GitHub's id.
    pub(crate) id: u64,
    /// In which repository.
    pub(crate) repository: u64,
    /// About which commit.
    pub(crate) sha: ObjectId,
    /// Posted by which App; `None`: by a person's token.
    pub(crate) app: Option<AppId>,
    /// Its name.
    pub(crate) context: String,
    /// What it says.
    pub(crate) state: StatusState,
    /// In a few words.
    pub(crate) description: Option<String>,
    /// Where more is told.
    pub(crate) target_url: Option<String>,
    /// When.
    pub(crate) created_at: Timestamp,
}

impl State {
    /// The statuses that stand for a commit: the latest of each context.
    pub(crate) fn statuses_of(&self, repository: u64, sha: ObjectId) -> Vec<&Status> {
        let about = |it: &&Status| it.repository == repository && it.sha == sha;
        let all: Vec<_> = self.statuses.iter().filter(about).collect();
        let stands = |status: &&Status| {
            !all.iter()
                .any(|later| later.id > status.id && later.context == status.context)
        };
        all.iter().copied().filter(stands).collect()
    }
}
