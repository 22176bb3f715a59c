//! The whole answer, and what it comes to. As JSON it is `schemas/backtest.v1.schema.json`, which a
//! test generates from these types.

use github::Merged;
use jiff::Timestamp;
use oracle::registry::{RULES, RuleMeta};
use oracle::{BranchName, Mode, ObjectId, Policy, RepositoryName};
use serde::Serialize;

use super::verdict::{Fate, Found, Verdict};

/// What would have become of the pull requests that a branch took last.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(
    test,
    schemars(
        title = "Phase Mirror backtest",
        description = "What would have become of the pull requests that a branch took last, by the \
                       policy and the settings that it has today.",
        extend("$id" = "https://github.com/phase-mirror/phase-mirror/schemas/backtest.v1.schema.json")
    )
)]
pub(super) struct Answer {
    /// Always 1.
    #[cfg_attr(test, schemars(range(min = 1, max = 1)))]
    pub(super) schema_version: u32,
    /// `owner/name`.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) repository: RepositoryName,
    /// The branch that they were merged into.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) branch: BranchName,
    /// When this was asked: policy and settings are those of this time.
    #[cfg_attr(test, schemars(with = "String", extend("format" = "date-time")))]
    pub(super) timestamp: Timestamp,
    /// SHA-256 over the rules' ids, versions and defaults, hex, as in a report.
    pub(super) rules_hash: String,
    /// SHA-256 over the policy, hex, as in a report; a dry run counts as none.
    pub(super) policy_hash: String,
    /// Whether the policy is a dry run, so that the App would only have warned.
    pub(super) dry_run: bool,
    /// Whether these certainly are the latest.
    pub(super) complete: bool,
    /// How many pull requests, by what would have come of them.
    pub(super) summary: Summary,
    /// Every rule, in the order of their ids.
    pub(super) rules: Vec<OfRule>,
    /// The pull requests, the last merged first.
    pub(super) pull_requests: Vec<PullRequest>,
}

/// How many pull requests.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Summary {
    /// All of them.
    pub(super) total: usize,
    /// Would have been blocked.
    pub(super) block: usize,
    /// Would have been warned about.
    pub(super) warn: usize,
    /// Would have passed.
    pub(super) pass: usize,
    /// Could not be looked at.
    pub(super) not_seen: usize,
}

/// How many pull requests a rule concerns; each counts once, for the most that the rule did.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct OfRule {
    /// The rule.
    pub(super) rule_id: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// How much say the policy gives it.
    pub(super) mode: Mode,
    /// Would have been blocked for what it found.
    pub(super) block: usize,
    /// It found something that would not have blocked.
    pub(super) warn: usize,
    /// It found something, and has no say.
    pub(super) observe: usize,
}

/// A pull request with its verdict.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PullRequest {
    /// Its number.
    pub(super) number: u64,
    /// What it is about, in its author's words.
    pub(super) title: String,
    /// The login of who opened it; null where that account is gone.
    pub(super) author: Option<String>,
    /// Its page.
    pub(super) url: String,
    /// When it was merged.
    #[cfg_attr(test, schemars(with = "String", extend("format" = "date-time")))]
    pub(super) merged_at: Timestamp,
    /// Its last commit.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) head: ObjectId,
    /// What would have become of it.
    #[serde(flatten)]
    pub(super) verdict: Verdict,
}

/// What is judged, and by what.
pub(super) struct Subject<'a> {
    pub(super) repository: RepositoryName,
    pub(super) branch: BranchName,
    pub(super) timestamp: Timestamp,
    /// As it judges: never a dry run.
    pub(super) policy: &'a Policy,
    /// Whether it is one.
    pub(super) dry_run: bool,
    pub(super) complete: bool,
}

impl Answer {
    /// Counts what was seen.
    pub(super) fn new(subject: Subject<'_>, pull_requests: Vec<PullRequest>) -> Self {
        let rules = RULES.iter().map(|rule| rule.meta());
        Self {
            schema_version: 1,
            repository: subject.repository,
            branch: subject.branch,
            timestamp: subject.timestamp,
            rules_hash: oracle::registry::rules_hash(),
            policy_hash: oracle::policy_hash(subject.policy),
            dry_run: subject.dry_run,
            complete: subject.complete,
            summary: Summary::of(&pull_requests),
            rules: rules
                .map(|meta| OfRule::of(meta, subject.policy, &pull_requests))
                .collect(),
            pull_requests,
        }
    }

    /// As JSON, with a line break at its end.
    pub(super) fn to_json(&self) -> String {
        // An answer has text keys only, which always serialise.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

impl PullRequest {
    pub(super) fn new(merged: Merged, verdict: Verdict) -> Self {
        Self {
            number: merged.number,
            title: merged.title,
            author: merged.author,
            url: merged.url,
            merged_at: merged.merged_at,
            head: merged.head,
            verdict,
        }
    }
}

impl Summary {
    fn of(pull_requests: &[PullRequest]) -> Self {
        let mut summary = Self {
            total: pull_requests.len(),
            ..Self::default()
        };
        for pull_request in pull_requests {
            *match pull_request.verdict.outcome {
                Fate::Block => &mut summary.block,
                Fate::Warn => &mut summary.warn,
                Fate::Pass => &mut summary.pass,
                Fate::NotSeen => &mut summary.not_seen,
            } += 1;
        }
        summary
    }
}

impl OfRule {
    fn of(meta: &'static RuleMeta, policy: &Policy, pull_requests: &[PullRequest]) -> Self {
        let mut counted = Self {
            rule_id: meta.id,
            name: meta.name,
            mode: policy.mode(meta),
            block: 0,
            warn: 0,
            observe: 0,
        };
        for pull_request in pull_requests {
            let findings = pull_request.verdict.findings.iter();
            let most = findings.filter(|it| it.rule_id == meta.id).map(Found::did);
            match most.max() {
                Some(Did::Block) => counted.block += 1,
                Some(Did::Warn) => counted.warn += 1,
                Some(Did::Observe) => counted.observe += 1,
                None => {}
            }
        }
        counted
    }
}

/// What came of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Did {
    /// Nobody would have heard of it.
    Observe,
    /// It would have been shown.
    Warn,
    /// It would have blocked.
    Block,
}

impl Found {
    /// What came of it.
    pub(super) fn did(&self) -> Did {
        match self.mode {
            _ if self.blocks => Did::Block,
            Mode::Observe => Did::Observe,
            Mode::Warn | Mode::Block => Did::Warn,
        }
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
pub(super) mod tests;
