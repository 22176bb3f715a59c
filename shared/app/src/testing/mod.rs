//! Stateful fakes of every port in one [`World`], and the [`contracts`] that the fakes and
//! every adapter pass.
//!
//! The fakes are not mocks: they keep state, refuse what the real thing refuses, and know
//! nothing of the use cases. Each call suspends once before its effect, so that a test decides
//! what happens in between, and [`Fault`]s make any single call fail before or after its effect.

pub mod contracts;
mod fault;
mod github;
mod metrics;
mod secrets;
mod stores;
mod world;

pub use fault::Fault;
pub use metrics::Measured;
pub use world::{RecordedRun, World};
