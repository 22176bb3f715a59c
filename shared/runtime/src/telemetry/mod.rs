//! Log lines: to standard error, for people or as JSON. Spans: to a receiver, if there is one.
//!
//! Phase Mirror's own lines are written from the configured level on; libraries' only from
//! `warn` on, because what they write below that is not ours to vouch for (headers, bodies).

pub mod emf;
mod json;
#[cfg(not(feature = "otel"))]
mod no_otel;
#[cfg(feature = "otel")]
mod otel;
mod spans;

use std::io::IsTerminal;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layered, SubscriberExt};
use tracing_subscriber::{Layer, Registry};

#[cfg(any(feature = "otel", feature = "serve", feature = "worker-functions"))]
pub(crate) use json::chain;
#[cfg(feature = "otel")]
use otel::Export;
pub use spans::Spans;

#[cfg(not(feature = "otel"))]
use no_otel::Export;

/// How and which log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogConfig {
    /// How lines are written.
    pub format: LogFormat,
    /// The least severe that are written.
    pub level: tracing::Level,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The crates whose lines are ours.
const OURS: [&str; 9] = [
    "app",
    "aws",
    "embedded",
    "github",
    "oracle",
    "phase_mirror",
    "runtime",
    "sandbox",
    "workflows",
];

/// Writes log lines to standard error from now on. The first call of a process decides.
pub fn install(log: LogConfig) {
    // An error says that there is a subscriber already, and that one stays.
    let _ = tracing::subscriber::set_global_default(lines(log));
}

/// The same, and takes spans for their receiver, where OpenTelemetry's variables name one
/// (docs/telemetry.md). `service` is what their sender is called unless a variable says it.
pub fn install_with_spans(log: LogConfig, service: &str) -> Spans {
    let (export, warnings) = Export::from_environment(service);
    let subscriber = lines(log).with(export.as_deref().map(Export::layer));
    let _ = tracing::subscriber::set_global_default(subscriber);
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    Spans(export)
}

fn lines(log: LogConfig) -> Layered<impl Layer<Registry>, Registry> {
    Registry::default().with(stderr_layer(log))
}

fn stderr_layer(log: LogConfig) -> impl Layer<Registry> {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match log.format {
        LogFormat::Json => lines.json().event_format(json::FlatJson).boxed(),
        LogFormat::Text => lines.with_ansi(colour()).boxed(),
    };
    lines.with_filter(filter(log.level))
}

/// What is written at a level.
pub fn filter(level: tracing::Level) -> Targets {
    let level = LevelFilter::from_level(level);
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_targets(OURS.map(|target| (target, level)))
}

/// Colour is for terminals, and for people who did not ask to do without
/// (<https://no-color.org>).
fn colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && std::io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    /// Guards the promise that nothing of a body is logged at any level: HTTP libraries write
    /// headers and bodies at `debug` and `trace`.
    #[test]
    fn libraries_are_never_heard_below_warn() {
        let targets = filter(Level::TRACE);
        assert!(targets.would_enable("app::evaluate", &Level::TRACE));
        assert!(targets.would_enable("hyper::proto", &Level::WARN));
        for library in ["hyper::proto", "octocrab", "rustls::client", "h2"] {
            assert!(!targets.would_enable(library, &Level::INFO), "{library}");
        }
    }

    #[test]
    fn a_level_is_a_floor_for_everyone() {
        let targets = filter(Level::ERROR);
        assert!(!targets.would_enable("app::evaluate", &Level::WARN));
        assert!(!targets.would_enable("hyper::proto", &Level::WARN));
    }
}
