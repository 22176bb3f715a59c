//! A GitHub that lives in memory, on loopback only.
//!
//! It is GitHub's side of the conversation, with state: repositories of real Git objects, pull
//! requests with test merges, rules, Apps, installations, tokens, check runs, webhooks. It
//! refuses what GitHub refuses, in GitHub's words. Tests tell stories with it, and
//! `phase-mirror serve --sandbox` shows the App at work against it.
//!
//! **Invariant:** this crate depends on none of ours. What it knows of GitHub it has from
//! GitHub's documentation, so that it can contradict us.
//!
//! **Invariant:** it listens on and speaks to loopback addresses only.
//!
//! Where it differs from GitHub: a token sees no repository beyond its installation, not even
//! public ones; renames are seen only where the content is equal; merges follow no renames.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use sandbox::{Access, NewApp, Options, Sandbox};
//!
//! let github = Sandbox::start(Options::default()).await?;
//! let app = NewApp::named("Mirror")
//!     .permission("pull_requests", Access::Read)
//!     .subscribed_to("pull_request");
//! let app = github.create_app(app);
//! let repository = github.create_repository("octo-org/hello", [("README.md", "Hello\n")]);
//! app.install("octo-org");
//!
//! repository.push("feature", "Say more", [("README.md", "Hello, world\n")]);
//! let pull_request = repository.open_pull_request("feature", "main", "Say more");
//!
//! let delivery = github.deliveries().pop().expect("the App is told");
//! assert_eq!(delivery.event, "pull_request");
//! assert_eq!(delivery.action.as_deref(), Some("opened"));
//! assert!(pull_request.test_merge().is_some());
//! # Ok::<(), sandbox::StartError>(()) }).unwrap();
//! ```

mod clock;
#[cfg(feature = "contract")]
pub mod contract;
mod git;
mod graphql;
mod http;
mod json;
mod pattern;
mod rest;
mod shared;
mod state;
mod story;
mod webhook;

pub use clock::Clock;
pub use git::{Content, ObjectId, ParseObjectIdError};
pub use http::{Call, Exchange, Failure, Fault};
pub use state::{
    Access, Action, ActionsPolicy, Annotation, AnnotationLevel, AppId, Attempt, CheckConclusion,
    CheckRun, CheckStatus, Delivery, Enforcement, GITHUB_ACTIONS, Output, Permissions, Protection,
    Role, Ruleset, SelectedActions, StatusState, WorkflowState,
};
pub use story::{
    App, Installation, MergeGroup, NewApp, Options, PullRequest, Repository, Sandbox, StartError,
};
