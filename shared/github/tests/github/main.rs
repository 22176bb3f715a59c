//! The adapter against a GitHub in memory, every exchange held to GitHub's own descriptions.
#![expect(
    clippy::unwrap_used,
    reason = "a line of a story that fails is a failed test"
)]

mod actions;
mod calls;
mod codeowners;
mod contracts;
mod facts;
mod history;
mod refusals;
mod settings_file;
mod table;
mod world;
