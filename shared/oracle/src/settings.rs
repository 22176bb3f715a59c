//! Settings of a repository and of the branch under judgement, in GitHub's own terms.
//!
//! The shapes follow GitHub's answers (`GET /repos/{o}/{r}/rules/branches/{branch}`,
//! `GET /repos/{o}/{r}/branches/{branch}`, `GET /repos/{o}/{r}/actions/workflows`, the GraphQL
//! `statusCheckRollup`), reduced to what rules read.

use serde::{Deserialize, Serialize};

use crate::{BranchName, Fact, RepoPath};

/// What GitHub enforces on the base branch, and what it has seen reported there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The branch these settings are about.
    pub branch: BranchName,
    /// Active rules of rulesets at all levels, for this branch.
    pub rules: Fact<Vec<BranchRule>>,
    /// Classic branch protection; `None` when the branch has none.
    pub protection: Fact<Option<ClassicProtection>>,
    /// What recently merged pull requests of this branch reported.
    pub rollups: Fact<Vec<Rollup>>,
    /// The workflows that Actions knows, with their state.
    pub workflows: Fact<Vec<ActionsWorkflow>>,
    /// The id of the GitHub Actions App on this platform: 15368 on github.com, another on
    /// GitHub Enterprise Server (then unavailable unless configured).
    pub actions_app_id: Fact<u64>,
}

/// One rule that applies to the branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchRule {
    /// `required_status_checks`
    RequiredStatusChecks(RequiredStatusChecks),
    /// `merge_queue`
    MergeQueue(MergeQueue),
    /// `workflows`: files of (maybe) other repositories that must run.
    Workflows {
        /// Where the rule is set.
        source: RuleSource,
        /// The required workflow files.
        workflows: Vec<RequiredWorkflow>,
    },
    /// Any other type, by GitHub's name for it.
    Other {
        /// GitHub's `type`.
        kind: String,
        /// Where the rule is set.
        source: RuleSource,
    },
}

/// Where a rule is set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleSource {
    /// The ruleset's id.
    pub ruleset_id: u64,
    /// `Repository`, `Organization` or `Enterprise`.
    pub source_type: String,
    /// The name of the repository or organisation.
    pub source: String,
}

/// The `required_status_checks` rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredStatusChecks {
    /// Where the rule is set.
    pub source: RuleSource,
    /// The checks.
    pub checks: Vec<RequiredCheck>,
    /// The head must be up to date with its base.
    pub strict: bool,
}

/// One required context.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequiredCheck {
    /// The check run's or status's name, compared case-sensitively.
    pub context: String,
    /// The only App whose report counts; `None`: any.
    pub app_id: Option<u64>,
}

/// The `merge_queue` rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeQueue {
    /// Where the rule is set.
    pub source: RuleSource,
    /// How long the queue waits for a check before it gives up.
    pub check_response_timeout_minutes: u32,
}

/// One workflow of a `workflows` rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredWorkflow {
    /// The file's path in its repository.
    pub path: String,
    /// The repository's id.
    pub repository_id: u64,
}

/// Classic protection's required checks, as `GET /branches/{branch}` shows them without
/// `administration` permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassicProtection {
    /// Who must pass the checks.
    pub enforcement_level: EnforcementLevel,
    /// `checks`, completed by those of the older `contexts` that it lacks (any App).
    pub checks: Vec<RequiredCheck>,
}

/// Who must pass classic required checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnforcementLevel {
    /// Nobody: the list binds nothing.
    Off,
    /// All but administrators.
    NonAdmins,
    /// Everyone.
    Everyone,
}

/// What one recent pull request's head reported, as GitHub counts it for the gate
/// (`statusCheckRollup`; a `workflow_dispatch` run is not in it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollup {
    /// The pull request's number.
    pub pull_request: u64,
    /// Whether its head is in another repository.
    pub from_fork: bool,
    /// The contexts seen. Complete, or the whole [`Settings::rollups`] is unavailable.
    pub contexts: Vec<RollupContext>,
}

/// One reported context.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RollupContext {
    /// The context's name.
    pub name: String,
    /// What reported it.
    pub producer: Producer,
}

/// What reported a context.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Producer {
    /// A check run of this App; `None` where GitHub does not show the App.
    CheckRun {
        /// The App's id.
        app_id: Option<u64>,
    },
    /// A commit status. Its author's App is not shown in rollups.
    Status,
}

/// One workflow as Actions lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionsWorkflow {
    /// The file's path, or a pseudo path (`dynamic/…`) of a workflow without a file.
    pub path: RepoPath,
    /// GitHub's state: `active`, `disabled_manually`, `disabled_inactivity`, `disabled_fork`,
    /// `deleted`.
    pub state: String,
}
