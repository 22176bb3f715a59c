//! Spans of deliveries, exported by OpenTelemetry's protocol as JSON over HTTP.
//!
//! An exporter of our own and not OpenTelemetry's crates: docs/adr/0010-an-exporter-of-our-own.md.
//! <https://opentelemetry.io/docs/specs/otlp/#otlphttp>
//!
//! **Invariant.** Whatever becomes of the receiver, work goes on: the buffer is bounded, a request
//! has a deadline, and the one trace of a failure is a log line.

mod buffer;
mod export;
mod layer;
mod payload;
mod receiver;
mod settings;
mod span;
#[cfg(test)]
mod tests;

pub(super) use export::Export;
