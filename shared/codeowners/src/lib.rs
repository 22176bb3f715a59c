//! CODEOWNERS: GitHub's grammar and matching.
//!
//! [`parse`] reads a file, line by line and never failing as a whole: a line that GitHub would
//! skip is a [`Problem`] and the others stand. [`Codeowners::decide`] names the rule that
//! decides a path: the last one that matches.
//!
//! Semantics: <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>.
//!
//! [`Codeowners::survey`] tells of many paths which rules match them, in one pass.
//!
//! **Invariant.** Pure: bytes in, rules out. Matching a path takes time in the rules that share
//! its first folders, file name or extension, not in all rules.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod index;
mod owner;
mod parse;
mod pattern;
mod survey;

pub use owner::Owner;
pub use parse::{Codeowners, LOCATIONS, MAX_FILE_BYTES, Problem, ProblemKind, Rule, parse};
pub use pattern::{Pattern, PatternError};
pub use survey::TooMuchWork;
