//! Log lines: to standard error, for people or as JSON.
//!
//! Phase Mirror's own lines are written from the configured level on; libraries' only from
//! `warn` on, because what they write below that is not ours to vouch for (headers, bodies).

use std::io::IsTerminal;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

use crate::config::{LogConfig, LogFormat};

/// The crates whose lines are ours.
const OURS: [&str; 8] = [
    "app",
    "embedded",
    "github",
    "oracle",
    "phase_mirror",
    "runtime",
    "sandbox",
    "workflows",
];

/// A subscriber that writes log lines to standard error.
pub fn subscriber(log: LogConfig) -> impl Subscriber + Send + Sync {
    Registry::default().with(stderr_layer(log))
}

fn stderr_layer(log: LogConfig) -> impl Layer<Registry> {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
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
