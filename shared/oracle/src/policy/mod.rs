//! What the maintainers decided: thresholds, how much say each rule has, what is not judged.
//!
//! [`parse`] reads a policy file, [`resolve`] puts the repository's over the organisation's into
//! the [`Policy`] for one base branch. docs/policy.md describes every key.

mod error;
mod exclusion;
mod file;
mod in_force;
mod in_tree;
mod inline;
mod judgement;
mod lock;
mod merge;
mod read;
mod severity;
mod suppression;
#[cfg(test)]
mod tests;

pub use error::PolicyError;
pub use exclusion::Patterns;
pub use file::{MAX_POLICY_BYTES, PATH, PolicyFile};
pub use in_force::{Mode, Options, Policy, Thresholds};
pub use in_tree::{InTree, in_tree};
pub use merge::resolve;
pub use read::parse;
pub use severity::SeverityBounds;
pub use suppression::{Suppression, Target};

pub(crate) use judgement::Judgement;

use inline::{Comments, comments};
