//! The real `phase-mirror` binary, as its users meet it: started with arguments and variables,
//! spoken to over HTTP, stopped and killed. GitHub is the sandbox, in the test's process.

#![expect(
    clippy::unwrap_used,
    reason = "clippy allows it in `#[test]` functions, not in what they share"
)]

mod configuration;
mod deliveries;
mod doctor;
mod http;
mod limits;
mod process;
mod redelivery;
mod refusals;
mod sandbox;
mod setup;
#[cfg(feature = "otel")]
mod spans;
mod story;
