//! One machine's stores and queue: SQLite in a directory, and workers in this process.
//!
//! [`Embedded`] keeps the semantics of the stores on AWS: conditional writes, fencing epochs
//! that outlive a lease, retention that readers filter on. [`Queue`] keeps those of SQS:
//! visibility time-out, receive count, dead letters. The contract suites of `app::testing`
//! hold both to it.
//!
//! **Invariant.** One process owns a data directory, so what another process left held (leases,
//! messages) is free when it is opened.
//!
//! **Invariant.** What a method has returned `Ok` for survives a crash of the process and of the
//! machine: every commit is on the disk first (`synchronous = FULL`).
//!
//! **Invariant.** A row that can't be understood is an error,
//! [`Corrupt`](app::StoreErrorKind::Corrupt), never "there is none".

mod budgets;
mod columns;
mod data_directory;
mod database;
mod dead_letters;
mod deliveries;
mod evaluations;
mod heads;
mod installations;
mod leases;
mod open;
mod policies;
mod queue;
mod retention;
mod schema;
mod workers;

pub use dead_letters::DeadLetter;
pub use open::{Embedded, OpenError};
pub use queue::{MAX_MESSAGE_BYTES, Queue, QueueDepth, Receipt, Received, Reception};
pub use retention::Purged;
pub use workers::{Shutdown, Stage, Verdict, Workers};
