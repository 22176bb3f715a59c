//! For tests only (feature `testing`): a repository in one string, and a report as text.
//!
//! ```text
//! //@ require "build" from 15368 by ruleset
//! //@ queue
//! //@ rollup #12 "build" by 15368, "codecov" by status
//! //- .github/workflows/ci.yml
//! on: pull_request
//! jobs: {build: {runs-on: ubuntu-latest, steps: [{run: make}]}}
//! //- before: .github/workflows/old.yml
//! on: push
//! ```
//!
//! `//- PATH` begins a file of the tree that merging would give, `//- before: PATH` of the tree
//! that is there now, `//- both: PATH` of both, `//- default: PATH` of the default branch where
//! that is not the base, `//- organisation: PATH` of the organisation's repository `.github`. A
//! policy file at the base or of the organisation is the policy. After the path may stand `symlink`, `submodule`, `size N`, or
//! `unavailable REASON`. Without `before:` or `both:` files and without `//@ before`, nothing is
//! compared.
//!
//! `//@` lines are settings: see [`Fixture::parse`].

mod codeowners;
mod fixture;
mod render;
mod settings;

pub use fixture::Fixture;
pub use render::{brief, render};
