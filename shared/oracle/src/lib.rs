//! The oracle: facts of a repository in, a report of its contradictions out.
//!
//! [`Snapshot`] holds every fact a rule may read, [`evaluate`] runs the rules of the
//! [`registry`] on both of its trees and returns a [`Report`] with a [`Decision`].
//!
//! **Invariant.** Everything here is a pure function of its arguments: no clock, no
//! environment, no files, no network, no randomness, no async. The same snapshot, policy and
//! [`Run`] give the same report to the byte. The oracle does not know where facts come from
//! (GitHub, a checkout, a test's string) nor where the report goes.
//!
//! **Invariant.** A fact that could not be fetched is [`Fact::Unavailable`]; no rule can take
//! it for "absent", because it has to match on it.
//!
//! **Invariant.** No text of a report holds a secret that the crate `redaction` knows.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod codeowners_files;
mod decision;
mod evaluate;
mod evidence;
mod fact;
mod finding;
#[cfg(test)]
mod fingerprint_tests;
mod known;
mod parsed;
pub mod policy;
pub mod registry;
mod renames;
mod report;
mod rules;
mod settings;
mod shown;
mod snapshot;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod vocabulary;

pub use codeowners_files::CodeownersFiles;
pub use decision::{Decision, Outcome, blocking};
pub use evaluate::{Run, evaluate, policy_hash};
pub use evidence::Evidence;
pub use fact::{Fact, Reason, Unavailable};
pub use finding::{Finding, Fingerprint, Part, Severity, ShortId};
pub use parsed::Workflows;
pub use policy::{Mode, Policy, PolicyError, Thresholds};
pub use renames::Renames;
pub use report::{
    Item, Meta, Report, RuleError, RunMode, SeverityCounts, Status, StatusCounts, Summary,
};
pub use settings::{
    ActionsPermissions, ActionsWorkflow, AllowedActions, BranchRule, ClassicProtection,
    EnforcementLevel, MergeQueue, OwnerAccess, Producer, PullRequestRule, RequiredCheck,
    RequiredStatusChecks, RequiredWorkflow, Rollup, RollupContext, RuleSource, SelectedActions,
    Settings,
};
pub use snapshot::{
    CodeownersError, DefaultBranch, Entry, EntryKind, FileContent, Snapshot, Subject, Tree,
};
pub use vocabulary::{BranchName, InvalidName, ObjectId, RepoPath, RepositoryName};
