//! Everything the sandbox knows, one module per concern. All of it is behind one lock: a
//! request and a line of a story each see and change it as a whole.

mod access;
mod account;
mod actions_policy;
mod app;
mod app_key;
mod check_run;
mod collaborator;
mod delivery;
mod installation;
mod manifest;
mod merge_group;
mod protection;
mod pull_request;
mod rate_limit;
mod repository;
mod rollup;
mod ruleset;
mod status;
mod workflow;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp, Unit};

use crate::clock::Clock;
use crate::git::{ObjectId, ObjectStore};

pub use access::{Access, Permissions};
pub use actions_policy::{ActionsPolicy, SelectedActions};
pub use app::{AppId, GITHUB_ACTIONS};
pub use check_run::{
    Action, Annotation, AnnotationLevel, CheckConclusion, CheckRun, CheckStatus, Output,
};
pub use collaborator::Role;
pub use delivery::{Attempt, Delivery};
pub use protection::Protection;
pub use ruleset::{Enforcement, Ruleset};
pub use status::StatusState;
pub use workflow::WorkflowState;

pub(crate) use account::{Account, AccountKind};
pub(crate) use app::{App, ContentType};
pub(crate) use check_run::NewCheckRun;
pub(crate) use collaborator::{CodeownersError, Collaborators};
pub(crate) use installation::{AccessToken, Installation, Selection};
pub(crate) use manifest::{Manifest, ManifestCode};
pub(crate) use merge_group::MergeGroup;
pub(crate) use pull_request::{Draft, HeadRef, PullRequest, TestMerge};
pub(crate) use rate_limit::{RateLimit, Resource};
pub(crate) use repository::Repository;
pub(crate) use rollup::RollupContext;
pub(crate) use ruleset::ActiveRule;
pub(crate) use status::Status;

/// GitHub's state.
#[derive(Debug)]
pub(crate) struct State {
    /// The time.
    pub(crate) clock: Clock,
    /// `http://127.0.0.1:PORT`, for the addresses in answers.
    pub(crate) base_url: String,
    /// By login.
    pub(crate) accounts: BTreeMap<String, Account>,
    /// By id.
    pub(crate) apps: BTreeMap<AppId, App>,
    /// By id.
    pub(crate) installations: BTreeMap<u64, Installation>,
    /// Installation access tokens, by their text.
    pub(crate) tokens: BTreeMap<String, AccessToken>,
    /// By id.
    pub(crate) repositories: BTreeMap<u64, Repository>,
    /// The objects of a repository and all its forks, by the id of the first repository.
    pub(crate) networks: BTreeMap<u64, ObjectStore>,
    /// By id.
    pub(crate) check_runs: BTreeMap<u64, CheckRun>,
    /// The suite that collects an App's runs of a commit.
    pub(crate) check_suites: BTreeMap<(u64, ObjectId, AppId), u64>,
    /// In the order in which they were made.
    pub(crate) statuses: Vec<Status>,
    /// Webhook deliveries, by id.
    pub(crate) deliveries: BTreeMap<u64, Delivery>,
    /// Deliveries that are still to be sent.
    pub(crate) outbox: Vec<u64>,
    /// Codes of manifests that are yet to be exchanged.
    manifest_codes: Vec<ManifestCode>,
    /// How many recursive tree entries fit in one answer.
    pub(crate) tree_entry_limit: usize,
    last_id: u64,
}

/// How many entries GitHub gives of a recursive tree
/// (<https://docs.github.com/en/rest/git/trees#get-a-tree>).
const TREE_ENTRY_LIMIT: usize = 100_000;

impl State {
    /// An empty GitHub, but for the account and the App that everybody meets.
    pub(crate) fn new(clock: Clock, base_url: String, ids_after: u64) -> Self {
        let mut state = Self {
            clock,
            base_url,
            accounts: BTreeMap::new(),
            apps: BTreeMap::new(),
            installations: BTreeMap::new(),
            tokens: BTreeMap::new(),
            repositories: BTreeMap::new(),
            networks: BTreeMap::new(),
            check_runs: BTreeMap::new(),
            check_suites: BTreeMap::new(),
            statuses: Vec::new(),
            deliveries: BTreeMap::new(),
            outbox: Vec::new(),
            manifest_codes: Vec::new(),
            tree_entry_limit: TREE_ENTRY_LIMIT,
            last_id: ids_after,
        };
        state.add_github_actions();
        state
    }

    /// Now, to the second: GitHub's times have no fractions.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        now.checked_sub(SignedDuration::from_nanos(now.subsec_nanosecond().into()))
            .or_else(|_| now.round(Unit::Second))
            .unwrap_or(now)
    }

    /// A new id. No two things have the same one, whatever they are, so that ids that got
    /// mixed up are not found.
    pub(crate) fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

/// A GraphQL node id in GitHub's style.
pub(crate) fn node_id(prefix: &str, id: u64) -> String {
    format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(id.to_be_bytes()))
}

/// The GraphQL node id of a Git object.
pub(crate) fn object_node_id(prefix: &str, id: ObjectId) -> String {
    format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(id.as_bytes()))
}
