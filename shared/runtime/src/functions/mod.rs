//! What the Lambda functions are made of. Each function's `main` names one of these and nothing
//! else; what they do is the use cases'.
//!
//! **Invariant.** A message is deleted only after its end is recorded. Whatever fails, the
//! configuration included, leaves it in its queue, from where it goes to the dead letters and not
//! away.

#[cfg(feature = "worker-functions")]
mod batch;
#[cfg(feature = "worker-functions")]
mod credentials;
mod parameters;
#[cfg(feature = "worker-functions")]
pub mod redelivery;
mod settings;
#[cfg(all(test, feature = "webhook-function", feature = "worker-functions"))]
mod tests;
#[cfg(feature = "webhook-function")]
mod url;
#[cfg(feature = "webhook-function")]
pub mod webhook;
#[cfg(feature = "webhook-function")]
mod webhook_secrets;
#[cfg(feature = "worker-functions")]
pub mod worker;

pub use aws::names::QueueName;
pub use lambda_runtime::Error;
#[cfg(feature = "worker-functions")]
pub use settings::{GitHubSettings, WorkerSettings};
pub use settings::{Readers, Settings, VARIABLES, Variable};

use std::collections::BTreeMap;
use std::sync::Arc;

use app::StoreError;
use aws::names::FunctionName;

use crate::clock::SystemClock;
use crate::problem::ConfigError;
use crate::telemetry::emf::Emf;
use crate::telemetry::{self, LogConfig, LogFormat};

/// Reads the settings of the process's own environment. A variable that is not text counts as not
/// set, and is named as such where it is needed.
fn from_environment<T>(
    read: impl FnOnce(&BTreeMap<String, String>) -> Result<T, ConfigError>,
) -> Result<T, ConfigError> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    read(&std::env::vars_os().filter_map(text).collect())
}

/// Metrics of this function, on standard output, from where Lambda takes them to CloudWatch.
fn metrics(function: FunctionName) -> Emf {
    Emf::new(function.as_str(), Arc::new(SystemClock), std::io::stdout())
}

/// What this function is called in spans.
fn service(function: FunctionName) -> String {
    format!("phase-mirror-{}", function.as_str())
}

/// Says that a connection could not be opened ahead.
fn report_cold(error: &StoreError) {
    tracing::warn!(
        error.code = %error.code(),
        error = error as &dyn std::error::Error,
        "a connection could not be opened ahead of the first event"
    );
}

/// Says why the function does not start, with every problem of its settings.
fn report_start(error: &anyhow::Error) {
    telemetry::install(LogConfig {
        format: LogFormat::Json,
        level: tracing::Level::INFO,
    });
    let problems = error.downcast_ref::<ConfigError>();
    for problem in problems.iter().flat_map(|error| &error.problems) {
        tracing::error!("{problem}");
    }
    tracing::error!(
        error = &**error as &dyn std::error::Error,
        "the function does not start"
    );
}
