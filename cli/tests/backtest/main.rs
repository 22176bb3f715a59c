//! `phase-mirror backtest`, the real binary against a GitHub in memory.
#![expect(
    clippy::unwrap_used,
    reason = "a line of a story that fails is a failed test"
)]

mod answers;
mod refusals;
mod resuming;
mod scene;
