//! Settings of a repository and of the branch under judgement, in GitHub's own terms.
//!
//! The shapes follow GitHub's answers (`GET /repos/{o}/{r}/rules/branches/{branch}`,
//! `GET /repos/{o}/{r}/branches/{branch}`, `GET /repos/{o}/{r}/actions/workflows`,
//! `GET /repos/{o}/{r}/actions/permissions`, the GraphQL `statusCheckRollup`), reduced to what rules read.

use std::collections::BTreeMap;

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
    /// Whether Actions runs at all, and what workflows may use.
    pub actions: Fact<ActionsPermissions>,
    /// The id of the GitHub Actions App on this platform: 15368 on github.com, another on
    /// GitHub Enterprise Server (then unavailable unless configured).
    pub actions_app_id: Fact<u64>,
    /// Who may own code, as far as somebody said: owners as CODEOWNERS names them, in lower
    /// case. One that is not named is not known. GitHub's own list of errors
    /// ([`Tree::codeowners_errors`](crate::Tree::codeowners_errors)) says the same about the
    /// owners of a file; rules need one of the two.
    pub owners: Fact<BTreeMap<String, OwnerAccess>>,
}

impl Settings {
    /// Whether it matters here and is not evident that Actions is on: checks are required, and
    /// recent pull requests were looked at and show nothing that is, or may be, by Actions (any
    /// App where the id of Actions is not known). Only then need an edge ask for
    /// [`actions`](Self::actions).
    pub fn leave_actions_in_doubt(&self) -> bool {
        let actions = self.actions_app_id.known().ok().copied();
        let may_be = |reported: &RollupContext| match reported.producer {
            Producer::CheckRun { app_id } => {
                app_id.is_none() || actions.is_none() || app_id == actions
            }
            Producer::Status => false,
        };
        let Fact::Known(rollups) = &self.rollups else {
            return false;
        };
        let mut contexts = rollups.iter().flat_map(|rollup| &rollup.contexts);
        !rollups.is_empty() && !contexts.any(may_be) && self.require_checks()
    }

    /// Whether anything known requires a check.
    fn require_checks(&self) -> bool {
        let rules = self.rules.known().map(Vec::as_slice).unwrap_or_default();
        let by_rule = rules.iter().any(|rule| match rule {
            BranchRule::RequiredStatusChecks(rule) => !rule.checks.is_empty(),
            _ => false,
        });
        let classic = self.protection.known().ok().and_then(Option::as_ref);
        by_rule
            || classic.is_some_and(|classic| {
                classic.enforcement_level != EnforcementLevel::Off && !classic.checks.is_empty()
            })
    }
}

/// One rule that applies to the branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchRule {
    /// `required_status_checks`
    RequiredStatusChecks(RequiredStatusChecks),
    /// `merge_queue`
    MergeQueue(MergeQueue),
    /// `pull_request`
    PullRequest(PullRequestRule),
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

/// The `pull_request` rule
/// (<https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequestRule {
    /// Where the rule is set.
    pub source: RuleSource,
    /// Whether an owner of what a pull request changes must approve it.
    pub require_code_owner_review: bool,
    /// How many approvals are needed.
    pub required_approving_review_count: u32,
}

/// What somebody who is named in CODEOWNERS may do in the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerAccess {
    /// There is nobody of that name, or nobody who can see the repository.
    Missing,
    /// They see it and can't push (GitHub's `read` and `triage`): they own nothing.
    Read,
    /// They can push (`write`, `maintain`, `admin`): they can be owners.
    Write,
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
    /// Whether code owners must approve; `None` where nobody could tell, because only
    /// `GET /branches/{branch}/protection` shows it, which needs `administration: read`.
    pub require_code_owner_reviews: Option<bool>,
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

/// What the repository's Actions settings permit
/// (<https://docs.github.com/en/rest/actions/permissions#get-github-actions-permissions-for-a-repository>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionsPermissions {
    /// `enabled: false`: no workflow runs.
    Disabled,
    /// `enabled: true`.
    Enabled {
        /// `allowed_actions`: what workflows may use.
        allowed_actions: AllowedActions,
        /// `sha_pinning_required`: actions must be pinned to the SHA of a commit; reusable
        /// workflows need not.
        sha_pinning_required: bool,
    },
}

/// The actions and reusable workflows that workflows may use, beside those of the repository's
/// owner, which they always may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedActions {
    /// `all`
    All,
    /// `local_only`: none beside, unless another owner belongs to the same enterprise.
    LocalOnly,
    /// `selected`
    Selected(Fact<SelectedActions>),
}

/// The selection of an `allowed_actions: selected`
/// (`GET /repos/{o}/{r}/actions/permissions/selected-actions`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SelectedActions {
    /// What the organisations `actions` and `github` own is allowed.
    pub github_owned_allowed: bool,
    /// What verified creators have on the Marketplace is allowed. Nothing tells who they are.
    pub verified_allowed: bool,
    /// Patterns of `OWNER/REPOSITORY[/PATH]@REF`, with `*` for any text; with `!` in front what
    /// another pattern allows is not.
    pub patterns_allowed: Vec<String>,
}
