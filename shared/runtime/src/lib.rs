//! Configuration, telemetry and wiring: what turns the use cases and adapters into a running
//! process.
//!
//! **Invariant.** Only this crate reads the environment. What others need of it, they are
//! given as values.

#[cfg(feature = "serve")]
pub mod app_file;
mod clock;
#[cfg(feature = "serve")]
pub mod config;
#[cfg(feature = "serve")]
pub mod environment;
#[cfg(feature = "functions")]
pub mod functions;
#[cfg(any(feature = "serve", feature = "worker-functions"))]
mod judge;
#[cfg(feature = "serve")]
pub mod live;
pub mod problem;
#[cfg(feature = "serve")]
pub mod process;
#[cfg(feature = "serve")]
pub mod redelivery;
#[cfg(feature = "serve")]
pub mod server;
#[cfg(feature = "serve")]
pub mod shutdown;
pub mod telemetry;
#[cfg(feature = "serve")]
pub mod wiring;

/// The code of an error of the stores, which the command does not know.
#[cfg(feature = "serve")]
pub fn code_of(error: &(dyn std::error::Error + 'static)) -> Option<codes::Code> {
    let code = error.downcast_ref().map(embedded::OpenError::code);
    code.or_else(|| error.downcast_ref().map(app::StoreError::code))
}
