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

/// The code of an error of the stores, which the command does not know.
pub fn code_of(error: &(dyn std::error::Error + 'static)) -> Option<codes::Code> {
    let code = error.downcast_ref().map(embedded::OpenError::code);
    code.or_else(|| error.downcast_ref().map(app::StoreError::code))
}
