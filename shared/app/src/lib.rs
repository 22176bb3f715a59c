//! Phase Mirror's use cases, and the ports they stand on.
//!
//! Every use case is a sandwich: fetch (async, through ports), evaluate (sync, pure, the
//! oracle), publish (async, through ports).
//!
//! **Invariant.** Nothing here knows HTTP, SQL, an SDK or the environment. A port speaks
//! domain types, has at most five methods, and says "could not" as an error, never as an
//! empty answer.
//!
//! **Invariant.** Every use case can be killed between any two port calls and run again, by
//! the same or another worker, and ends in the same state.

pub mod check;
pub mod counters;
pub mod error;
pub mod evaluate;
pub mod event;
pub mod ingest;
pub mod metrics;
pub mod ports;
pub mod redeliver;
pub mod render;
pub mod retention;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;
pub mod webhook;

pub use error::{GitHubError, GitHubErrorKind, StoreError, StoreErrorKind, Table};
