//! The sandbox from outside: over HTTP as an App sees it, with stories told in Rust.
//!
//! With the feature `contract` every answer and every webhook of these tests is held to
//! GitHub's own description of its API.

#![cfg(test)]

mod authentication;
mod check_runs;
mod client;
mod codeowners;
mod faults;
mod git_data;
mod limits;
mod pull_requests;
mod rules;
mod webhooks;
mod world;
