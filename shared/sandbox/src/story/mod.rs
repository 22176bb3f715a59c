//! How stories are told: handles on what is in the sandbox, with the verbs of its users.
//!
//! A line of a story that makes no sense (a branch that isn't there) panics: it is a mistake
//! of the test, not a state of GitHub.

mod app;
mod merge_group;
mod pull_request;
mod repository;
mod sandbox;

pub use app::{App, Installation, NewApp};
pub use merge_group::MergeGroup;
pub use pull_request::PullRequest;
pub use repository::Repository;
pub use sandbox::{Options, Sandbox, StartError};
