//! `phase-mirror check`, the real binary over real repositories.
#![expect(
    clippy::unwrap_used,
    reason = "a line of a story that fails is a failed test"
)]

mod change;
mod export;
mod forms;
mod github;
mod ourselves;
mod refusals;
mod repository;
