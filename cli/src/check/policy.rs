//! The policy that the change is judged by.

use std::path::Path;

use oracle::policy::{self, InTree, MAX_POLICY_BYTES, PolicyFile, resolve};
use oracle::{Policy, PolicyError, Snapshot};

use super::failure::read;
use crate::exit::Failure;

const HELP: &str = "docs/policy.md lists every key; schemas/phase-mirror-policy.v1.schema.json is \
                    for editors";

/// The files that the command line names in place of what is found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    /// Instead of the repository's policy.
    pub(crate) policy: Option<&'a Path>,
    /// Instead of the organisation's.
    pub(crate) organisation: Option<&'a Path>,
}

/// The policy in force: the repository's as it stands at the base (or, where nothing is compared,
/// at its commit or on the disk), over the organisation's. Any error in a file is an error of the command: who
/// sits at the desk can mend it at once.
/// `account` is the organisation's as GitHub has it, where it was asked and none was named.
pub(crate) fn in_force(
    names: Named<'_>,
    snapshot: &Snapshot,
    account: Option<PolicyFile>,
) -> Result<Policy, Failure> {
    let repository = match names.policy {
        Some(path) => Some(named(path)?),
        None => of_repository(snapshot)?,
    };
    let name = snapshot.subject.repository.as_ref();
    let is_accounts_own = name.is_some_and(|name| name.name() == ".github");
    let organisation = match names.organisation {
        Some(path) => Some(named(path)?),
        // Its one file is the organisation's policy, too.
        None if is_accounts_own => repository.clone(),
        None => account,
    };
    let branch = &snapshot.subject.base_branch;
    let (policy, errors) = resolve(organisation.as_ref(), repository.as_ref(), branch);
    if errors.is_empty() {
        Ok(policy)
    } else {
        Err(Failure::Policy(errors))
    }
}

/// A file that was named on the command line.
fn named(path: &Path) -> Result<PolicyFile, Failure> {
    let content = read(path, MAX_POLICY_BYTES as u64, HELP)?;
    let shown = path.to_string_lossy();
    policy::parse(&shown, &content).map_err(Failure::Policy)
}

fn of_repository(snapshot: &Snapshot) -> Result<Option<PolicyFile>, Failure> {
    let tree = snapshot.before.as_ref().unwrap_or(&snapshot.after);
    match policy::in_tree(tree) {
        InTree::Absent => Ok(None),
        InTree::Valid(file, _) => Ok(Some(file)),
        InTree::Invalid(errors) => Err(Failure::Policy(at_the_base(errors, snapshot))),
        InTree::NotSeen(why) => Err(anyhow::anyhow!("{}: {}", why.fact, why.detail).into()),
    }
}

/// Errors of a file that is not the one on the disk say so.
fn at_the_base(mut errors: Vec<PolicyError>, snapshot: &Snapshot) -> Vec<PolicyError> {
    if let Some(commit) = &snapshot.subject.base_commit {
        for error in &mut errors {
            error.path = format!("{}:{}", commit.short(), error.path);
        }
    }
    errors
}
