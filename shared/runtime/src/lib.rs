//! Configuration, telemetry and wiring: what turns the use cases and adapters into a running
//! process.
//!
//! **Invariant.** Only this crate reads the environment. What others need of it, they are
//! given as values.

pub mod config;
pub mod environment;
pub mod live;
pub mod process;
pub mod server;
pub mod shutdown;
pub mod telemetry;
pub mod wiring;
