//! Policies read, merged and at work.

mod comments;
mod merging;
mod properties;
mod reading;
mod schema;
mod suppressing;

use crate::BranchName;
use crate::policy::{PATH, Policy, PolicyFile, parse, resolve};

/// A policy that has to be right.
#[track_caller]
fn valid(path: &str, text: &str) -> PolicyFile {
    parse(path, text.as_bytes()).unwrap_or_else(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", errors.join("\n"))
    })
}

fn branch(name: &str) -> BranchName {
    BranchName::new(name).expect("a branch")
}

/// The policy of a repository alone, for `main`.
#[track_caller]
fn alone(text: &str) -> Policy {
    let (policy, errors) = resolve(None, Some(&valid(PATH, text)), &branch("main"));
    assert_eq!(errors, []);
    policy
}
